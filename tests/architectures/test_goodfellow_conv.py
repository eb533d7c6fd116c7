"""The 2014 convolutional pair: the authors' sizes, ranges, masks, and labels."""

import keras
import numpy as np
import pytest

from keras_gan import architectures
from keras_gan.layers import Maxout, MaxoutConv2D

SMALL = {"generator_units": 8, "generator_filters": 4}


def layers_of(network, kind):
    return [layer for layer in network.layers if isinstance(layer, kind)]


def kernels_of(network):
    return [v for v in network.trainable_variables if v.name == "kernel"]


def test_the_networks_have_the_authors_sizes_and_initial_ranges():
    generator, discriminator = architectures.build(
        "goodfellow_conv", image_shape=(32, 32, 3), latent_dim=100
    )
    assert [tuple(kernel.shape) for kernel in kernels_of(generator)] == [
        (100, 8000),
        (8000, 8000),
        (5, 5, 3, 80),
    ]
    assert layers_of(generator, keras.layers.Reshape)[0].target_shape == (10, 10, 80)
    assert not layers_of(generator, keras.layers.Cropping2D)
    for kernel in kernels_of(generator):
        assert 0.049 < np.abs(kernel.numpy()).max() <= 0.05
    convolutions = layers_of(discriminator, MaxoutConv2D)
    assert [(c.filters, c.pieces, c.kernel_size) for c in convolutions] == [
        (32, 2, 8),
        (32, 2, 8),
        (192, 2, 5),
    ]
    pools = layers_of(discriminator, keras.layers.MaxPooling2D)
    assert [(p.pool_size, p.strides) for p in pools] == [
        ((4, 4), (2, 2)),
        ((4, 4), (2, 2)),
        ((2, 2), (2, 2)),
    ]
    assert pools[-1].output.shape == (None, 5, 5, 192)
    (dense,) = layers_of(discriminator, Maxout)
    assert (dense.units, dense.pieces) == (500, 5)
    for kernel in kernels_of(discriminator):
        assert 0.0045 < np.abs(kernel.numpy()).max() <= 0.005
    rates = [layer.rate for layer in layers_of(discriminator, keras.layers.Dropout)]
    assert rates == [0.2, 0.5, 0.5, 0.5, 0.5]


@pytest.mark.parametrize("size", [(8, 8), (9, 11), (28, 28), (32, 20)])
def test_any_size_from_8_on_is_served(size):
    shape = (*size, 1)
    generator, discriminator = architectures.build(
        "goodfellow_conv", image_shape=shape, latent_dim=3, **SMALL
    )
    images = generator(np.ones((2, 3), np.float32))
    assert images.shape == (2, *shape)
    assert discriminator(images).shape == (2, 1)


def test_the_discriminator_sees_the_same_image_in_any_range():
    pixels = np.random.default_rng(0).uniform(size=(5, 8, 8, 1))
    logits = []
    for low, high in ((-1.0, 1.0), (0.0, 1.0), (-2.0, 6.0)):
        keras.utils.set_random_seed(0)
        _, discriminator = architectures.build(
            "goodfellow_conv", image_shape=(8, 8, 1), value_range=(low, high), **SMALL
        )
        for kernel in kernels_of(discriminator):
            kernel.assign(20 * kernel)
        logits.append(discriminator(low + (high - low) * pixels).numpy())
    assert np.ptp(logits[0]) > 1e-3
    np.testing.assert_allclose(logits[1:], [logits[0]] * 2, rtol=1e-4, atol=1e-6)


def test_a_label_enters_both_networks():
    generator, discriminator = architectures.build(
        "goodfellow_conv", image_shape=(8, 8, 1), latent_dim=5, num_classes=4, **SMALL
    )
    z, labels = np.ones((4, 5), np.float32), np.arange(4)
    image = np.zeros((4, 8, 8, 1), np.float32)
    for network, x in ((generator, z), (discriminator, image)):
        outputs = network([x, labels]).numpy().reshape(4, -1)
        assert np.ptp(outputs, axis=0).max() > 1e-6
        (embedding,) = layers_of(network, keras.layers.Embedding)
        embedding.embeddings.assign(np.ones(embedding.embeddings.shape))
        outputs = network([x, labels]).numpy().reshape(4, -1)
        assert np.ptp(outputs, axis=0).max() < 1e-7


ERRORS = {
    "size": ({"image_shape": (7, 8, 1)}, "needs images of at least 8×8; got 7×8"),
    "filters": ({"discriminator_filters": [2, 2]}, "must be three positive integers"),
    "a filter": ({"discriminator_filters": [2, 0, 2]}, "`filters` must be an integer"),
    "units": ({"generator_units": 0}, "`generator_units` must be an integer"),
    "range": ({"value_range": None}, "`value_range` must be a pair"),
}


@pytest.mark.parametrize("case", ERRORS)
def test_what_cannot_be_built_is_named(case):
    wrong, message = ERRORS[case]
    arguments = {"image_shape": (8, 8, 1), **SMALL, **wrong}
    with pytest.raises(ValueError, match=message):
        architectures.build("goodfellow_conv", **arguments)
