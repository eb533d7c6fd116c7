"""Residual networks with self-attention."""

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


def sagan(
    networks: Networks,
    *,
    generator_filters: int = 256,
    discriminator_filters: int = 128,
) -> tuple[keras.Model, keras.Model]:
    """Builds the pair of 'sngan_resnet' with what SAGAN adds to it.

    Both networks have self-attention on a map in the middle, the largest of at most
    32 pixels that is smaller than the image, and all kernels of both are spectrally
    normalized.

    Made for the hinge loss, one discriminator step, and Adam(1e-4, beta_1=0) for the
    generator, Adam(4e-4, beta_1=0) for the discriminator.

    Args:
        networks: Shapes and ranges.
        generator_filters: Channels of each of the generator's maps.
        discriminator_filters: Channels of each of the discriminator's.

    Source: Zhang et al., "Self-attention generative adversarial networks", 2019, whose
    ImageNet networks of 128×128 have more channels where the maps are smaller.
    """
    doublings = count_doublings("sagan", networks)
    filters = check_positive_int("generator_filters", generator_filters)
    generator = residual_generator(
        networks, doublings, Style(filters, spectral=True, attention=True)
    )
    filters = check_positive_int("discriminator_filters", discriminator_filters)
    discriminator = residual_discriminator(
        networks, doublings, Style(filters, spectral=True, attention=True)
    )
    return generator, discriminator
