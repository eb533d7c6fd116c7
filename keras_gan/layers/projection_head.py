"""The last layer of a conditional discriminator: a logit from features and label."""

from __future__ import annotations

from typing import Any

import keras

from keras_gan._checks import check_positive_int
from keras_gan._typing import Tensor
from keras_gan.layers.spectral_normalization import SpectralNormalization


@keras.saving.register_keras_serializable("keras_gan")
class ProjectionHead(keras.layers.Layer):
    """Computes a logit from features, and from how well they fit a label.

    `logit[b] = w · features[b] + bias + embedding(label[b]) · features[b]`, in float32
    whatever the policy of the network.

    Takes features `(B, F)` and integer labels `(B,)`, each from 0 to `num_classes` − 1,
    and returns `(B, 1)`.

    Args:
        num_classes: The number of labels.
        embeddings_initializer: Initializer of the embeddings `(num_classes, F)`. None
            stands for "zeros", so that the label has no effect at first. With spectral
            normalization, which cannot scale zeros, it stands for "glorot_uniform".
        spectral_normalization: Whether w and the embeddings are each divided by their
            largest singular value.
        **kwargs: As in `keras.layers.Layer`.

    Raises:
        ValueError: If `num_classes` is no positive integer.

    Example:
        >>> head = keras_gan.layers.ProjectionHead(10)
        >>> head([keras.ops.ones((2, 64)), keras.ops.array([3, 5])]).shape
        TensorShape([2, 1])

    Source: Miyato and Koyama, "cGANs with projection discriminator", 2018, eq. 3.
    """

    def __init__(
        self,
        num_classes: int,
        *,
        embeddings_initializer: str | keras.initializers.Initializer | None = None,
        spectral_normalization: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**{"dtype": "float32", **kwargs})
        self.num_classes = check_positive_int("num_classes", num_classes)
        self.embeddings_initializer = keras.initializers.get(embeddings_initializer)
        self.spectral_normalization = spectral_normalization

    def build(self, input_shape: Any) -> None:
        """Makes the weights for inputs `[(B, F), (B,)]`."""
        features, labels = input_shape
        initializer: Any = self.embeddings_initializer or (
            "glorot_uniform" if self.spectral_normalization else "zeros"
        )
        embedding = keras.layers.Embedding(
            self.num_classes,
            features[-1],
            embeddings_initializer=initializer,
            dtype=self.dtype_policy,
            name="embedding",
        )
        linear = keras.layers.Dense(1, dtype=self.dtype_policy, name="linear")
        if self.spectral_normalization:
            embedding = SpectralNormalization(embedding, name="embedding")
            linear = SpectralNormalization(linear, name="linear")
        self.embedding, self.linear = embedding, linear
        self.embedding.build(labels)
        self.linear.build(features)

    def call(self, inputs: list[Tensor]) -> Tensor:
        """Returns logits `(B, 1)` for features `(B, F)` and labels `(B,)`."""
        features, labels = inputs
        projection = keras.ops.sum(
            self.embedding(labels) * features, axis=-1, keepdims=True
        )
        return self.linear(features) + projection

    def compute_output_shape(self, input_shape: Any) -> tuple[int | None, int]:
        """Returns `(B, 1)`."""
        return (input_shape[0][0], 1)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        return {
            **super().get_config(),
            "num_classes": self.num_classes,
            "embeddings_initializer": keras.initializers.serialize(
                self.embeddings_initializer
            )
            if self.embeddings_initializer
            else None,
            "spectral_normalization": self.spectral_normalization,
        }
