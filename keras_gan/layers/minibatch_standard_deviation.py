"""A channel with the standard deviation of the examples in a batch."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf

from keras_gan._typing import Tensor
from keras_gan.distribution.global_batch import global_mean

_EPSILON = 1e-8


def mean_standard_deviation(features: Tensor) -> Tensor:
    """Returns the mean over all features of their deviation in the global batch.

    `mean_i √(Var_b features[b, i] + 1e-8)`, a scalar.

    Args:
        features: `(B, ...)`, this replica's part of the global batch.
    """
    mean = global_mean(tf.reduce_mean(features, axis=0))
    # In two passes: for a batch that has collapsed, the mean of squares minus the
    # square of the mean would be nothing but rounding errors.
    variance = global_mean(tf.reduce_mean(tf.square(features - mean), axis=0))
    return tf.reduce_mean(tf.sqrt(variance + _EPSILON))


@keras.saving.register_keras_serializable("keras_gan")
class MinibatchStandardDeviation(keras.layers.Layer):
    """Adds a channel that says how much the examples of the batch differ.

    It shows a discriminator that a generator makes the same image again and again. The
    channel holds one number everywhere: the standard deviation of a feature over the
    batch, averaged over all features. The batch is the global one, of all replicas
    together, so that the number of replicas changes nothing.

    Takes `(B, ..., C)` and returns `(B, ..., C + 1)`.

    Args:
        **kwargs: As in `keras.layers.Layer`.

    Example:
        >>> layer = keras_gan.layers.MinibatchStandardDeviation()
        >>> layer(keras.random.normal((8, 4, 4, 16))).shape
        TensorShape([8, 4, 4, 17])

    Source: Karras et al., "Progressive growing of GANs for improved quality,
    stability, and variation", 2018, §3.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.input_spec = keras.layers.InputSpec(min_ndim=2)

    def call(self, inputs: Tensor) -> Tensor:
        """Returns `(B, ..., C + 1)` for inputs `(B, ..., C)`."""
        # A sum over a batch needs more digits than half precision has.
        wide = keras.backend.result_type(inputs.dtype, "float32")
        deviation = mean_standard_deviation(tf.cast(inputs, wide))
        channel = tf.ones_like(inputs[..., :1]) * tf.cast(deviation, inputs.dtype)
        return tf.concat([inputs, channel], axis=-1)

    def compute_output_shape(
        self, input_shape: tuple[int | None, ...]
    ) -> tuple[int | None, ...]:
        """Returns `(B, ..., C + 1)`."""
        *leading, channels = input_shape
        return (*leading, None if channels is None else channels + 1)
