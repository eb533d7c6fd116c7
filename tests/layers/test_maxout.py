"""Maxout: the largest of linear pieces."""

import keras
import numpy as np
import pytest

from keras_gan.layers import Maxout


def test_outputs_are_the_largest_linear_piece():
    layer = Maxout(3, pieces=2, bias_initializer="random_normal")
    x = np.random.default_rng(0).normal(size=(5, 4)).astype(np.float32)
    y = layer(x)
    kernel = layer.kernel.numpy().reshape(4, 2, 3)
    pieces = np.einsum("bi,ipu->bpu", x, kernel) + layer.bias.numpy().reshape(2, 3)
    np.testing.assert_allclose(y, pieces.max(-2), atol=1e-6)


def test_pieces_of_a_known_convex_function():
    layer = Maxout(1, pieces=2)
    layer.build((None, 1))
    layer.kernel.assign([[1.0, -1.0]])
    np.testing.assert_allclose(layer(np.array([[-3.0], [2.0]])), [[3.0], [2.0]])


def test_it_works_on_sequences_and_open_batches():
    inputs = keras.Input((7, 4))
    assert Maxout(3, 2)(inputs).shape == (None, 7, 3)
    model = keras.Model(inputs, Maxout(3, 2)(inputs))
    assert model.predict(np.ones((2, 7, 4)), verbose=0).shape == (2, 7, 3)


def test_it_survives_saving(tmp_path):
    initializer = keras.initializers.RandomUniform(-0.005, 0.005)
    model = keras.Sequential(
        [
            keras.Input((4,)),
            Maxout(3, 2, kernel_initializer=initializer, kernel_constraint="non_neg"),
        ]
    )
    model.save(tmp_path / "m.keras")
    loaded = keras.saving.load_model(tmp_path / "m.keras")
    x = np.ones((2, 4))
    np.testing.assert_array_equal(loaded(x), model(x))
    assert loaded.layers[0].kernel_initializer.maxval == 0.005
    assert isinstance(loaded.layers[0].kernel_constraint, keras.constraints.NonNeg)


@pytest.mark.parametrize(("units", "pieces"), [(0, 2), (3, 0), (1.5, 2)])
def test_sizes_must_be_positive_integers(units, pieces):
    with pytest.raises(ValueError, match="must be an integer >= 1"):
        Maxout(units, pieces)
