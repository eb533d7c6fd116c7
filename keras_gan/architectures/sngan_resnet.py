"""The residual networks of spectral normalization."""

from __future__ import annotations

import keras

from keras_gan._checks import check_positive_int
from keras_gan.architectures._residual import (
    Style,
    count_doublings,
    residual_discriminator,
    residual_generator,
)
from keras_gan.architectures.networks import Networks


def sngan_resnet(
    networks: Networks,
    *,
    generator_filters: int = 256,
    discriminator_filters: int = 128,
) -> tuple[keras.Model, keras.Model]:
    """Builds the residual pair for CIFAR-10, and for images of other sizes.

    The generator doubles a map of 4 to 7 pixels until it has the image's size, one
    residual block each time, with batch normalization. The discriminator has two
    blocks that halve the image (one for images below 32 pixels, more for larger ones)
    and two that keep it, then a sum over all places; all its kernels are spectrally
    normalized. With classes, the generator's batch normalization is conditional, and
    the discriminator's logit has a projection on the label's embedding.

    Made for the hinge loss, five discriminator steps, and Adam(2e-4, beta_1=0).

    Args:
        networks: Shapes and ranges.
        generator_filters: Channels of each of the generator's maps.
        discriminator_filters: Channels of each of the discriminator's.

    Source: Miyato et al., "Spectral normalization for generative adversarial
    networks", 2018, table 4; with classes: Miyato and Koyama, "cGANs with projection
    discriminator", 2018.
    """
    doublings = count_doublings("sngan_resnet", networks)
    filters = check_positive_int("generator_filters", generator_filters)
    generator = residual_generator(
        networks, doublings, Style(filters, spectral=False, attention=False)
    )
    filters = check_positive_int("discriminator_filters", discriminator_filters)
    discriminator = residual_discriminator(
        networks, doublings, Style(filters, spectral=True, attention=False)
    )
    return generator, discriminator
