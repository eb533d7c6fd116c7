"""The residual networks of the architectures "sngan_resnet" and "sagan".

Source: Miyato et al., "Spectral normalization for generative adversarial networks",
2018, appendix B.4: pre-activation blocks, nearest upsampling, average pooling.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import keras

from keras_gan._checks import check_positive_int
from keras_gan._typing import Tensor
from keras_gan.architectures._channels_last import CHANNELS_LAST
from keras_gan.architectures._image_size import checked_doublings
from keras_gan.architectures._labels import label_input
from keras_gan.architectures._value_range import to_value_range
from keras_gan.architectures.networks import Networks
from keras_gan.layers import (
    BatchNormalization,
    ConditionalBatchNormalization,
    PoolingConv2D,
    ProjectionHead,
    SelfAttention,
    SpectralNormalization,
    Upsample,
    UpsamplingConv2D,
)

# Attention works on maps of at most this side, which was best in the paper.
_LARGEST_ATTENTION = 32


@dataclass(frozen=True)
class Style:
    """The options of all layers of one network.

    Attributes:
        filters: Channels of every map.
        spectral: Whether every kernel is spectrally normalized.
        attention: Whether a map in the middle has self-attention.
    """

    filters: int
    spectral: bool
    attention: bool


def residual_pair(
    architecture: str, networks: Networks, generator: Style, discriminator: Style
) -> tuple[keras.Model, keras.Model]:
    """Builds a generator and a discriminator.

    Args:
        architecture: The name of the architecture in error messages.
        networks: Shapes and ranges.
        generator: The options of the generator's layers.
        discriminator: The options of the discriminator's layers.

    Raises:
        ValueError: If the image shape or the number of filters cannot be used.
    """
    doublings = checked_doublings(architecture, *networks.image_shape[:2])
    check_positive_int("generator_filters", generator.filters)
    check_positive_int("discriminator_filters", discriminator.filters)
    return (
        _generator(networks, doublings, generator),
        _discriminator(networks, doublings, discriminator),
    )


def _generator(networks: Networks, doublings: int, style: Style) -> keras.Model:
    """Builds a generator: a dense layer, a block for each doubling, a convolution."""
    height, width, channels = networks.image_shape
    latents = inputs = x = keras.Input((networks.latent_dim,), name="latents")
    normalize = _normalized
    if networks.num_classes is not None:
        labels = label_input()
        inputs = [latents, labels]
        normalize = _normalized_by(labels, networks.num_classes)

    shape = (height >> doublings, width >> doublings, style.filters)
    units = shape[0] * shape[1] * shape[2]
    x = _spectral(keras.layers.Dense(units), style)(x)
    x = keras.layers.Reshape(shape)(x)
    for block in range(doublings + 1):
        x = _attended(x, networks, doublings - block, style)
        if block < doublings:
            x = _generator_block(x, style, normalize)
    x = _spectral(_convolution(channels, 3), style)(_normalized(x))
    return keras.Model(
        inputs, to_value_range(x, networks.value_range), name="generator"
    )


def _discriminator(networks: Networks, doublings: int, style: Style) -> keras.Model:
    """Builds a discriminator: blocks that halve the image, two more, a sum, a logit."""
    images = keras.Input(networks.image_shape, name="images")
    x = _attended(_first_block(images, style), networks, 1, style)
    # Miyato's discriminator for 32×32 halves twice, which leaves 8×8.
    for halvings in range(2, max(2, doublings)):
        x = _discriminator_block(x, style, downsample=True)
        x = _attended(x, networks, halvings, style)
    for _ in range(2):
        x = _discriminator_block(x, style, downsample=False)
    x = keras.layers.ReLU()(x)
    # The sum over all places is the mean times their number. Half precision would
    # round it too much.
    _, height, width, _ = x.shape
    x = keras.layers.GlobalAveragePooling2D(**CHANNELS_LAST, dtype="float32")(x)
    features = keras.layers.Rescaling(float(height * width), dtype="float32")(x)
    if networks.num_classes is None:
        logit = _spectral(keras.layers.Dense(1, dtype="float32"), style, name="logit")
        return keras.Model(images, logit(features), name="discriminator")
    labels = label_input()
    head = ProjectionHead(
        networks.num_classes, spectral_normalization=style.spectral, name="logit"
    )
    return keras.Model([images, labels], head([features, labels]), name="discriminator")


def _generator_block(
    x: Tensor, style: Style, normalize: Callable[[Tensor], Tensor]
) -> Tensor:
    """Doubles the resolution."""
    double = UpsamplingConv2D(style.filters, 3, **_initialized(gain=2.0))
    main = _spectral(double, style)(normalize(x))
    main = _spectral(_convolution(style.filters, 3, gain=2.0), style)(normalize(main))
    # A 1×1 convolution commutes with repeating pixels, and costs a quarter before it.
    shortcut = Upsample()(_spectral(_convolution(style.filters, 1), style)(x))
    return keras.layers.Add()([main, shortcut])


def _first_block(images: Tensor, style: Style) -> Tensor:
    """Halves the resolution of images, without a rectifier before the first layer."""
    main = _spectral(_convolution(style.filters, 3, gain=2.0), style)(images)
    main = _halving(keras.layers.ReLU()(main), style)
    shortcut = _spectral(_convolution(style.filters, 1), style)(_halved(images))
    return keras.layers.Add()([main, shortcut])


def _discriminator_block(x: Tensor, style: Style, *, downsample: bool) -> Tensor:
    """Halves the resolution, or keeps it and adds to its input."""
    main = keras.layers.ReLU()(x)
    main = _spectral(_convolution(style.filters, 3, gain=2.0), style)(main)
    main = keras.layers.ReLU()(main)
    if not downsample:
        main = _spectral(_convolution(style.filters, 3, gain=2.0), style)(main)
        return keras.layers.Add()([main, x])
    # A 1×1 convolution commutes with averages, and costs a quarter after them.
    shortcut = _spectral(_convolution(style.filters, 1), style)(_halved(x))
    return keras.layers.Add()([_halving(main, style), shortcut])


def _attended(x: Tensor, networks: Networks, halvings: int, style: Style) -> Tensor:
    """Adds self-attention to one map of each network, and returns others unchanged.

    That one is the largest map that is smaller than the image and at most 32 pixels
    wide.
    """
    side = min(networks.image_shape[:2])
    wanted = 1
    while side >> wanted > _LARGEST_ATTENTION:
        wanted += 1
    if not style.attention or halvings != wanted:
        return x
    return SelfAttention(spectral_normalization=style.spectral)(x)


def _convolution(filters: int, size: int, gain: float = 1.0) -> keras.layers.Layer:
    return keras.layers.Conv2D(
        filters, size, padding="same", **CHANNELS_LAST, **_initialized(gain)
    )


def _halving(x: Tensor, style: Style) -> Tensor:
    """Convolves, then takes means of 2×2 blocks."""
    layer = PoolingConv2D(style.filters, 3, **_initialized(gain=2.0))
    return _spectral(layer, style)(x)


def _initialized(gain: float) -> dict[str, Any]:
    """Returns a new Glorot initializer; a shared one would repeat weights."""
    initializer = keras.initializers.VarianceScaling(gain, "fan_avg", "uniform")
    return {"kernel_initializer": initializer}


def _spectral(layer: keras.layers.Layer, style: Style, **options: Any) -> Any:
    return SpectralNormalization(layer, **options) if style.spectral else layer


def _halved(x: Tensor) -> Tensor:
    return keras.layers.AveragePooling2D(2, **CHANNELS_LAST)(x)


def _normalized(x: Tensor) -> Tensor:
    x = BatchNormalization(momentum=0.9)(x)
    return keras.layers.ReLU()(x)


def _normalized_by(labels: Tensor, num_classes: int) -> Callable[[Tensor], Tensor]:
    def normalize(x: Tensor) -> Tensor:
        layer = ConditionalBatchNormalization(num_classes, momentum=0.9)
        return keras.layers.ReLU()(layer([x, labels]))

    return normalize
