"""The perceptrons of the notebook that the lecture on the 2014 paper practises with."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import keras

from keras_gan._checks import (
    check_positive_float,
    check_positive_int,
    check_positive_ints,
)
from keras_gan._typing import Tensor
from keras_gan.architectures._channels_last import CHANNELS_LAST
from keras_gan.architectures._labels import images_with_labels, latents_with_labels
from keras_gan.architectures._value_range import to_value_range
from keras_gan.architectures.networks import Networks
from keras_gan.layers import BatchNormalization


def lecture_mlp(
    networks: Networks,
    *,
    generator_units: Sequence[int] = (128, 256, 512, 1024),
    discriminator_units: Sequence[int] = (512, 256),
    epsilon: float = 0.8,
    label_features: int = 16,
) -> tuple[keras.Model, keras.Model]:
    """Builds the pair as the notebook's PyTorch code makes it, initial values too.

    All hidden layers end with leaky rectifiers of slope 0.2; those of the generator but
    the first are normalized over the batch before them. All weights and biases start
    uniformly within ±1/√n, with n inputs of a layer, as in PyTorch's `nn.Linear`. With
    classes, a learned embedding of the label is appended to the latent and to the
    flattened image.

    Args:
        networks: Shapes and ranges.
        generator_units: Units of each of the generator's hidden layers.
        discriminator_units: Units of each of the discriminator's hidden layers.
        epsilon: What batch normalization adds to the variance. The notebook gives 0.8,
            the second argument of `nn.BatchNorm1d`; 1e-5 is usual in PyTorch.
        label_features: The size of a label's embedding.

    Returns:
        The generator and the discriminator, with the inputs and outputs of `build`.

    Raises:
        ValueError: If units or features are no positive integers, or `epsilon` is not
            positive.

    Source: Goodfellow et al., "Generative Adversarial Nets", 2014; the practice
    notebook of a lecture on it, after the code of PyTorch-GAN; the initial values:
    `torch.nn.Linear.reset_parameters`.
    """
    for argument, sizes in (
        ("generator_units", generator_units),
        ("discriminator_units", discriminator_units),
    ):
        check_positive_ints(argument, sizes, example="[256, 256]")
    check_positive_float("epsilon", epsilon)
    check_positive_int("label_features", label_features)

    inputs, x = latents_with_labels(networks, label_features)
    for depth, units in enumerate(generator_units):
        x = _linear(x, units)
        if depth:
            x = BatchNormalization(momentum=0.9, epsilon=epsilon)(x)
        x = keras.layers.LeakyReLU(0.2)(x)
    x = _linear(x, math.prod(networks.image_shape))
    x = keras.layers.Reshape(networks.image_shape)(x)
    x = to_value_range(x, networks.value_range)
    generator = keras.Model(inputs, x, name="generator")

    images = keras.Input(networks.image_shape, name="images")
    x = keras.layers.Flatten(**CHANNELS_LAST)(images)
    inputs, x = images_with_labels(images, x, networks, label_features)
    for units in discriminator_units:
        x = keras.layers.LeakyReLU(0.2)(_linear(x, units))
    logits = _linear(x, 1, name="logit", dtype="float32")
    return generator, keras.Model(inputs, logits, name="discriminator")


def _linear(x: Tensor, units: int, **options: Any) -> Tensor:
    """Applies a dense layer with the initial values of PyTorch's `nn.Linear`."""
    bound = 1 / math.sqrt(x.shape[-1])
    uniform: Any = keras.initializers.RandomUniform
    kernel, bias = uniform(-bound, bound), uniform(-bound, bound)
    return keras.layers.Dense(
        units, kernel_initializer=kernel, bias_initializer=bias, **options
    )(x)
