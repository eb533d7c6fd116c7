"""Batch normalization whose scale and offset depend on a label."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf

from keras_gan._checks import check_positive_int
from keras_gan._typing import Tensor
from keras_gan.layers.batch_normalization import BatchNormalization


@keras.saving.register_keras_serializable("keras_gan")
class ConditionalBatchNormalization(keras.layers.Layer):
    """Normalizes features by the batch, then scales and shifts them by label.

    `output[b] = γ[label[b]] · normalized[b] + β[label[b]]`, channel by channel. The
    statistics are those of the global batch, of all replicas together and of all labels
    together. γ starts at 1 and β at 0.

    Args:
        num_classes: The number of labels.
        momentum: What the moving statistics keep in each training step.
        epsilon: Added to the variance.
        **kwargs: As in `keras.layers.Layer`.

    Raises:
        ValueError: If `num_classes` is no positive integer.

    Example:
        >>> layer = keras_gan.layers.ConditionalBatchNormalization(10)
        >>> layer([keras.ops.ones((2, 4, 4, 8)), keras.ops.array([3, 5])]).shape
        TensorShape([2, 4, 4, 8])

    Source: Dumoulin et al., "A learned representation for artistic style", 2017, eq. 5;
    in GANs, Miyato and Koyama, 2018.
    """

    def __init__(
        self,
        num_classes: int,
        *,
        momentum: float = 0.99,
        epsilon: float = 1e-3,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.num_classes = check_positive_int("num_classes", num_classes)
        self.momentum = momentum
        self.epsilon = epsilon
        self.normalization = BatchNormalization(
            momentum=momentum,
            epsilon=epsilon,
            center=False,
            scale=False,
            dtype=self.dtype_policy,
            name="normalization",
        )

    def build(self, input_shape: Any) -> None:
        """Makes the weights for inputs `[(B, ..., C), (B,)]`."""
        features, _ = input_shape
        self.normalization.build(features)
        shape = (self.num_classes, features[-1])
        self.gamma = self.add_weight(shape=shape, initializer="ones", name="gamma")
        self.beta = self.add_weight(shape=shape, initializer="zeros", name="beta")

    def call(self, inputs: list[Tensor], training: bool = False) -> Tensor:
        """Returns features like those of `inputs`, `[features, labels]`."""
        features, labels = inputs
        normalized = self.normalization(features, training=training)
        # One row an example, the same at every place of its map.
        ones = [1] * (len(features.shape) - 2)
        shape = (-1, *ones, features.shape[-1])
        gamma = tf.reshape(tf.gather(self.gamma, labels), shape)
        beta = tf.reshape(tf.gather(self.beta, labels), shape)
        return gamma * normalized + beta

    def compute_output_shape(self, input_shape: Any) -> tuple[int | None, ...]:
        """Returns the shape of the features."""
        return tuple(input_shape[0])

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        return {
            **super().get_config(),
            "num_classes": self.num_classes,
            "momentum": self.momentum,
            "epsilon": self.epsilon,
        }
