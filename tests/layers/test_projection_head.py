"""The projection head: a linear logit plus the fit with a label."""

import keras
import numpy as np
import pytest

from keras_gan.layers import ProjectionHead, SpectralNormalization

FEATURES = np.random.default_rng(0).normal(size=(5, 4)).astype(np.float32)
LABELS = np.array([0, 2, 2, 1, 0], np.int32)


def test_logits_are_linear_plus_the_inner_product():
    head = ProjectionHead(3, embeddings_initializer="random_normal")
    found = head([FEATURES, LABELS])
    kernel, bias = head.linear.kernel.numpy(), head.linear.bias.numpy()
    embeddings = head.embedding.embeddings.numpy()
    projection = np.einsum("bf,bf->b", embeddings[LABELS], FEATURES)[:, None]
    np.testing.assert_allclose(found, FEATURES @ kernel + bias + projection, rtol=1e-5)


def test_at_first_the_label_says_nothing():
    head = ProjectionHead(3)
    first, second = (head([FEATURES, np.full(5, label)]) for label in (0, 1))
    np.testing.assert_array_equal(first, second)
    assert np.ptp(first) > 0


def test_with_spectral_normalization_both_maps_have_norm_one():
    head = ProjectionHead(3, spectral_normalization=True)
    for _ in range(100):
        head([FEATURES, LABELS], training=True)
    for part in (head.embedding, head.linear):
        assert isinstance(part, SpectralNormalization)
        values = np.linalg.svd(part.normalized_kernel(), compute_uv=False)
        np.testing.assert_allclose(values[0], 1.0, rtol=1e-5)


def test_logits_are_float32_in_any_network():
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        head = ProjectionHead(3)
    finally:
        keras.config.set_dtype_policy("float32")
    logits = head([keras.ops.cast(FEATURES, "bfloat16"), LABELS])
    assert logits.dtype == "float32"
    assert logits.shape == (5, 1)


def test_classes_must_be_a_positive_integer():
    with pytest.raises(ValueError, match="`num_classes` must be an integer >= 1"):
        ProjectionHead(0)
