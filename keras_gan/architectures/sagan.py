"""Residual networks with self-attention."""

from __future__ import annotations

import keras

from keras_gan.architectures._residual import Style, residual_pair
from keras_gan.architectures.networks import Networks


def sagan(
    networks: Networks,
    *,
    generator_filters: int = 256,
    discriminator_filters: int = 128,
) -> tuple[keras.Model, keras.Model]:
    """Builds the pair of 'sngan_resnet' with self-attention.

    Both networks have self-attention on one map in the middle: the largest of at most
    32 pixels that is smaller than the image. All kernels of both networks are
    spectrally normalized.

    The networks are made for the hinge loss, one discriminator step, and
    Adam(1e-4, beta_1=0) for the generator, Adam(4e-4, beta_1=0) for the discriminator.

    Args:
        networks: Shapes and ranges.
        generator_filters: Channels of each of the generator's maps.
        discriminator_filters: Channels of each of the discriminator's maps.

    Returns:
        The generator and the discriminator, with the inputs and outputs of `build`.

    Raises:
        ValueError: If the shorter side is not 4, 5, 6 or 7 times a power of two that
            divides the longer one, or an option is no positive integer.

    Source: Zhang et al., "Self-attention generative adversarial networks", 2019; its
    networks for ImageNet of 128×128 have more channels where the maps are smaller.
    """
    return residual_pair(
        "sagan",
        networks,
        Style(generator_filters, spectral=True, attention=True),
        Style(discriminator_filters, spectral=True, attention=True),
    )
