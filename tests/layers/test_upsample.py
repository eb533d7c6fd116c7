"""Upsampling: every pixel again and again, forwards, backwards and in ONNX."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_gan.layers import Upsample


@pytest.mark.parametrize("factor", [1, 2, 3])
@pytest.mark.parametrize("dtype", ["float32", "bfloat16", "float16"])
def test_it_repeats_pixels(factor, dtype):
    images = tf.cast(np.random.default_rng(0).normal(size=(2, 3, 5, 4)), dtype)
    expected = images.numpy().repeat(factor, axis=1).repeat(factor, axis=2)
    layer = Upsample(factor, dtype=dtype)
    np.testing.assert_array_equal(layer(images), expected)
    compiled = tf.function(layer, jit_compile=True)
    np.testing.assert_array_equal(compiled(images), expected)


@pytest.mark.parametrize("compiled", [False, True])
def test_its_gradients_are_sums_over_blocks_and_again_repetitions(compiled):
    random = np.random.default_rng(0)
    images = tf.constant(random.normal(size=(2, 3, 5, 4)))
    weights = random.normal(size=(2, 6, 10, 4))
    layer = Upsample(2, dtype="float64")

    def gradients():
        with tf.GradientTape() as outer:
            outer.watch(images)
            with tf.GradientTape() as inner:
                inner.watch(images)
                value = tf.reduce_sum(weights * layer(images) ** 3)
            first = inner.gradient(value, images)
            square = tf.reduce_sum(first**2)
        return first, outer.gradient(square, images)

    first, second = tf.function(gradients, jit_compile=compiled)()
    blocks = weights.reshape(2, 3, 2, 5, 2, 4).sum(axis=(2, 4))
    np.testing.assert_allclose(first, 3 * blocks * images**2, rtol=1e-12)
    np.testing.assert_allclose(second, 36 * blocks**2 * images**3, rtol=1e-12)


def test_what_it_cannot_serve_is_named():
    with pytest.raises(ValueError, match="`factor` must be an integer >= 1"):
        Upsample(0)
    with pytest.raises(ValueError, match="`Upsample` needs to know the height"):
        Upsample()(keras.Input((None, 4, 3)))
