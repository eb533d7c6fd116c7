"""Minibatch standard deviation against NumPy, with gradients by difference."""

import numpy as np
import pytest
import tensorflow as tf

from keras_gan.layers import MinibatchStandardDeviation


@pytest.mark.parametrize("shape", [(6, 5), (6, 3, 4, 5)])
def test_it_adds_the_mean_deviation_over_the_batch(shape):
    x = np.random.default_rng(0).normal(100.0, 2.0, shape).astype(np.float32)
    found = MinibatchStandardDeviation()(x)
    assert found.shape == (*shape[:-1], shape[-1] + 1)
    np.testing.assert_array_equal(found[..., :-1], x)
    expected = np.sqrt(x.astype(np.float64).var(axis=0) + 1e-8).mean()
    np.testing.assert_allclose(found[..., -1], np.full(shape[:-1], expected), rtol=1e-5)


def test_equal_examples_differ_by_nothing():
    x = np.repeat(np.random.default_rng(0).normal(1e3, 1, (1, 3, 4, 5)), 6, axis=0)
    layer = MinibatchStandardDeviation()
    found = layer(x.astype(np.float32))[..., -1]
    # √1e-8, and what rounding a mean of 1e3 leaves. The mean of squares less the square
    # of the mean would be off by 0.3.
    np.testing.assert_allclose(found, 1e-4, rtol=0.1)
    x = tf.constant(x / 1e3, tf.float32)
    with tf.GradientTape() as tape:
        tape.watch(x)
        value = tf.reduce_sum(layer(x)[..., -1])
    np.testing.assert_allclose(tape.gradient(value, x), 0.0, atol=1e-4)


def test_its_gradient_is_that_of_finite_differences():
    x = np.random.default_rng(0).normal(size=(4, 3))
    layer = MinibatchStandardDeviation(dtype="float64")
    tensor = tf.constant(x)
    with tf.GradientTape() as tape:
        tape.watch(tensor)
        value = tf.reduce_sum(layer(tensor)[:, -1] ** 2)
    gradient = tape.gradient(value, tensor).numpy()

    def expected(x):
        return 4 * np.sqrt(x.var(axis=0) + 1e-8).mean() ** 2

    for place in np.ndindex(4, 3):
        step = np.zeros_like(x)
        step[place] = 1e-6
        slope = (expected(x + step) - expected(x - step)) / 2e-6
        np.testing.assert_allclose(gradient[place], slope, rtol=1e-5, atol=1e-8)
