"""Conditional batch normalization: statistics of all, scale and offset of a class."""

import keras
import numpy as np

from keras_gan.layers import ConditionalBatchNormalization

LABELS = np.array([0, 2, 2, 1, 0, 2])


def test_it_normalizes_by_the_batch_and_scales_by_label():
    layer = ConditionalBatchNormalization(3, momentum=0.8, epsilon=0.01)
    random = np.random.default_rng(0)
    x = random.normal(2.0, 3.0, (6, 4, 5, 7)).astype(np.float32)
    layer.build([x.shape, LABELS.shape])
    np.testing.assert_array_equal(layer.gamma, np.ones((3, 7)))
    np.testing.assert_array_equal(layer.beta, np.zeros((3, 7)))
    gamma, beta = random.normal(size=(2, 3, 7)).astype(np.float32)
    layer.gamma.assign(gamma)
    layer.beta.assign(beta)
    mean, variance = x.mean(axis=(0, 1, 2)), x.var(axis=(0, 1, 2))

    def expected(mean, variance):
        normalized = (x - mean) / np.sqrt(variance + 0.01)
        rows = gamma[LABELS][:, None, None], beta[LABELS][:, None, None]
        return rows[0] * normalized + rows[1]

    found = layer([x, LABELS], training=True)
    np.testing.assert_allclose(found, expected(mean, variance), atol=1e-4)
    moving = 0.2 * mean, 0.8 + 0.2 * variance
    np.testing.assert_allclose(
        layer([x, LABELS], training=False), expected(*moving), atol=1e-4
    )


def test_at_first_it_is_batch_normalization():
    layer = ConditionalBatchNormalization(3)
    plain = keras.layers.BatchNormalization()
    x = np.random.default_rng(0).normal(size=(6, 5)).astype(np.float32)
    found, expected = layer([x, LABELS], training=True), plain(x, training=True)
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_its_statistics_are_those_of_all_replicas():
    assert ConditionalBatchNormalization(3).normalization.synchronized
