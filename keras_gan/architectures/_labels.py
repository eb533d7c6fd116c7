"""Labels that are fed to a network beside its vector."""

from __future__ import annotations

import math
from typing import Any

import keras

from keras_gan._typing import Tensor


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


def append_labels(
    latents: Tensor, labels: Tensor, num_classes: int, features: int
) -> Tensor:
    """Appends embeddings to the latents of a generator.

    They start out a fifth as loud as the latents: with labels as loud, a generator can
    learn one image per class and never use its latents.
    """
    scale = 0.2 * math.sqrt(latents.shape[-1] / features)
    return concatenate_labels(latents, labels, num_classes, features, scale)
