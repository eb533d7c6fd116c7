"""A word when the generator loses for long: once, with the remedy, and no false one."""

import warnings
from types import SimpleNamespace

import keras
import numpy as np
import pytest

from keras_gan import augmentation, callbacks, evaluation, losses

WON = {"d_real": 0.99, "d_fake": 0.01}
# d_real and d_fake of each epoch, as the presets logged them.
DIGITS = [(0.78, 0.26), (0.7, 0.3), (0.65, 0.35), (0.61, 0.39), *[(0.64, 0.36)] * 9]
LECTURE = [(0.77, 0.54), (0.55, 0.57), *[(0.55, 0.5)] * 30]
GOODFELLOW = [
    *[(0.5, 0.5), (0.5, 0.5), (0.78, 0.34), (0.98, 0.05), (0.98, 0.03), (0.89, 0.1)],
    *[(0.93, 0.07), (0.95, 0.06), (0.94, 0.06), (0.95, 0.06), (0.95, 0.06)],
    *[(0.96, 0.04), (0.96, 0.05), (0.97, 0.03), (0.98, 0.02), (0.95, 0.05)],
    *[(0.97, 0.03), (0.96, 0.04), (0.95, 0.05), (0.95, 0.05), (0.94, 0.05)] * 8,
]
ALGORITHM1 = [(0.5, 0.5), (0.71, 0.33), (0.99, 0.01), *[(1.0, 0.0)] * 40]


@pytest.fixture
def evaluate(tiny_images):
    return callbacks.Evaluate(evaluation.Evaluator(tiny_images, metrics=["frechet"]))


@pytest.fixture
def make_warner(make_tiny_gan):
    """Makes the callback, at work on a GAN."""

    def make(evaluate=None, *, loss="non_saturating", **options):
        warner = callbacks.WarnOnDefeat(evaluate, **options)
        warner.set_model(make_tiny_gan(loss=loss))
        warner.on_train_begin()
        return warner

    return make


def end_epochs(warner, logs, *, steps=100, first=0):
    """Ends epochs of so many steps with those logs; returns the messages, by epoch.

    A figure that is less than all before is the best, as `Evaluate` would find.
    """
    messages, step, evaluate = {}, int(warner.gan.step), warner.evaluate
    for epoch, record in enumerate(logs, start=first):
        step += steps
        warner.gan.step.assign(step)
        if evaluate is not None and evaluate.monitor in record:
            value, found = record[evaluate.monitor], evaluate.best_evaluation
            if found is None or value < found.values[evaluate.monitor]:
                evaluate.best_evaluation = SimpleNamespace(
                    values={evaluate.monitor: value}, step=step
                )
                evaluate.best_epoch = epoch + 1
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            warner.on_epoch_end(epoch, dict(record))
        told = [str(w.message) for w in caught if w.category is UserWarning]
        if told:
            (messages[epoch + 1],) = told
    return messages


def outputs(history):
    return [{"d_real": real, "d_fake": fake} for real, fake in history]


def figures(*values):
    return [{"frechet": value} for value in values]


def test_a_discriminator_that_has_won_for_long_is_told_once_with_the_remedy(
    make_warner,
):
    warner = make_warner()
    (told,) = end_epochs(warner, [WON] * 40).items()
    assert told[0] == 10  # after 1,000 steps
    assert told[1].startswith(
        "Epoch 10: the discriminator has won (d_real 0.990, d_fake 0.010) for 1,000 "
    )
    for remedy in ("smaller learning rate", "R1", "DiffAugment", "more data"):
        assert remedy in told[1]
    assert "non_saturating" not in told[1]
    even = [{"d_real": 0.5, "d_fake": 0.5}]
    assert end_epochs(warner, [*even, *[WON] * 20], first=40) == {}


def test_the_remedies_are_those_that_the_gan_has_not_tried(make_tiny_gan):
    warner = callbacks.WarnOnDefeat()
    changes = augmentation.DiffAugment(["translation"])
    penalties = [losses.penalties.R1(1.0)]
    warner.set_model(make_tiny_gan(penalties=penalties, augment=changes))
    warner.on_train_begin()
    (told,) = end_epochs(warner, [WON] * 10).values()
    assert told.endswith(
        "Try a smaller learning rate for the discriminator or more data."
    )


@pytest.mark.parametrize(
    ("history", "steps"),
    [(DIGITS, 312), (LECTURE, 78), (GOODFELLOW, 100), (GOODFELLOW, 500)],
    ids=["digits", "lecture", "goodfellow2014", "goodfellow2014 on all of MNIST"],
)
def test_the_presets_that_learn_raise_no_alarm(make_warner, history, steps):
    assert end_epochs(make_warner(), outputs(history), steps=steps) == {}


def test_under_the_saturating_loss_the_other_is_named(
    make_warner,
):
    warner = make_warner(loss="minimax")
    (told,) = end_epochs(warner, outputs(ALGORITHM1)).items()
    assert told[0] == 12
    assert "`loss='non_saturating'`" in told[1]


def test_short_epochs_are_not_long(make_warner):
    assert end_epochs(make_warner(), [WON] * 99, steps=10) == {}


@pytest.mark.parametrize(
    "log", [{"d_real": 0.97, "d_fake": 0.01}, {"d_real": 0.99, "d_fake": 0.03}]
)
def test_it_has_not_won_while_either_output_is_beyond_the_margin(make_warner, log):
    assert end_epochs(make_warner(), [log] * 40) == {}


@pytest.mark.parametrize("loss", ["hinge", "least_squares", "relativistic"])
def test_with_other_losses_a_loss_of_zero_tells_who_has_won(make_warner, loss):
    even, won = WON | {"d_loss": 0.2}, {"d_real": 0.7, "d_fake": 0.3, "d_loss": 0.002}
    assert end_epochs(make_warner(loss=loss), [even] * 40) == {}
    (told,) = end_epochs(make_warner(loss=loss), [won] * 40).items()
    assert told[0] == 10
    assert "has won (d_loss 0.0020) for 1,000 steps" in told[1]


def test_a_critic_is_not_asked_who_has_won(make_warner):
    logs = [WON | {"d_loss": -9.0}] * 40
    assert end_epochs(make_warner(loss="wasserstein"), logs) == {}


def test_a_figure_that_gets_worse_for_long_is_told_once(make_warner, evaluate):
    warner = make_warner(evaluate)
    values = [100, 50, 10, 30, *range(35, 200, 5)]
    (told,) = end_epochs(warner, figures(*values), steps=250).items()
    # The best is epoch 3. A quarter of 90 is lost at 35, epoch 5, and at the next 4.
    assert told[0] == 9
    assert "`frechet` is 55 and has been far worse for 5 evaluations" in told[1]
    assert "than in epoch 3 (10)" in told[1]
    assert "stop at epoch 3, the best" in told[1]


def wandering(mean, noise, seed=0):
    """Figures about a mean that changes with the epoch."""
    random = np.random.default_rng(seed)
    return [float(value + noise * random.normal()) for value in mean]


# From 170 to 266 in 50 epochs, as a training on 3,900 emoji went on after epoch 17.
RISING = [*range(400, 170, -15), *np.linspace(170, 266, 34)]


def test_figures_that_rise_by_more_than_their_noise_are_told_once(
    make_warner, evaluate, tmp_path
):
    evaluate.best = tmp_path / "best.keras"
    warner = make_warner(evaluate)
    (told,) = end_epochs(warner, figures(*wandering(RISING, 6.0)), steps=100).items()
    # It rises by 1.4 times its noise in three epochs, and less than by half until 50.
    assert 25 <= told[0] <= 40
    assert told[1].startswith(f"Epoch {told[0]}: `frechet` gets worse by more than its")
    for part in ("DiffAugment", "R1", "stop at epoch ", "'best.keras' keeps"):
        assert part in told[1]


@pytest.mark.parametrize("seed", range(5))
def test_noise_that_falls_or_stays_is_no_decline(make_warner, evaluate, seed):
    for mean in (300 * np.exp(-np.arange(60) / 15) + 50, np.full(60, 50.0)):
        series = figures(*wandering(mean, 5.0, seed))
        assert end_epochs(make_warner(evaluate), series, steps=100) == {}
        evaluate.best_evaluation = None


def test_a_decline_is_measured_in_errors_of_the_means():
    from keras_gan.callbacks._decline import find_decline

    # Windows of 64, alternately ±1 about their means: differences of ±2, σ = √2. The
    # difference of two means has the standard error √(2 · 2 / 64) = 1/4, and a little
    # more for the step between them.
    noise = np.tile([1.0, -1.0], 96)
    for lost, found in ((0.95, False), (1.05, True)):
        series = noise + np.repeat([9.0, 0.0, lost], 64)
        decline = find_decline(list(series), "less")
        assert (decline is not None) == found
        assert (find_decline(list(-series), "more") is not None) == found
    assert decline == pytest.approx((64, 0.0, 1.05))
    assert find_decline([0.0] * 8 + [9.0] * 3, "less") is None  # too short
    assert find_decline([*series, float("nan")], "less") == decline


def test_the_series_goes_on_after_a_resume(make_warner, evaluate):
    logs = figures(*wandering(RISING, 6.0))
    first, second = (make_warner(evaluate) for _ in range(2))
    assert end_epochs(first, logs[:20]) == {}
    second.set_state(first.get_state())
    second.gan.step.assign(2000)
    assert len(end_epochs(second, logs[20:], first=20)) == 1
    old = {k: v for k, v in first.get_state().items() if k != "series"}
    second.set_state(old)  # as an earlier version wrote it


@pytest.mark.parametrize(
    "values",
    [
        [100, 60, 30, 12, *[10, 14, 11, 16, 12, 13] * 10],  # a plateau with noise
        [100, 50, 10, *[60, 60, 60, 60, 10.5] * 10],  # it comes back
        [100, 10, *[float("nan")] * 40],  # figures that could not be computed
        [
            0.2,
            0.1,
            0.0,
            *[0.02, 0.04, 0.03, 0.01] * 10,
        ],  # an unbiased distance near zero
    ],
)
def test_noise_is_no_decline(make_warner, evaluate, values):
    assert end_epochs(make_warner(evaluate), figures(*values), steps=500) == {}


def test_a_decline_of_a_few_steps_is_not_long(make_warner, evaluate):
    logs = figures(100, 10, *[90] * 40)
    assert end_epochs(make_warner(evaluate), logs, steps=20) == {}


@pytest.mark.parametrize(
    ("value", "best", "first", "better", "far"),
    [
        (16.0, 10.0, 10.0, "less", True),
        (14.0, 10.0, 10.0, "less", False),
        (16.0, 10.0, 50.0, "less", False),
        (4.0, 8.0, 2.0, "more", True),
        (6.0, 8.0, 2.0, "more", False),
        (214.0, 224.0, 100.0, "more", False),
        (-50.0, -10.0, -60.0, "more", True),
    ],
)
def test_far_worse_is_measured_against_the_best_and_the_gain(
    value, best, first, better, far
):
    from keras_gan.callbacks.warn_on_defeat import is_far_worse

    assert is_far_worse(value, best, first, better) == far


def test_a_resumed_callback_counts_on_and_repeats_nothing(make_warner):
    first, second, third = (make_warner() for _ in range(3))
    assert end_epochs(first, [WON] * 6) == {}
    second.set_state(first.get_state())
    second.gan.step.assign(600)
    assert list(end_epochs(second, [WON] * 6, first=6)) == [10]
    third.set_state(second.get_state())
    third.gan.step.assign(1200)
    assert end_epochs(third, [WON] * 40, first=12) == {}


def test_a_real_training_that_the_discriminator_wins_is_told(make_tiny_gan):
    """Data that no sample of the generator, whose rate is zero, can ever be like."""
    gan = make_tiny_gan(keras.optimizers.SGD(0.0), run_eagerly=False)
    data = np.tile(np.float32([-0.99, 0.99, 0.99, -0.99]), 64).reshape(64, 2, 2, 1)
    warner = callbacks.WarnOnDefeat(steps=40)
    with pytest.warns(UserWarning, match="the discriminator has won") as caught:
        history = gan.fit(
            data, batch_size=8, epochs=20, callbacks=[warner], verbose=0
        ).history
    assert len([w for w in caught if "has won" in str(w.message)]) == 1
    assert history["d_real"][-1] > 0.98


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"margin": 0.5}, r"`margin` must be in \(0, 0\.5\)"),
        ({"steps": 0}, "`steps` must be"),
        ({"patience": 0}, "`patience` must be"),
        ({"evaluate": "frechet"}, "`evaluate` must be a `callbacks.Evaluate`"),
    ],
)
def test_bad_input_is_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        callbacks.WarnOnDefeat(**arguments)
