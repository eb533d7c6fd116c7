"""Self-attention against plain NumPy, and its start as the identity."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_gan.layers import SelfAttention
from keras_gan.layers.self_attention import attend

X = np.random.default_rng(0).normal(size=(2, 4, 6, 16)).astype(np.float32)


def pooled(maps):
    batch, height, width, channels = maps.shape
    blocks = maps.reshape(batch, height // 2, 2, width // 2, 2, channels)
    return blocks.max(axis=(2, 4))


def test_it_starts_as_the_identity_from_which_gamma_can_leave():
    layer = SelfAttention()
    with tf.GradientTape() as tape:
        outputs = layer(X)
        loss = tf.reduce_sum(outputs**2)
    np.testing.assert_array_equal(outputs, X)
    gradient = tape.gradient(loss, layer.gamma.value)
    assert abs(float(gradient)) > 1e-3


def test_it_is_what_plain_numpy_makes_of_its_kernels():
    layer = SelfAttention()
    layer.build(X.shape)
    layer.gamma.assign(0.7)
    shapes = {name: (16, channels) for name, channels in (("f", 2), ("g", 2), ("h", 8))}
    kernels = {
        name: getattr(layer, name).kernel.numpy()[0, 0] for name in ("f", "g", "h", "v")
    }
    assert {n: k.shape for n, k in kernels.items()} == {**shapes, "v": (8, 16)}
    queries = X @ kernels["g"]
    keys, values = pooled(X @ kernels["f"]), pooled(X @ kernels["h"])
    expected = np.empty_like(X)
    for image in range(2):
        for row in range(4):
            for column in range(6):
                weights = np.exp(keys[image] @ queries[image, row, column])
                mean = np.tensordot(weights / weights.sum(), values[image], 2)
                expected[image, row, column] = (
                    0.7 * mean @ kernels["v"] + X[image, row, column]
                )
    np.testing.assert_allclose(layer(X), expected, atol=1e-5)


def test_equal_keys_weigh_equally_and_a_large_one_takes_all():
    values = np.array([[[1.0], [2.0], [6.0]]], np.float32)
    queries, keys = np.ones((1, 1, 1), np.float32), np.zeros((1, 3, 1), np.float32)
    np.testing.assert_allclose(attend(queries, keys, values), [[[3.0]]], rtol=1e-6)
    keys[0, 1] = 1e4
    np.testing.assert_allclose(attend(queries, keys, values), [[[2.0]]], rtol=1e-6)


def test_spectral_normalization_is_of_all_four_kernels():
    layer = SelfAttention(spectral_normalization=True)
    layer(X)
    assert len([v for v in layer.non_trainable_variables if v.name == "u"]) == 4
    assert len(layer.trainable_variables) == 5


@pytest.mark.parametrize("shape", [(None, 4, 8), (1, 4, 8)])
def test_maps_must_be_of_a_known_size(shape):
    with pytest.raises(ValueError, match="needs maps of a known height and width"):
        SelfAttention()(keras.Input(shape))
