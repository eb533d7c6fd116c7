"""A convolutional GAN whose depth follows the size of the images."""

from __future__ import annotations

import keras

from keras_gan._checks import check_positive_int
from keras_gan._typing import Tensor
from keras_gan.architectures._channels_last import CHANNELS_LAST
from keras_gan.architectures._image_size import checked_doublings
from keras_gan.architectures._labels import label_input, latents_with_labels
from keras_gan.architectures._value_range import to_value_range
from keras_gan.architectures.networks import Networks
from keras_gan.layers import (
    BatchNormalization,
    ImageConv2D,
    MinibatchStandardDeviation,
    ProjectionHead,
    UpsamplingConv2D,
)

# Channels that a map keeps at least, unless the smallest one has fewer.
_FEWEST = 8
_DOUBLE = {"kernel_size": 4, "strides": 2, "padding": "same", **CHANNELS_LAST}
_SAME = {"kernel_size": 3, "padding": "same", **CHANNELS_LAST}


def lean_dcgan(
    networks: Networks,
    *,
    generator_filters: int = 128,
    discriminator_filters: int = 256,
    class_features: int = 64,
) -> tuple[keras.Model, keras.Model]:
    """Builds a strided convolutional pair that grows with the images, lean for a CPU.

    The generator begins with 4 to 7 pixels and doubles them as often as the size asks
    for, with a second convolution after each doubling (the last makes the image), batch
    normalization and rectifiers. The discriminator halves the images as often, with
    leaky rectifiers and without normalization, and sees before its logit how much the
    batch varies. With classes, the label's embedding stands beside the latent, and the
    logit is the projection of the features on another embedding.

    The layers are named by the height of their maps. Those of the same name have the
    same shapes in pairs for 32×32 and 64×64, for 28×28 and 56×56, and so on, so that
    one pair can start from the weights of the other.

    Args:
        networks: Shapes and ranges; the shorter side must be 4, 5, 6 or 7 times a
            power of two, which must divide the longer one.
        generator_filters: Channels of the generator's smallest map; each larger one has
            half as many, but at least 8.
        discriminator_filters: The same for the discriminator.
        class_features: The size of a label's embedding.

    Returns:
        The generator and the discriminator, with the inputs and outputs of `build`.

    Raises:
        ValueError: If the images have another size, or an option is no positive
            integer.

    Source: Radford et al., "Unsupervised representation learning with deep
    convolutional generative adversarial networks", 2016; the statistics of the batch:
    Karras et al., "Progressive growing of GANs", 2018, §3; the projection: Miyato and
    Koyama, "cGANs with projection discriminator", 2018, eq. 3.
    """
    doublings = checked_doublings("lean_dcgan", *networks.image_shape[:2])
    for name, value in (
        ("generator_filters", generator_filters),
        ("discriminator_filters", discriminator_filters),
        ("class_features", class_features),
    ):
        check_positive_int(name, value)

    def filters(most: int, maps: int) -> list[int]:
        return [max(most >> n, min(most, _FEWEST)) for n in range(maps)]

    of_images = filters(discriminator_filters, doublings)[::-1]
    return (
        _generator(networks, filters(generator_filters, doublings + 1), class_features),
        _discriminator(networks, of_images, class_features),
    )


def _generator(
    networks: Networks, filters: list[int], class_features: int
) -> keras.Model:
    """Builds a generator with maps of so many channels, from the smallest on."""
    height, width, channels = networks.image_shape
    doublings = len(filters) - 1
    shape = (height >> doublings, width >> doublings, filters[0])
    inputs, vectors = latents_with_labels(networks, class_features)
    units = shape[0] * shape[1] * shape[2]
    first = keras.layers.Dense(units, use_bias=False, name="first_map")(vectors)
    x = _normalized(keras.layers.Reshape(shape)(first), "first_map")
    for depth, count in enumerate(filters[1:], 1):
        # A transposed convolution has kernels of its own for each pixel of a block,
        # and leaves a lattice of dots in the pictures.
        name = f"map_{shape[0] << depth}"
        x = UpsamplingConv2D(count, 3, use_bias=False, name=name)(x)
        x = _normalized(x, name)
        if depth == doublings:
            break
        second = keras.layers.Conv2D(
            count, use_bias=False, name=f"second_{name}", **_SAME
        )
        x = _normalized(second(x), f"second_{name}")
    image = keras.layers.Conv2D(channels, name=f"image_{height}", **_SAME)(x)
    return keras.Model(
        inputs, to_value_range(image, networks.value_range), name="generator"
    )


def _normalized(x: Tensor, name: str) -> Tensor:
    """Normalizes a map that is called `name`, and rectifies it."""
    normalize = BatchNormalization(momentum=0.9, name=f"normalized_{name}")
    return keras.layers.ReLU()(normalize(x))


def _discriminator(
    networks: Networks, filters: list[int], class_features: int
) -> keras.Model:
    """Builds a discriminator with maps of so many channels, from the largest on."""
    height = networks.image_shape[0]
    images = x = keras.Input(networks.image_shape, name="images")
    for depth, count in enumerate(filters):
        name = f"map_{height >> (depth + 1)}" if depth else f"image_{height}"
        convolution = keras.layers.Conv2D if depth else ImageConv2D
        x = convolution(count, name=name, **_DOUBLE)(x)
        x = keras.layers.LeakyReLU(0.2)(x)
    x = keras.layers.Flatten(**CHANNELS_LAST)(MinibatchStandardDeviation()(x))
    if networks.num_classes is None:
        logits = keras.layers.Dense(1, name="logit", dtype="float32")(x)
        return keras.Model(images, logits, name="discriminator")
    x = keras.layers.Dense(class_features, name="features")(x)
    x = keras.layers.LeakyReLU(0.2)(x)
    labels = label_input()
    logits = ProjectionHead(networks.num_classes, name="logit")([x, labels])
    return keras.Model([images, labels], logits, name="discriminator")
