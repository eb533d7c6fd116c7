"""Multilayer perceptrons for points, tables and small pictures."""

from __future__ import annotations

import math
from collections.abc import Sequence

import keras

from keras_gan._checks import check_choice, check_positive_int, check_positive_ints
from keras_gan._typing import Tensor
from keras_gan.architectures._channels_last import CHANNELS_LAST
from keras_gan.architectures._labels import images_with_labels, latents_with_labels
from keras_gan.architectures._value_range import to_value_range
from keras_gan.architectures.networks import Networks
from keras_gan.layers import BatchNormalization, FourierFeatures
from keras_gan.layers.fourier_features import check_frequencies

_ACTIVATIONS = ("relu", "leaky_relu", "silu", "gelu", "elu", "softplus", "tanh")


def mlp(
    networks: Networks,
    *,
    generator_units: Sequence[int] = (256, 256, 256),
    discriminator_units: Sequence[int] = (256, 256, 256),
    activation: str = "relu",
    generator_batch_normalization: bool = False,
    discriminator_frequencies: Sequence[float] = (),
    label_features: int = 16,
) -> tuple[keras.Model, keras.Model]:
    """Builds a pair of fully connected networks for examples of any shape.

    Without a value range, as for points, the generator's output is linear. With
    classes, a learned embedding of the label is appended to the latent and to the
    flattened example.

    Args:
        networks: Shapes and ranges; the shape may have any rank, the range be None.
        generator_units: Units of each of the generator's hidden layers.
        discriminator_units: Units of each of the discriminator's hidden layers.
        activation: "relu", "leaky_relu" (of slope 0.2), "silu", "gelu", "elu",
            "softplus" or "tanh", of all hidden layers.
        generator_batch_normalization: Whether the generator normalizes its hidden
            layers before their activation, over the global batch.
        discriminator_frequencies: Angular frequencies of the sines and cosines that
            the discriminator gets beside the example; see `layers.FourierFeatures`.
        label_features: The size of a label's embedding.

    Returns:
        The generator and the discriminator, with the inputs and outputs of `build`.

    Raises:
        ValueError: If units or features are no positive integers, a frequency is not
            positive, or the activation is unknown.

    Source: Goodfellow et al., "Generative Adversarial Nets", 2014, §3; the labels:
    Mirza and Osindero, "Conditional generative adversarial nets", 2014.
    """
    hidden = {
        argument: check_positive_ints(argument, units, example="[256, 256]")
        for argument, units in (
            ("generator_units", generator_units),
            ("discriminator_units", discriminator_units),
        )
    }
    check_choice("activation", activation, _ACTIVATIONS)
    check_positive_int("label_features", label_features)
    frequencies = check_frequencies(
        "discriminator_frequencies", discriminator_frequencies
    )
    generator = _generator(
        networks,
        hidden["generator_units"],
        activation,
        generator_batch_normalization,
        label_features,
    )
    discriminator = _discriminator(
        networks,
        hidden["discriminator_units"],
        activation,
        frequencies,
        label_features,
    )
    return generator, discriminator


def _generator(
    networks: Networks,
    units: tuple[int, ...],
    activation: str,
    normalized: bool,
    label_features: int,
) -> keras.Model:
    shape = networks.image_shape
    inputs, x = latents_with_labels(networks, label_features)
    for size in units:
        x = keras.layers.Dense(size, use_bias=not normalized)(x)
        if normalized:
            x = BatchNormalization(momentum=0.9)(x)
        x = _activate(x, activation)
    # Half precision would round coordinates, which have no range.
    dtype = "float32" if networks.value_range is None else None
    x = keras.layers.Dense(math.prod(shape), dtype=dtype)(x)
    x = keras.layers.Reshape(shape, dtype=dtype)(x)
    x = to_value_range(x, networks.value_range)
    return keras.Model(inputs, x, name="generator")


def _discriminator(
    networks: Networks,
    units: tuple[int, ...],
    activation: str,
    frequencies: tuple[float, ...],
    label_features: int,
) -> keras.Model:
    images = keras.Input(networks.image_shape, name="images")
    # Fourier features need the coordinates in full precision.
    x = keras.layers.Flatten(**CHANNELS_LAST, dtype="float32" if frequencies else None)(
        images
    )
    if frequencies:
        x = FourierFeatures(frequencies)(x)
    inputs, x = images_with_labels(images, x, networks, label_features)
    for size in units:
        x = _activate(keras.layers.Dense(size)(x), activation)
    logits = keras.layers.Dense(1, name="logit", dtype="float32")(x)
    return keras.Model(inputs, logits, name="discriminator")


def _activate(x: Tensor, activation: str) -> Tensor:
    if activation == "leaky_relu":
        return keras.layers.LeakyReLU(0.2)(x)
    return keras.layers.Activation(activation)(x)
