"""Fourier features: the waves of each coordinate."""

import keras
import numpy as np
import pytest

from keras_gan.layers import FourierFeatures

X = np.random.default_rng(0).normal(size=(5, 2)).astype(np.float32)


def test_outputs_are_the_coordinates_and_their_waves():
    found = FourierFeatures([1.0, 7.5])(X)
    expected = [X, np.sin(X), np.cos(X), np.sin(7.5 * X), np.cos(7.5 * X)]
    np.testing.assert_allclose(found, np.concatenate(expected, axis=1), atol=1e-6)


def test_half_precision_loses_no_phase():
    layer = FourierFeatures([64.0], dtype="mixed_bfloat16")
    found = keras.ops.convert_to_numpy(keras.ops.cast(layer(X), "float32"))
    np.testing.assert_allclose(found[:, 2:4], np.sin(64.0 * X), atol=4e-3)


def test_it_survives_saving(tmp_path):
    model = keras.Sequential([keras.Input((2,)), FourierFeatures((2.0, 4.0))])
    assert model.output_shape == (None, 10)
    model.save(tmp_path / "m.keras")
    loaded = keras.saving.load_model(tmp_path / "m.keras")
    np.testing.assert_array_equal(loaded(X), model(X))


@pytest.mark.parametrize(
    ("frequencies", "message"),
    [
        ([], "`frequencies` is empty"),
        (2.0, "`frequencies` must be a list of positive numbers"),
        ([1.0, -2.0], "`frequencies` must be a positive number; got -2.0"),
    ],
)
def test_frequencies_must_be_positive_numbers(frequencies, message):
    with pytest.raises(ValueError, match=message):
        FourierFeatures(frequencies)
