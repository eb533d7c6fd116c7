"""The end of a game that is solved."""

import pytest

from keras_gan import callbacks, losses


@pytest.fixture
def make_stop(make_tiny_gan):
    """Makes the callback, at work on a GAN."""

    def make(*arguments, **keywords):
        stop = callbacks.StopOnEquilibrium(*arguments, **keywords)
        stop.set_model(make_tiny_gan())
        stop.gan.stop_training = False
        stop.on_train_begin()
        return stop

    return make


def play(stop, *outputs, first=0):
    """Ends epochs with those (d_real, d_fake); returns after how many it stopped."""
    for epoch, (d_real, d_fake) in enumerate(outputs, start=first):
        stop.on_epoch_end(epoch, {"d_real": d_real, "d_fake": d_fake})
        if stop.gan.stop_training:
            return epoch + 1
    return None


def test_it_stops_when_both_outputs_have_stayed_near_one_half(make_stop, capsys):
    stop = make_stop(tolerance=0.05, patience=3)
    assert play(stop, (0.9, 0.1), (0.54, 0.46), (0.5, 0.5), (0.451, 0.549)) == 4
    assert stop.stopped_epoch == 3
    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith("Epoch 4: d_real and d_fake have been within 0.05 of 1/2")


@pytest.mark.parametrize(
    "away", [(0.56, 0.5), (0.5, 0.44), (0.44, 0.5), (0.5, 0.56), (float("nan"), 0.5)]
)
def test_an_epoch_away_from_one_half_starts_the_count_anew(make_stop, away):
    stop = make_stop(tolerance=0.05, patience=2)
    near = (0.5, 0.5)
    assert play(stop, near, away, near, away, near) is None
    assert stop.stopped_epoch is None
    assert play(stop, near, first=5) == 6


def test_a_resumed_count_goes_on(make_stop):
    stop, resumed = make_stop(patience=3), make_stop(patience=3)
    play(stop, (0.5, 0.5), (0.5, 0.5))
    resumed.set_state(stop.get_state())
    assert not resumed.gan.stop_training
    assert play(resumed, (0.5, 0.5), first=2) == 3
    ended = make_stop(patience=3)
    ended.set_state(resumed.get_state())
    assert ended.gan.stop_training


def test_fit_ends_early(make_tiny_gan, tiny_images):
    stop = callbacks.StopOnEquilibrium(tolerance=0.49, patience=2)
    history = make_tiny_gan().fit(
        tiny_images, batch_size=8, epochs=5, callbacks=[stop], verbose=0
    )
    assert history.epoch == [0, 1]


@pytest.mark.parametrize("loss", losses.names())
def test_losses_whose_game_ends_elsewhere_are_refused(make_tiny_gan, loss):
    stop, gan = callbacks.StopOnEquilibrium(), make_tiny_gan(loss=loss)
    if loss in ("minimax", "non_saturating"):
        stop.set_model(gan)
        assert stop.gan is gan
    else:
        with pytest.raises(ValueError, match="its answers do not end at 1/2"):
            stop.set_model(gan)


@pytest.mark.parametrize("tolerance", [0.0, 0.5, -0.1, float("nan")])
def test_a_tolerance_that_means_nothing_is_refused(tolerance):
    with pytest.raises(ValueError, match=r"`tolerance` must be in \(0, 0\.5\)"):
        callbacks.StopOnEquilibrium(tolerance)


def test_patience_must_be_positive():
    with pytest.raises(ValueError, match="`patience` must be an integer >= 1"):
        callbacks.StopOnEquilibrium(patience=0)
