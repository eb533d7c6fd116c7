"""The package's networks do not depend on `image_data_format` in keras.json."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from keras_gan import GAN, architectures, layers

IMAGES = np.random.default_rng(0).uniform(-1, 1, (2, 8, 8, 4)).astype("float32")
LAYERS = {
    "ImageConv2D": lambda: layers.ImageConv2D(3, 3, strides=2, padding="same"),
    "ImageConv2DTranspose": lambda: layers.ImageConv2DTranspose(3, 4, 2, "same"),
    "GroupedConv2D": lambda: layers.GroupedConv2D(4, 3, 2),
    "MaxoutConv2D": lambda: layers.MaxoutConv2D(3, 2, 3),
    "PoolingConv2D": lambda: layers.PoolingConv2D(3, 3),
    "UpsamplingConv2D": lambda: layers.UpsamplingConv2D(3, 3),
    "SelfAttention": lambda: layers.SelfAttention(),
    "LowPassDownsampling2D": lambda: layers.LowPassDownsampling2D(),
    "Upsample": lambda: layers.Upsample(2),
    "SpectralNormalization": lambda: layers.SpectralNormalization(
        layers.ImageConv2D(3, 3)
    ),
}


@pytest.fixture
def with_format():
    """Sets Keras's global format, as keras.json does."""
    before = keras.config.image_data_format()
    yield keras.config.set_image_data_format
    keras.config.set_image_data_format(before)


@pytest.mark.parametrize("name", architectures.names())
def test_an_architecture_is_the_same(name, with_format):
    networks = []
    for data_format in ("channels_last", "channels_first"):
        with_format(data_format)
        keras.utils.set_random_seed(3)
        networks.append(architectures.build(name, image_shape=(8, 8, 3), latent_dim=4))
        GAN(*networks[-1])
    expected, found = networks
    latents = np.ones((2, 4), "float32")
    images = expected[0](latents)
    np.testing.assert_array_equal(found[0](latents), images)
    np.testing.assert_array_equal(found[1](images), expected[1](images))


@pytest.mark.parametrize("name", LAYERS)
def test_a_layer_is_the_same(name, with_format):
    outputs = []
    for data_format in ("channels_last", "channels_first"):
        with_format(data_format)
        keras.utils.set_random_seed(3)
        outputs.append(LAYERS[name]()(IMAGES))
    np.testing.assert_array_equal(outputs[1], outputs[0])


@pytest.mark.parametrize("kind", [layers.ImageConv2D, layers.ImageConv2DTranspose])
def test_a_format_that_is_given_is_kept(kind, with_format):
    with_format("channels_first")
    assert kind(3, 3).data_format == "channels_last"
    assert kind(3, 3, data_format="channels_first").data_format == "channels_first"
    between = [None] if kind is layers.ImageConv2DTranspose else []
    layer = kind(3, 3, 1, "same", *between, "channels_first")
    assert layer.data_format == "channels_first"
    again = kind.from_config(layer.get_config())
    assert again.data_format == "channels_first"
