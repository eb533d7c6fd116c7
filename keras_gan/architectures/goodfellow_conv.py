"""The convolutional pair of the 2014 paper's CIFAR-10 experiment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras

from keras_gan._checks import InputError, check_positive_int
from keras_gan._typing import Tensor
from keras_gan.architectures._channels_last import CHANNELS_LAST
from keras_gan.architectures._image_size import resizing
from keras_gan.architectures._labels import images_with_labels, latents_with_labels
from keras_gan.architectures._value_range import to_symmetric_range, to_value_range
from keras_gan.architectures.networks import Networks
from keras_gan.layers import Maxout, MaxoutConv2D

# The sizes of kernel, zero padding and pool of the three convolutions. All pools have
# stride 2.
_CONVOLUTIONS = ((8, 4, 4), (8, 3, 4), (5, 3, 2))


def goodfellow_conv(
    networks: Networks,
    *,
    generator_units: int = 8000,
    generator_filters: int = 80,
    discriminator_filters: Sequence[int] = (32, 32, 192),
    discriminator_units: int = 500,
    pieces: int = 5,
    label_features: int = 16,
) -> tuple[keras.Model, keras.Model]:
    """Builds a "deconvolutional" generator and a convolutional maxout discriminator.

    As in the authors' configuration, the generator has 8000 rectifiers, then 8000
    sigmoids (10×10 places of 80 channels) that a transposed convolution of 5×5 with
    stride 3 makes a 32×32 image; the discriminator has three convolutions of two-piece
    maxout units with overlapping max pooling, a dense maxout layer of 500 units of 5
    pieces and a logit, with dropout of 0.2 on the image and 0.5 on each hidden layer;
    initial weights are U(±0.05) and U(±0.005). The configuration bounds no kernel and
    draws normal latents.

    Four points differ from the authors' networks. The output is squashed into
    `value_range` and has one bias for each channel; theirs was linear, with one bias
    for each pixel, for contrast-normalized images, and the discriminator here sees
    images in [-1, 1]. Pooling pads both edges; theirs padded the far one. Images whose
    side is not 3·n + 2 are cropped from the next such size. With classes, an embedding
    of the label is appended to the latent and to the discriminator's last feature map.

    Args:
        networks: Shapes and ranges; images of 8×8 or more.
        generator_units: Rectifiers of the generator's first layer.
        generator_filters: Channels of its second layer, whose height and width follow
            from the image's.
        discriminator_filters: Channels of the three convolutions.
        discriminator_units: Units of the dense maxout layer.
        pieces: Linear pieces of each of those units.
        label_features: The size of a label's embedding.

    Returns:
        The generator and the discriminator, with the inputs and outputs of `build`.

    Raises:
        ValueError: If the images are smaller than 8×8, an option is no positive
            integer, or `discriminator_filters` has not three.

    Source: Goodfellow et al., "Generative Adversarial Nets", 2014, §5, and the
    authors' published configuration (cifar10_convolutional.yaml); the labels: Mirza
    and Osindero, "Conditional generative adversarial nets", 2014.
    """
    height, width, _ = networks.image_shape
    if min(height, width) < 8:
        raise InputError(
            "The 'goodfellow_conv' architecture needs images of at least 8×8; got "
            f"{height}×{width}. "
            f"{resizing(height, width, lambda h, w: min(h, w) >= 8)}, or use 'mlp'."
        )
    filters = tuple(discriminator_filters)
    if len(filters) != len(_CONVOLUTIONS):
        raise InputError(
            "`discriminator_filters` must be three positive integers, for example "
            f"(32, 32, 192); got {discriminator_filters!r}."
        )
    check_positive_int("generator_units", generator_units)
    check_positive_int("generator_filters", generator_filters)
    check_positive_int("label_features", label_features)
    generator = _generator(networks, generator_units, generator_filters, label_features)
    discriminator = _discriminator(
        networks,
        filters,
        Maxout(discriminator_units, pieces, **_within(0.005)),
        label_features,
    )
    return generator, discriminator


def _generator(
    networks: Networks, units: int, filters: int, label_features: int
) -> keras.Model:
    inputs, x = latents_with_labels(networks, label_features)
    height, width, channels = networks.image_shape
    # The smallest n for which 3·(n − 1) + 5 pixels cover the image.
    rows, columns = (-(-(size - 2) // 3) for size in (height, width))
    x = keras.layers.Dense(units, "relu", **_within(0.05))(x)
    x = keras.layers.Dense(rows * columns * filters, "sigmoid", **_within(0.05))(x)
    x = keras.layers.Reshape((rows, columns, filters))(x)
    x = keras.layers.Conv2DTranspose(
        channels, 5, strides=3, **CHANNELS_LAST, **_within(0.05)
    )(x)
    x = _crop(x, height, width)
    return keras.Model(
        inputs, to_value_range(x, networks.value_range), name="generator"
    )


def _discriminator(
    networks: Networks, filters: tuple[int, ...], dense: Maxout, label_features: int
) -> keras.Model:
    images = keras.Input(networks.image_shape, name="images")
    x = to_symmetric_range(images, networks.value_range)
    rate = 0.2
    for channels, (size, zeros, pool) in zip(filters, _CONVOLUTIONS, strict=True):
        x = keras.layers.ZeroPadding2D(zeros, **CHANNELS_LAST)(
            keras.layers.Dropout(rate)(x)
        )
        x = MaxoutConv2D(channels, 2, size, **_within(0.005))(x)
        x = keras.layers.MaxPooling2D(pool, strides=2, padding="same", **CHANNELS_LAST)(
            x
        )
        rate = 0.5
    x = keras.layers.Dropout(rate)(keras.layers.Flatten(**CHANNELS_LAST)(x))
    inputs, x = images_with_labels(images, x, networks, label_features)
    x = keras.layers.Dropout(rate)(dense(x))
    logits = keras.layers.Dense(1, name="logit", dtype="float32", **_within(0.005))(x)
    return keras.Model(inputs, logits, name="discriminator")


def _crop(x: Tensor, height: int, width: int) -> Tensor:
    spare = [
        have - want for have, want in zip(x.shape[1:3], (height, width), strict=True)
    ]
    if not any(spare):
        return x
    margins = tuple((extra // 2, extra - extra // 2) for extra in spare)
    return keras.layers.Cropping2D(margins, **CHANNELS_LAST)(x)


def _within(bound: float) -> dict[str, Any]:
    """Returns a new U(-bound, bound) initializer; a shared one would repeat weights."""
    return {"kernel_initializer": keras.initializers.RandomUniform(-bound, bound)}
