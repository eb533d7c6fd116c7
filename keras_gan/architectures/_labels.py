"""Makes the input of labels, and appends embeddings of labels to vectors."""

from __future__ import annotations

import math
from typing import Any

import keras

from keras_gan._typing import Tensor
from keras_gan.architectures.networks import Networks


def label_input() -> Tensor:
    """Returns the symbolic input `(B,)` int32 of the labels."""
    return keras.Input((), dtype="int32", name="labels")


def concatenate_labels(
    vectors: Tensor, labels: Tensor, num_classes: int, features: int, scale: float
) -> Tensor:
    """Appends a learned embedding of each label to each vector.

    Args:
        vectors: `(B, n)`.
        labels: `(B,)` int32.
        num_classes: The number of classes.
        features: The size of an embedding.
        scale: The standard deviation of the initial embeddings.

    Returns:
        `(B, n + features)`.

    Source: Mirza and Osindero, "Conditional generative adversarial nets", 2014.
    """
    normal: Any = keras.initializers.RandomNormal(stddev=scale)
    embedded = keras.layers.Embedding(
        num_classes, features, embeddings_initializer=normal
    )(labels)
    return keras.layers.Concatenate()([vectors, embedded])


def latents_with_labels(networks: Networks, features: int) -> tuple[Any, Tensor]:
    """Returns the inputs of a generator, and its latents with embedded labels appended.

    The embeddings start out with a fifth of the latents' length. With labels as loud as
    the latents, a generator can learn one image per class and never use its latents.

    Args:
        networks: Shapes and ranges; without classes the latents stand alone.
        features: The size of an embedding.
    """
    latents = keras.Input((networks.latent_dim,), name="latents")
    if networks.num_classes is None:
        return latents, latents
    labels = label_input()
    scale = 0.2 * math.sqrt(networks.latent_dim / features)
    vectors = concatenate_labels(latents, labels, networks.num_classes, features, scale)
    return [latents, labels], vectors


def images_with_labels(
    images: Tensor, vectors: Tensor, networks: Networks, features: int
) -> tuple[Any, Tensor]:
    """Returns the inputs of a discriminator, and vectors with embedded labels appended.

    Args:
        images: The symbolic input of the images.
        vectors: `(B, n)` computed from the images.
        networks: Shapes and ranges; without classes the vectors stand alone.
        features: The size of an embedding.
    """
    if networks.num_classes is None:
        return images, vectors
    labels = label_input()
    vectors = concatenate_labels(
        vectors, labels, networks.num_classes, features, scale=1.0
    )
    return [images, labels], vectors
