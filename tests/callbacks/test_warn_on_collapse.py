"""A word when a game goes wrong."""

import itertools
import warnings

import numpy as np
import pytest

from keras_gan import callbacks, priors

FAIR = {"d_real": 0.6, "d_fake": 0.4}
WON = {"d_real": 0.99, "d_fake": 0.01}


@pytest.fixture
def make_warner(make_tiny_gan):
    """Makes the callback, at work on a GAN."""

    def make(reference=None, *, loss="non_saturating", **options):
        warner = callbacks.WarnOnCollapse(reference, **options)
        warner.set_model(make_tiny_gan(loss=loss))
        warner.gan.stop_training = False
        warner.on_train_begin()
        return warner

    return make


def end_epochs(warner, *logs, first=0):
    """Ends epochs with those logs; returns the messages, by epoch."""
    messages = {}
    for epoch, record in enumerate(logs, start=first):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            warner.on_epoch_end(epoch, record)
        if caught:
            (warning,) = caught
            assert warning.category is UserWarning
            messages[epoch] = str(warning.message)
    return messages


def shrink(gan, factor):
    """Makes the samples differ by a factor less."""
    for variable in gan.generator.variables:
        variable.assign(variable.numpy() * factor)


def fair(count):
    return [dict(FAIR) for _ in range(count)]


def mean_over_pairs(images):
    pairs = itertools.combinations(images.reshape(len(images), -1).astype(float), 2)
    return np.mean([np.linalg.norm(a - b) for a, b in pairs])


def test_diversity_is_the_mean_distance_of_pairs_over_that_of_real_images(
    make_warner, tiny_images
):
    warner = make_warner(tiny_images, n=5, seed=3)
    log = dict(FAIR)
    end_epochs(warner, log)
    samples = warner.gan.sample(seeds=priors.spawn_seeds(3, 5))
    taken = tiny_images[[0, 1, 3, 5, 7]]  # evenly spaced
    expected = mean_over_pairs(samples) / mean_over_pairs(taken)
    assert log["sample_diversity"] == pytest.approx(expected, rel=1e-12)


def test_samples_that_are_the_reference_have_diversity_one(make_warner):
    samples = make_warner().gan.sample(seeds=priors.spawn_seeds(0, 64))
    log = dict(FAIR)
    end_epochs(make_warner(samples), log)
    assert log["sample_diversity"] == 1.0


def test_without_a_reference_diversity_is_a_share_of_the_largest_so_far(make_warner):
    warner = make_warner(n=8)
    logs, distances = fair(3), []
    for epoch, (log, factor) in enumerate(zip(logs, (1.0, 0.1, 3.0), strict=True)):
        shrink(warner.gan, factor)
        samples = warner.gan.sample(seeds=priors.spawn_seeds(0, 8))
        distances.append(mean_over_pairs(samples))
        end_epochs(warner, log, first=epoch)
    expected = [1.0, distances[1] / distances[0], distances[2] / distances[0]]
    assert distances[2] < distances[0]
    found = [log["sample_diversity"] for log in logs]
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_samples_that_are_alike_are_told_once_until_they_differ_again(make_warner):
    warner = make_warner(patience=2)
    assert end_epochs(warner, *fair(3)) == {}
    shrink(warner.gan, 1e-3)
    (epoch, message), *more = end_epochs(warner, *fair(4), first=3).items()
    assert (epoch, more) == (4, [])
    assert message.startswith("Epoch 5: the samples are alike; their diversity is 0.0")
    assert "for 2 epochs" in message
    shrink(warner.gan, 1e3)
    assert end_epochs(warner, *fair(1), first=7) == {}
    shrink(warner.gan, 1e-3)
    assert list(end_epochs(warner, *fair(3), first=8)) == [9]
    assert not warner.gan.stop_training


def test_samples_that_are_all_the_same_have_no_diversity(make_warner, tiny_images):
    for reference in (None, tiny_images):
        warner = make_warner(reference)
        shrink(warner.gan, 0.0)
        log = dict(FAIR)
        end_epochs(warner, log)
        assert log["sample_diversity"] == 0.0


def test_a_discriminator_that_has_won_is_told_once_until_it_loses_again(make_warner):
    warner = make_warner(patience=2)
    logs = [WON, FAIR, WON, WON, WON, FAIR, WON, WON]
    messages = end_epochs(warner, *map(dict, logs))
    assert list(messages) == [3, 7]
    assert messages[3].startswith("Epoch 4: the discriminator has won (d_real 0.990")
    assert "losses.penalties.R1" in messages[3]


@pytest.mark.parametrize(
    "log", [{"d_real": 0.97, "d_fake": 0.01}, {"d_real": 0.99, "d_fake": 0.03}]
)
def test_it_has_not_won_while_either_output_is_beyond_the_margin(make_warner, log):
    assert end_epochs(make_warner(patience=1), dict(log)) == {}


@pytest.mark.parametrize("loss", ["wasserstein", "relativistic"])
def test_losses_that_compare_are_not_asked_who_has_won(make_warner, loss):
    assert end_epochs(make_warner(patience=1, loss=loss), dict(WON)) == {}


def test_it_can_stop_the_training(make_warner):
    warner = make_warner(patience=2, stop=True)
    end_epochs(warner, dict(WON))
    assert not warner.gan.stop_training
    end_epochs(warner, dict(WON), first=1)
    assert warner.gan.stop_training


def test_a_resumed_callback_goes_on_where_it_was(make_warner):
    first, resumed = make_warner(patience=2), make_warner(patience=2)
    end_epochs(first, dict(FAIR))
    shrink(first.gan, 1e-3)
    shrink(resumed.gan, 1e-3)
    end_epochs(first, dict(FAIR), first=1)
    resumed.set_state(first.get_state())
    ours, theirs = dict(FAIR), dict(FAIR)
    assert end_epochs(resumed, ours, first=2) == end_epochs(first, theirs, first=2)
    assert 0.0 < ours["sample_diversity"] == theirs["sample_diversity"] < 0.01
    stopping = make_warner(patience=2, stop=True)
    stopping.set_state(first.get_state())
    assert stopping.gan.stop_training


def test_its_figure_is_in_the_history(make_tiny_gan, tiny_images):
    history = make_tiny_gan().fit(
        tiny_images,
        batch_size=8,
        callbacks=[callbacks.WarnOnCollapse(tiny_images)],
        verbose=0,
    )
    (diversity,) = history.history["sample_diversity"]
    assert 0.1 < diversity < 10.0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"least_diversity": 1.0}, r"`least_diversity` must be in \(0, 1\)"),
        ({"margin": 0.5}, r"`margin` must be in \(0, 0\.5\)"),
        ({"patience": 0}, "`patience` must be"),
        ({"n": 1}, "`n` must be an integer >= 2"),
        ({"reference": np.ones((1, 2, 2, 1))}, "at least two real images"),
        ({"reference": np.ones((4, 2, 2, 1))}, "finite and differ; .* is 0"),
        ({"reference": np.full((4, 2, 2, 1), np.nan)}, "finite and differ"),
    ],
)
def test_bad_input_is_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        callbacks.WarnOnCollapse(**arguments)


def test_a_reference_of_another_shape_is_refused(make_tiny_gan):
    reference = np.random.default_rng(0).uniform(size=(4, 3, 3, 1))
    with pytest.raises(ValueError, match=r"shape \(3, 3, 1\); the GAN makes \(2, 2, 1"):
        callbacks.WarnOnCollapse(reference).set_model(make_tiny_gan())
