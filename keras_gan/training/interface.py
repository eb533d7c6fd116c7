"""Describes the inputs and outputs of the two networks of a GAN."""

from __future__ import annotations

from dataclasses import dataclass

import tensorflow as tf


@dataclass(frozen=True)
class Interface:
    """The inputs and outputs of the networks of one GAN.

    Attributes:
        latent_dim: The size of a latent.
        num_classes: The number of classes; None if the generator takes no labels.
        image_shape: The shape of one image.
        takes_labels: Whether the discriminator is given labels.
        classifies: Whether the discriminator returns class logits beside its logits.
        pack: How many images the discriminator judges together, with one logit.
    """

    latent_dim: int
    num_classes: int | None
    image_shape: tuple[int, ...]
    takes_labels: bool = False
    classifies: bool = False
    pack: int = 1

    @property
    def generator_inputs(self) -> list[tf.TensorSpec]:
        """The specs of what the generator takes: latents [, labels]."""
        return _specs((self.latent_dim,), self.num_classes is not None)

    @property
    def discriminator_inputs(self) -> list[tf.TensorSpec]:
        """The specs of what the discriminator takes: images [, labels]."""
        return _specs(self.image_shape, self.takes_labels)


def _specs(shape: tuple[int, ...], labelled: bool) -> list[tf.TensorSpec]:
    labels = [tf.TensorSpec((None,), tf.int32)] if labelled else []
    return [tf.TensorSpec((None, *shape), tf.float32), *labels]
