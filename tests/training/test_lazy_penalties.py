"""Penalties of every n-th update: in the right updates, with the right weight."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from harness.gans import dense_gan
from harness.replicas import largest_difference, one_device, two_replicas

from keras_gan import GAN
from keras_gan._checks import InputError
from keras_gan.layers import MinibatchStandardDeviation
from keras_gan.losses import penalties

IMAGES = np.random.default_rng(0).uniform(-1, 1, (8, 2, 2, 1)).astype("float32")
layers = keras.layers


def compiled(gan, penalty, **arguments):
    gan.compile(
        generator_optimizer=keras.optimizers.SGD(0.05),
        discriminator_optimizer=keras.optimizers.SGD(0.05),
        penalties=[] if penalty is None else [penalty],
        **{"jit_compile": False} | arguments,
    )
    return gan


def regularized_gan(middle=None):
    """Returns a GAN whose discriminator has a layer with a loss of its own."""
    gan = dense_gan()
    images = keras.Input((2, 2, 1))
    x = layers.Dense(4, "silu", activity_regularizer="l2")(layers.Flatten()(images))
    x = x if middle is None else middle(x)
    discriminator = keras.Model(images, layers.Dense(1)(x))
    return GAN(gan.generator, discriminator, seed=1)


def trajectory(gan, schedule, train_step=None):
    """Returns D's weights after steps with each of the penalties in turn."""
    found = []
    for penalty in schedule:
        if train_step is None:
            gan.penalties = [] if penalty is None else [penalty]
        (train_step or gan.train_step)(tf.constant(IMAGES))
        found.append([w.numpy() for w in gan.discriminator.trainable_weights])
    return found


@pytest.mark.parametrize("way", ["eager", "graph", "xla"])
@pytest.mark.parametrize("make", [dense_gan, regularized_gan])
def test_one_of_three_updates_has_three_times_the_penalty(way, make):
    often, lazy = penalties.R1(0.9), penalties.R1(0.3, every=3)
    keras.utils.set_random_seed(0)
    gan = compiled(make(), None)
    expected = trajectory(gan, [often, None, None, often, None])
    keras.utils.set_random_seed(0)
    gan = compiled(make(), lazy)
    step = tf.function(gan.train_step, jit_compile=way == "xla")
    found = trajectory(gan, [lazy] * 5, gan.train_step if way == "eager" else step)
    for mine, wanted in zip(found, expected, strict=True):
        assert largest_difference(mine, wanted) < 1e-6


def test_the_updates_of_a_step_count_one_by_one():
    """With k = 2 and every second update penalized, it is the first of each step."""
    gan = compiled(dense_gan(), penalties.R2(0.5, every=2), discriminator_steps=2)
    asked = []

    class Counted(penalties.R2):
        def __call__(self, *arguments):
            asked.append(int(gan.step))
            return super().__call__(*arguments)

    gan.penalties = [Counted(0.5, every=2), Counted(0.5, every=3)]
    for _ in range(3):
        gan.train_step(tf.constant(IMAGES))
    # Updates 0 to 5: the first penalty in 0, 2, 4, the second in 0, 3.
    assert asked == [0, 0, 1, 1, 2]


@pytest.mark.parametrize("penalty", [penalties.R1, penalties.GradientPenalty])
def test_two_replicas_train_like_one(penalty):
    weights = []
    for strategy in (one_device(), two_replicas()):
        with strategy.scope():
            keras.utils.set_random_seed(0)
            gan = compiled(regularized_gan(), penalty(0.4, every=2))
        gan.fit(IMAGES, batch_size=4, epochs=2, verbose=0)
        weights.append([w.numpy() for w in gan.discriminator.weights])
    assert largest_difference(*weights) < 1e-6


def test_a_discriminator_with_statistics_of_the_batch_trains_on_two_replicas():
    """TensorFlow cannot sum over replicas in a branch, so none is taken there."""
    after = {}
    for every, gamma in ((1, 0.8), (2, 0.4)):
        with two_replicas().scope():
            keras.utils.set_random_seed(0)
            gan = regularized_gan(MinibatchStandardDeviation())
            compiled(gan, penalties.R1(gamma, every=every))
        gan.fit(IMAGES, batch_size=8, epochs=1, verbose=0)
        after[every] = [w.numpy() for w in gan.discriminator.weights]
    assert largest_difference(after[1], after[2]) < 1e-6


@pytest.mark.parametrize("every", [0, 1.5, "16"])
def test_a_period_that_is_no_positive_integer_is_refused(every):
    with pytest.raises(InputError, match="`every` must be"):
        penalties.R1(1.0, every=every)


def test_a_penalty_of_an_earlier_version_comes_in_every_update():
    assert penalties.R1.from_config({"gamma": 0.5}).every == 1
