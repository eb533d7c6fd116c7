"""The residual networks of R3GAN."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import keras

from keras_gan._checks import InputError, check_positive_int
from keras_gan._typing import Tensor
from keras_gan.architectures._channels_last import CHANNELS_LAST
from keras_gan.architectures._image_size import resizing
from keras_gan.architectures._labels import concatenate_labels, label_input
from keras_gan.architectures._value_range import to_value_range
from keras_gan.architectures.networks import Networks
from keras_gan.layers import GroupedConv2D, LowPassDownsampling2D, SpatialBasis2D

_EXPANSION = 2
_SLOPE = 0.2
# The gain that keeps the variance of a normal variable through the leaky rectifier.
_GAIN = math.sqrt(2 / (1 + _SLOPE**2))
# The number of convolutions in a residual branch.
_DEPTH = 3


class _Stage(NamedTuple):
    """The part of a network that works at one resolution."""

    filters: int
    cardinality: int


def r3gan(
    networks: Networks,
    *,
    generator_filters: int = 128,
    discriminator_filters: int = 128,
    blocks_per_stage: int = 2,
    cardinality: int = 16,
    class_features: int = 64,
) -> tuple[keras.Model, keras.Model]:
    """Builds two mirrored residual networks without any normalization.

    Each resolution, from 4..7 pixels up to the image's in steps of two, has residual
    blocks: a 1×1 convolution that doubles the channels, a grouped 3×3 convolution, and
    a 1×1 convolution back, with biased leaky rectifiers between. As in Fixup, the last
    convolution of a branch starts at zero, and the others are scaled by L^(-1/4) for L
    blocks. The generator starts from a learned basis modulated by the latent and
    interpolates linearly between resolutions. The discriminator filters and subsamples,
    and ends with a basis of its own. The first four resolutions have the full number of
    channels, each further one half of those before it. With classes, the label's
    embedding is appended to the latent, and the logit is the projection of the
    discriminator's features on another embedding.

    The paper's CIFAR-10 model has 768 filters and a cardinality of 96, with 64-d
    latents; it trains with the relativistic loss, R1 and R2. Two points differ here:
    the output is squashed into `value_range`, and interpolation repeats the edge pixels
    instead of fading to zero, so that it exports as one operation.

    Args:
        networks: Shapes and ranges; the shorter side must be 4, 5, 6 or 7 times a
            power of two, which must divide the longer one.
        generator_filters: Channels of the generator.
        discriminator_filters: Channels of the discriminator.
        blocks_per_stage: Residual blocks at each resolution.
        cardinality: Groups of the 3×3 convolutions, halved where the channels are.
        class_features: The size of a label's embedding.

    Returns:
        The generator and the discriminator, with the inputs and outputs of `build`.

    Raises:
        ValueError: If the images have another size, an option is no positive integer,
            or the channels cannot be halved or grouped as often as the size asks for.

    Source: Huang et al., "The GAN is dead; long live the GAN! A modern GAN baseline",
    2024, §3; the initialization: Zhang et al., "Fixup initialization", 2019.
    """
    height, width, _ = networks.image_shape
    doublings = _doublings(height, width)
    check_positive_int("blocks_per_stage", blocks_per_stage)
    check_positive_int("class_features", class_features)
    base = height >> doublings, width >> doublings
    generator, discriminator = (
        _stages(argument, filters, cardinality, doublings + 1)
        for argument, filters in (
            ("generator_filters", generator_filters),
            ("discriminator_filters", discriminator_filters),
        )
    )
    return (
        _generator(networks, generator, base, blocks_per_stage, class_features),
        _discriminator(networks, discriminator, blocks_per_stage, class_features),
    )


def _generator(
    networks: Networks,
    stages: list[_Stage],
    base: tuple[int, int],
    blocks: int,
    class_features: int,
) -> keras.Model:
    classes = networks.num_classes
    latents = inputs = x = keras.Input((networks.latent_dim,), name="latents")
    if classes is not None:
        labels = label_input()
        inputs = [latents, labels]
        scale = 1 / math.sqrt(classes)
        x = concatenate_labels(latents, labels, classes, class_features, scale)
    first = keras.layers.Dense(stages[0].filters, use_bias=False, **_scaled())
    x = SpatialBasis2D(*base)(first(x))
    for index, stage in enumerate(stages):
        if index:
            x = _change_filters(x, stage.filters)
            # In bfloat16 and under XLA, TensorFlow's gradient of it has a wrong dtype.
            double = keras.layers.UpSampling2D(
                interpolation="bilinear", **CHANNELS_LAST, dtype="float32"
            )
            x = double(x)
        x = _blocks(x, stage, blocks, total=blocks * len(stages))
    x = _pointwise(networks.image_shape[-1])(x)
    return keras.Model(
        inputs, to_value_range(x, networks.value_range), name="generator"
    )


def _discriminator(
    networks: Networks, stages: list[_Stage], blocks: int, class_features: int
) -> keras.Model:
    images = keras.Input(networks.image_shape, name="images")
    x = _pointwise(stages[-1].filters)(images)
    for index in reversed(range(len(stages))):
        x = _blocks(x, stages[index], blocks, total=blocks * len(stages))
        if index:
            x = LowPassDownsampling2D()(x)
            x = _change_filters(x, stages[index - 1].filters)
    features = _features(x)
    head = {"use_bias": False, "dtype": "float32", **_scaled()}
    if networks.num_classes is None:
        logits = keras.layers.Dense(1, name="logit", **head)(features)
        return keras.Model(images, logits, name="discriminator")
    labels = label_input()
    normal: Any = keras.initializers.RandomNormal(stddev=1 / math.sqrt(class_features))
    embedded = keras.layers.Embedding(
        networks.num_classes,
        class_features,
        embeddings_initializer=normal,
        dtype="float32",
    )(labels)
    features = keras.layers.Dense(class_features, **head)(features)
    logits = keras.layers.Dot(axes=1, dtype="float32")([features, embedded])
    return keras.Model([images, labels], logits, name="discriminator")


def _features(x: Tensor) -> Tensor:
    """Returns `(B, C)`: the sum of each channel over its places, by learned weights."""
    size = x.shape[1:3]
    normal: Any = keras.initializers.RandomNormal(stddev=1 / math.sqrt(math.prod(size)))
    basis = keras.layers.DepthwiseConv2D(
        size, use_bias=False, depthwise_initializer=normal, **CHANNELS_LAST
    )
    return keras.layers.Flatten(**CHANNELS_LAST)(basis(x))


def _blocks(x: Tensor, stage: _Stage, count: int, total: int) -> Tensor:
    gain = _GAIN * total ** (-1 / (2 * _DEPTH - 2))
    expanded = _EXPANSION * stage.filters
    for _ in range(count):
        y = keras.layers.Conv2D(expanded, 1, **CHANNELS_LAST, **_scaled(gain))(x)
        y = keras.layers.LeakyReLU(_SLOPE)(y)
        y = GroupedConv2D(expanded, 3, stage.cardinality, **_scaled(gain))(y)
        y = keras.layers.LeakyReLU(_SLOPE)(y)
        y = keras.layers.Conv2D(
            stage.filters,
            1,
            use_bias=False,
            kernel_initializer="zeros",
            **CHANNELS_LAST,
        )(y)
        x = keras.layers.Add()([x, y])
    return x


def _change_filters(x: Tensor, filters: int) -> Tensor:
    return x if x.shape[-1] == filters else _pointwise(filters)(x)


def _pointwise(filters: int) -> keras.layers.Layer:
    return keras.layers.Conv2D(filters, 1, use_bias=False, **CHANNELS_LAST, **_scaled())


def _scaled(gain: float = 1.0) -> dict[str, Any]:
    """Returns a new N(0, gain² / fan-in) initializer; a shared one repeats weights."""
    initializer = keras.initializers.VarianceScaling(
        gain**2, mode="fan_in", distribution="untruncated_normal"
    )
    return {"kernel_initializer": initializer}


def _doublings(height: int, width: int) -> int:
    """Returns how often 4..7 pixels are doubled to make the shorter side."""
    if not _is_doubled(height, width):
        raise InputError(
            "The 'r3gan' architecture needs a shorter side of 4, 5, 6 or 7 times a "
            "power of two that divides the other side, such as 28×28, 32×32 or "
            f"48×64; got {height}×{width}. "
            f"{resizing(height, width, _is_doubled)}."
        )
    return max(min(height, width).bit_length() - 3, 0)


def _is_doubled(height: int, width: int) -> bool:
    shorter = min(height, width)
    power = 2 ** max(shorter.bit_length() - 3, 0)
    return shorter >= 4 and height % power == width % power == 0


def _stages(argument: str, filters: int, cardinality: int, count: int) -> list[_Stage]:
    """Returns the stages from the smallest resolution on.

    All stages have the same number of channels in a group, where that is possible.
    """
    check_positive_int(argument, filters)
    check_positive_int("cardinality", cardinality)
    halvings = [max(0, index - 3) for index in range(count)]
    if filters % 2 ** halvings[-1]:
        raise InputError(
            f"`{argument}` must be a multiple of {2 ** halvings[-1]}, as it is halved "
            f"{halvings[-1]} times for images of this size; got {filters}."
        )
    stages = [_Stage(filters >> n, max(1, cardinality >> n)) for n in halvings]
    if any(_EXPANSION * stage.filters % stage.cardinality for stage in stages):
        raise InputError(
            f"`cardinality` must divide twice `{argument}={filters}` at every "
            f"resolution, for example {math.gcd(16, _EXPANSION * filters)}; got "
            f"{cardinality}."
        )
    return stages
