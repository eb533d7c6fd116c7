"""A convolutional GAN whose depth follows the size of the images."""

from __future__ import annotations

from typing import Any

import keras

from keras_gan._typing import Tensor
from keras_gan.architectures._channels_last import CHANNELS_LAST
from keras_gan.architectures._image_size import checked_doublings
from keras_gan.architectures._labels import label_input, latents_with_labels
from keras_gan.architectures._value_range import to_value_range
from keras_gan.architectures.networks import Networks
from keras_gan.layers import (
    BatchNormalization,
    ImageConv2D,
    ImageConv2DTranspose,
    MinibatchStandardDeviation,
    ProjectionHead,
)

_SLOPE = 0.2


def lean_dcgan(
    networks: Networks,
    *,
    generator_filters: int = 16,
    discriminator_filters: int = 24,
    largest_filters: int = 128,
    class_features: int = 64,
    excitation: bool = False,
    minibatch_statistics: bool = False,
    glu: bool = False,
    noise: bool = False,
) -> tuple[keras.Model, keras.Model]:
    doublings = checked_doublings("lean_dcgan", *networks.image_shape[:2])
    g = [min(largest_filters, generator_filters * 2**n) for n in range(doublings)][::-1]
    d = [min(largest_filters, discriminator_filters * 2**n) for n in range(doublings)]
    return (
        _generator(networks, g, class_features, excitation, glu),
        _discriminator(networks, d, class_features, minibatch_statistics),
    )


def _generator(networks, filters, class_features, excitation, glu):
    height, width, channels = networks.image_shape
    count = len(filters)
    shape = (height >> count, width >> count, filters[0])
    inputs, x = latents_with_labels(networks, class_features)
    x = keras.layers.Dense(shape[0] * shape[1] * shape[2], use_bias=False)(x)
    x = _normalized(keras.layers.Reshape(shape)(x))
    double = {"kernel_size": 4, "strides": 2, "padding": "same", **CHANNELS_LAST}
    maps = [x]
    for n, f in enumerate(filters[1:], 1):
        if glu:
            y = keras.layers.Conv2DTranspose(2 * f, use_bias=False, **double)(x)
            y = BatchNormalization(momentum=0.9)(y)
            a, b = y[..., :f], y[..., f:]
            x = a * keras.ops.sigmoid(b)
        else:
            x = keras.layers.Conv2DTranspose(f, use_bias=False, **double)(x)
            x = _normalized(x)
        if excitation and n >= 3:
            x = _excited(x, maps[n - 3])
        maps.append(x)
    image = ImageConv2DTranspose(channels, **double)(x)
    return keras.Model(
        inputs, to_value_range(image, networks.value_range), name="generator"
    )


def _excited(x, low):
    s = keras.layers.AveragePooling2D(low.shape[1] // 4, **CHANNELS_LAST)(low) if low.shape[1] > 4 else low
    s = keras.layers.Conv2D(x.shape[-1], 4, **CHANNELS_LAST)(s)
    s = keras.layers.LeakyReLU(0.1)(s)
    s = keras.layers.Conv2D(x.shape[-1], 1, activation="sigmoid", **CHANNELS_LAST)(s)
    return keras.layers.Multiply()([x, s])


def _discriminator(networks, filters, class_features, minibatch_statistics):
    images = x = keras.Input(networks.image_shape, name="images")
    for depth, f in enumerate(filters):
        convolution = keras.layers.Conv2D if depth else ImageConv2D
        x = convolution(f, 4, strides=2, padding="same", **CHANNELS_LAST)(x)
        x = keras.layers.LeakyReLU(_SLOPE)(x)
    if minibatch_statistics:
        x = MinibatchStandardDeviation()(x)
    x = keras.layers.Flatten(**CHANNELS_LAST)(x)
    if networks.num_classes is None:
        logits = keras.layers.Dense(1, name="logit", dtype="float32")(x)
        return keras.Model(images, logits, name="discriminator")
    x = keras.layers.LeakyReLU(_SLOPE)(keras.layers.Dense(class_features)(x))
    labels = label_input()
    logits = ProjectionHead(networks.num_classes, name="logit")([x, labels])
    return keras.Model([images, labels], logits, name="discriminator")


def _normalized(x: Tensor) -> Tensor:
    return keras.layers.ReLU()(BatchNormalization(momentum=0.9)(x))
