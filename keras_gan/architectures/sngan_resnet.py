"""The residual networks of the SNGAN paper."""

from __future__ import annotations

import keras

from keras_gan.architectures._residual import Style, residual_pair
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

    The networks are made for the hinge loss, five discriminator steps, and
    Adam(2e-4, beta_1=0).

    Args:
        networks: Shapes and ranges.
        generator_filters: Channels of each of the generator's maps.
        discriminator_filters: Channels of each of the discriminator's maps.

    Returns:
        The generator and the discriminator, with the inputs and outputs of `build`.

    Raises:
        ValueError: If the shorter side is not 4, 5, 6 or 7 times a power of two that
            divides the longer one, or an option is no positive integer.

    Source: Miyato et al., "Spectral normalization for generative adversarial
    networks", 2018, table 4; with classes: Miyato and Koyama, "cGANs with projection
    discriminator", 2018.
    """
    return residual_pair(
        "sngan_resnet",
        networks,
        Style(generator_filters, spectral=False, attention=False),
        Style(discriminator_filters, spectral=True, attention=False),
    )
