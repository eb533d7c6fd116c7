"""Layers that Keras lacks and GANs use."""

from keras_gan.layers.maxout import Maxout as Maxout
from keras_gan.layers.packed_discriminator import (
    PackedDiscriminator as PackedDiscriminator,
)
