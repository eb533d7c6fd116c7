"""Dropout in a training step is a function of the seed and the step alone."""

import keras
import numpy as np
import tensorflow as tf
from harness.gans import dense_gan

from keras_gan.training.steps.random_layers import keyed_seeds
from keras_gan.training.steps.streams import Streams


def masks(layer, step, seed=3, calls=1):
    with keyed_seeds([layer], Streams(seed, step)):
        return [layer(tf.ones((4, 64)), training=True).numpy() for _ in range(calls)]


def test_masks_repeat_for_a_step_and_change_with_step_seed_and_draw():
    layer = keras.layers.Dropout(0.5)
    first, second = masks(layer, step=7, calls=2)
    np.testing.assert_array_equal(masks(layer, step=7)[0], first)
    others = [second, masks(layer, step=8)[0], masks(layer, step=7, seed=4)[0]]
    for other in others:
        assert (other != first).mean() > 0.25  # half of independent masks differ


def test_layers_draw_as_before_after_the_block():
    layer = keras.layers.Dropout(0.5)
    masks(layer, step=0)
    before = layer.seed_generator.state.numpy()
    layer(tf.ones((2, 2)), training=True)
    np.testing.assert_array_equal(layer.seed_generator.state, np.add(before, [0, 1]))


def test_training_with_dropout_repeats_from_any_step():
    """A GAN restored at a step goes on with the masks of that step, in any process."""

    def make():
        keras.utils.set_random_seed(0)
        gan = dense_gan((2,), latent_dim=2, units=[32], dropout=0.5)
        gan.compile(keras.optimizers.SGD(0.1), keras.optimizers.SGD(0.1))
        return gan

    random = np.random.default_rng(0)
    batches = random.uniform(-1, 1, (6, 8, 2)).astype(np.float32)
    unbroken = make()
    for batch in batches:
        unbroken.train_on_batch(batch)
    half = make()
    for batch in batches[:3]:
        half.train_on_batch(batch)
    resumed = make()
    resumed.set_weights(half.get_weights())
    for batch in batches[3:]:
        resumed.train_on_batch(batch)
    assert int(resumed.step) == 6
    for one, other in zip(
        unbroken.generator.variables + unbroken.discriminator.trainable_variables,
        resumed.generator.variables + resumed.discriminator.trainable_variables,
        strict=True,
    ):
        np.testing.assert_array_equal(one.numpy(), other.numpy())
