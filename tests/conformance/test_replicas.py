"""Two replicas train exactly like one."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from cases.replica_noise import (
    drawn_in_another_process,
    masks_and_noise,
    smooth_networks,
)
from harness.marks import slow_but_for
from harness.processes import Started
from harness.replicas import largest_difference, one_device, two_replicas

import keras_gan
from keras_gan import losses, training
from keras_gan.augmentation import AdaptiveAugment, InstanceNoise
from keras_gan.losses.penalties import R1, R2, GradientPenalty

ALL_PENALTIES = [R1(0.5), R2(0.5), GradientPenalty()]
IMAGES = np.random.default_rng(0).uniform(-1, 1, (400, 4, 3, 1)).astype(np.float32)
DATASET = tf.data.Dataset.from_tensor_slices(IMAGES).batch(20, drop_remainder=True)


def overfitting():
    """Returns an augmentation whose p rises in every step."""
    return AdaptiveAugment(target=-0.99, ramp_images=800, interval=1)


def noisy():
    """Returns an augmentation that draws a number for each pixel."""
    return InstanceNoise(0.3)


# Without a penalty nothing bounds the Wasserstein loss: at a high rate it diverges.
RATES = {"wasserstein": 0.001}
CASES = {
    "batch statistics": {"loss": "minimax", "k": 2, "normalized": True},
    "own batch statistics": {"k": 2, "normalized": "own"},
    "steps per execution": {"steps_per_execution": 8},
    "all penalties": {"loss": "wasserstein", "penalties": ALL_PENALTIES, "k": 2},
    "augmentation": {"augment": overfitting, "k": 2, "steps_per_execution": 8},
    "noise": {"augment": noisy, "k": 5},
    "packs": {"pack": 2, "penalties": ALL_PENALTIES, "k": 5, "rate": 0.02},
}
OBJECTIVES = {
    f"{loss}, {k=}": {"loss": loss, "k": k, "rate": RATES.get(loss, 0.1)}
    for loss in losses.names()
    for k in (1, 2, 5)
} | {
    f"{kind.__name__}, {k=}": {"penalties": [kind(2.0)], "k": k}
    for kind in (R1, R2, GradientPenalty)
    for k in (1, 2, 5)
}
QUICK = ("own batch statistics", "steps per execution")


def make_gan(
    strategy,
    *,
    loss="non_saturating",
    k=1,
    penalties=(),
    steps_per_execution=1,
    rate=0.1,
    augment=None,
    **options,
):
    keras.utils.set_random_seed(0)
    with strategy.scope():
        gan = keras_gan.GAN(*smooth_networks(**options), seed=3)
        gan.compile(
            keras.optimizers.SGD(rate, momentum=0.5),
            keras.optimizers.SGD(rate, momentum=0.5),
            loss,
            discriminator_steps=k,
            penalties=penalties,
            augment=None if augment is None else augment(),
            ema_decay=0.9,
            steps_per_execution=steps_per_execution,
        )
    return gan


def fit(gan, **options):
    return gan.fit(DATASET, verbose=0, **options).history


def train(strategy, *, evaluate=False, **options):
    """Returns the weights and the logs after 20 steps."""
    gan = make_gan(strategy, **options)
    logs = {name: values[0] for name, values in fit(gan).items()}
    if evaluate:
        found = gan.evaluate(DATASET, verbose=0, return_dict=True)
        logs |= {f"val_{name}": value for name, value in found.items()}
    return gan.get_weights(), logs


def assert_two_train_like_one(tolerance, *, steps_per_execution=1, **options):
    weights, logs = train(one_device(), **options)
    options["steps_per_execution"] = steps_per_execution
    mirrored, mirrored_logs = train(two_replicas(), **options)
    assert largest_difference(weights, mirrored) <= tolerance
    assert mirrored_logs == pytest.approx(logs, abs=1e-5, rel=0)


@pytest.mark.parametrize("options", slow_but_for(QUICK, CASES))
def test_two_replicas_train_to_the_weights_and_logs_of_one(options):
    tolerance = 1e-4 if "normalized" in options else 1e-5
    assert_two_train_like_one(tolerance, evaluate=True, **options)


@pytest.mark.parametrize(
    "options", slow_but_for(["relativistic_average, k=2"], OBJECTIVES)
)
def test_every_loss_and_penalty_trains_on_two_replicas_as_on_one(options):
    # `evaluate` knows nothing of k.
    assert_two_train_like_one(1e-5, evaluate=options["k"] == 1, **options)


@pytest.mark.slow
def test_updates_never_exchange_their_collectives():
    gan = make_gan(two_replicas(), k=2)
    start = training.read_state(gan)
    sums = []
    for _ in range(20):
        training.write_state(gan, start)
        fit(gan)
        sums.append(float(sum(np.abs(array).sum() for array in gan.get_weights())))
    assert len(set(sums)) == 1
    training.write_state(gan, start)
    assert sums[0] != sum(np.abs(array).sum() for array in gan.get_weights())


@pytest.mark.slow
def test_replicas_draw_noise_and_dropout_of_their_own_and_repeat_them():
    *masks, noise = found = masks_and_noise()
    for again in Started(drawn_in_another_process).result():
        np.testing.assert_array_equal(np.stack(again[:2]), np.stack(masks))
        np.testing.assert_array_equal(again[2], found[2])
    masks = np.array(masks).reshape(4, -1)  # two replicas, two draws
    for number, mask in enumerate(masks):
        assert 0 < (mask == 0).mean() < 1
        assert all((mask != other).any() for other in masks[:number])
    assert np.abs(np.subtract(*noise)).min() > 1e-6


SHORT = tf.data.Dataset.from_tensor_slices(IMAGES[:30])
REFUSALS = {
    "open batch": (SHORT.batch(20), {}, "drop_remainder=True"),
    "uneven": (
        SHORT.batch(6, drop_remainder=True),
        {"k": 2},
        "for 2 replicas and `discriminator_steps=2`; use a multiple of 4",
    ),
    "rest": (IMAGES[:30], {}, "leave 10 over after batches of `batch_size` 20"),
    "packs": (
        SHORT.batch(6, drop_remainder=True),
        {"pack": 2},
        r"A batch of 6 images.*packs of 2 \(PackedDiscriminator\); use a multiple of 4",
    ),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_batches_that_replicas_cannot_share_equally_are_refused(case):
    data, options, message = REFUSALS[case]
    size = None if isinstance(data, tf.data.Dataset) else 20
    gan = make_gan(two_replicas(), **options)
    with pytest.raises(ValueError, match=message):
        gan.fit(data, batch_size=size, verbose=0)
