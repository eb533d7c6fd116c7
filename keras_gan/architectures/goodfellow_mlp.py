"""The multilayer perceptrons of the 2014 paper's MNIST experiment."""

from __future__ import annotations

import math
from typing import Any

import keras
import numpy as np

from keras_gan._checks import check_positive_int
from keras_gan.architectures._channels_last import CHANNELS_LAST
from keras_gan.architectures._labels import images_with_labels, latents_with_labels
from keras_gan.architectures._value_range import (
    bias_for_mean,
    to_unit_range,
    to_value_range,
)
from keras_gan.architectures.networks import Networks
from keras_gan.layers import Maxout


def goodfellow_mlp(
    networks: Networks,
    *,
    generator_units: int = 1200,
    discriminator_units: int = 240,
    pieces: int = 5,
    data_mean: np.ndarray | None = None,
    label_features: int = 16,
) -> tuple[keras.Model, keras.Model]:
    """Builds the pair with the initial ranges that the authors used.

    The generator has two rectifier layers; the discriminator two maxout layers, with
    dropout of 0.2 on the image and 0.5 on each hidden layer. No kernel is bounded, as
    in the authors' configuration (that of the maxout paper bounds the columns). With
    classes, which the paper's §6 only proposes, a learned embedding of the label is
    appended to the latent, and to the image after its dropout.

    Args:
        networks: Shapes and ranges.
        generator_units: Units of each of the generator's hidden layers.
        discriminator_units: Maxout units of each of the discriminator's hidden layers.
        pieces: Linear pieces of each maxout unit.
        data_mean: `(H, W, C)` mean of the data in `value_range`, at which the generator
            starts. With None it starts at the middle of the range.
        label_features: The size of a label's embedding.

    Returns:
        The generator and the discriminator, with the inputs and outputs of `build`.

    Raises:
        ValueError: If an option is no positive integer, or `data_mean` leaves
            `value_range`.

    Source: Goodfellow et al., "Generative Adversarial Nets", 2014, §5, and the
    authors' published configuration; the labels: Mirza and Osindero, "Conditional
    generative adversarial nets", 2014.
    """
    check_positive_int("label_features", label_features)
    generator = _generator(networks, generator_units, data_mean, label_features)
    discriminator = _discriminator(
        networks, discriminator_units, pieces, label_features
    )
    return generator, discriminator


def _generator(
    networks: Networks,
    units: int,
    data_mean: np.ndarray | None,
    label_features: int,
) -> keras.Model:
    shape = networks.image_shape
    inputs, x = latents_with_labels(networks, label_features)
    for _ in range(2):
        x = keras.layers.Dense(units, "relu", kernel_initializer=_within(0.05))(x)
    output = keras.layers.Dense(math.prod(shape), kernel_initializer=_within(0.05))
    x = keras.layers.Reshape(shape)(output(x))
    if data_mean is not None:
        bias = bias_for_mean(np.reshape(data_mean, shape), networks.value_range)
        output.bias.assign(bias.reshape(-1))  # pyright: ignore
    return keras.Model(
        inputs, to_value_range(x, networks.value_range), name="generator"
    )


def _discriminator(
    networks: Networks, units: int, pieces: int, label_features: int
) -> keras.Model:
    images = keras.Input(networks.image_shape, name="images")
    # The authors' rates and initial ranges are for pixels in [0, 1]. With black at -1,
    # images are vectors of such length that SGD at 0.1 diverges.
    x = to_unit_range(images, networks.value_range)
    x = keras.layers.Dropout(0.2)(keras.layers.Flatten(**CHANNELS_LAST)(x))
    inputs, x = images_with_labels(images, x, networks, label_features)
    for _ in range(2):
        x = Maxout(units, pieces, kernel_initializer=_within(0.005))(x)
        x = keras.layers.Dropout(0.5)(x)
    logits = keras.layers.Dense(
        1,
        kernel_initializer=_within(0.005),
        name="logit",
        dtype="float32",
    )(x)
    return keras.Model(inputs, logits, name="discriminator")


def _within(bound: float) -> Any:
    """Returns a new U(-bound, bound) initializer; a shared one would repeat weights."""
    return keras.initializers.RandomUniform(-bound, bound)
