"""A small deep convolutional GAN."""

from __future__ import annotations

import keras

from keras_gan._checks import InputError, check_choice
from keras_gan._typing import Tensor
from keras_gan.architectures._channels_last import CHANNELS_LAST
from keras_gan.architectures._image_size import resizing
from keras_gan.architectures._labels import label_input
from keras_gan.architectures._value_range import to_value_range
from keras_gan.architectures.networks import Networks
from keras_gan.layers import (
    BatchNormalization,
    ImageConv2D,
    ImageConv2DTranspose,
    ProjectionHead,
)


def dcgan(
    networks: Networks,
    *,
    generator_filters: int = 48,
    discriminator_filters: int = 24,
    class_features: int = 128,
    conditioning: str = "projection",
) -> tuple[keras.Model, keras.Model]:
    """Builds a strided convolutional pair for images of 28×28, 32×32 and other 4·n.

    The generator doubles its resolution twice by transposed convolutions, with batch
    normalization and rectifiers; the discriminator halves it three times, with leaky
    rectifiers and without normalization. With classes, the generator is fed the
    label's embedding beside the latent, and the discriminator's logit is a linear
    term plus the projection of its features on the label's embedding.

    Args:
        networks: Shapes and ranges.
        generator_filters: Channels of the generator's first map; the second has half.
        discriminator_filters: Channels of the discriminator's first map; each further
            one has twice as many.
        class_features: Features from which a conditional discriminator judges classes.
        conditioning: The use of labels by the discriminator of a conditional GAN:
            "projection" takes them as an input; "auxiliary" takes images alone and
            returns class logits `(B, num_classes)` beside the logit `(B, 1)`, for
            `losses.AuxiliaryClassifier`.

    Returns:
        The generator and the discriminator, with the inputs and outputs of `build`.

    Raises:
        ValueError: If 4 does not divide the height and width, or `conditioning` is
            unknown.

    Source: Radford et al., "Unsupervised representation learning with deep
    convolutional generative adversarial networks", 2016; the projection: Miyato and
    Koyama, "cGANs with projection discriminator", 2018, eq. 3; the auxiliary
    classifier: Odena et al., "Conditional image synthesis with auxiliary classifier
    GANs", 2017.
    """
    height, width, _ = networks.image_shape
    if height % 4 or width % 4:
        raise InputError(
            "The 'dcgan' architecture needs a height and width that 4 divides, such as "
            f"28 or 32; got {height}×{width}. "
            f"{resizing(height, width, lambda h, w: h % 4 == w % 4 == 0)}."
        )
    check_choice("conditioning", conditioning, _JUDGES)
    generator = _generator(networks, generator_filters)
    images = keras.Input(networks.image_shape, name="images")
    features = _features(images, discriminator_filters)
    if networks.num_classes is None:
        logits = keras.layers.Dense(1, name="logit", dtype="float32")(features)
        return generator, keras.Model(images, logits, name="discriminator")
    features = keras.layers.LeakyReLU(0.2)(keras.layers.Dense(class_features)(features))
    judge = _JUDGES[conditioning]
    return generator, judge(images, features, networks.num_classes)


def _generator(networks: Networks, filters: int) -> keras.Model:
    height, width, channels = networks.image_shape
    latents = inputs = x = keras.Input((networks.latent_dim,), name="latents")
    if networks.num_classes is not None:
        labels = label_input()
        inputs = [latents, labels]
        # Keras's initial embeddings are small, as they must be: with labels as large as
        # the latents, the generator learned one image per class and never used its
        # latents.
        embedded = keras.layers.Embedding(networks.num_classes, networks.latent_dim)(
            labels
        )
        x = keras.layers.Concatenate()([latents, embedded])
    map_shape = (height // 4, width // 4, filters)
    x = keras.layers.Dense(height * width // 16 * filters, use_bias=False)(x)
    x = _normalized(keras.layers.Reshape(map_shape)(x))
    # A kernel of twice the stride covers every pixel equally, without a checkerboard.
    double = {"kernel_size": 4, "strides": 2, "padding": "same", **CHANNELS_LAST}
    x = keras.layers.Conv2DTranspose(filters // 2, use_bias=False, **double)(x)
    x = _normalized(x)
    image = ImageConv2DTranspose(channels, **double)(x)
    x = to_value_range(image, networks.value_range)
    return keras.Model(inputs, x, name="generator")


def _features(images: Tensor, filters: int) -> Tensor:
    """Returns the flat features that the discriminator computes from images."""
    x = images
    for depth, kernel_size in enumerate((4, 4, 3)):
        convolution = keras.layers.Conv2D if depth else ImageConv2D
        layer = convolution(
            filters * 2**depth, kernel_size, strides=2, padding="same", **CHANNELS_LAST
        )
        x = layer(x)
        x = keras.layers.LeakyReLU(0.2)(x)
    return keras.layers.Flatten(**CHANNELS_LAST)(x)


def _projection(images: Tensor, features: Tensor, num_classes: int) -> keras.Model:
    labels = label_input()
    logits = ProjectionHead(num_classes, name="logit")([features, labels])
    return keras.Model([images, labels], logits, name="discriminator")


def _auxiliary(images: Tensor, features: Tensor, num_classes: int) -> keras.Model:
    heads = [
        keras.layers.Dense(units, name=name, dtype="float32")(features)
        for units, name in ((1, "logit"), (num_classes, "class_logits"))
    ]
    return keras.Model(images, heads, name="discriminator")


_JUDGES = {"projection": _projection, "auxiliary": _auxiliary}


def _normalized(x: Tensor) -> Tensor:
    x = BatchNormalization(momentum=0.9)(x)
    return keras.layers.ReLU()(x)
