"""Batch normalization over all replicas, in one operation where there is one."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf

from keras_gan._typing import Tensor


@keras.saving.register_keras_serializable("keras_gan")
class BatchNormalization(keras.layers.BatchNormalization):
    """`keras.layers.BatchNormalization(synchronized=True)`, faster in training.

    The statistics are those of the global batch, of all replicas together. On a single
    replica TensorFlow's fused operation computes the same as the ten of Keras, to the
    rounding, and its gradient in half of the time. The weights are Keras's.

    Args:
        **kwargs: As in `keras.layers.BatchNormalization`, without `synchronized`.

    Example:
        >>> keras_gan.layers.BatchNormalization()(keras.ops.ones((2, 4, 4, 8))).shape
        TensorShape([2, 4, 4, 8])

    Source: Ioffe and Szegedy, "Batch normalization", 2015, algorithm 1.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(synchronized=True, **kwargs)

    def call(
        self, inputs: Tensor, training: bool | None = None, mask: Tensor | None = None
    ) -> Tensor:
        """Returns normalized features, of the shape `(B, ..., C)` of `inputs`."""
        if not (training and self.trainable and mask is None and self._fuses(inputs)):
            return super().call(inputs, training=training, mask=mask)
        channels = inputs.shape[-1]
        maps = tf.cast(inputs, tf.float32)
        if len(inputs.shape) != 4:
            maps = tf.reshape(maps, (-1, 1, 1, channels))
        scale = tf.ones(channels) if self.gamma is None else self.gamma
        offset = tf.zeros(channels) if self.beta is None else self.beta
        outputs, mean, variance, *_ = tf.raw_ops.FusedBatchNormV3(
            x=maps,
            scale=tf.cast(scale, tf.float32),
            offset=tf.cast(offset, tf.float32),
            mean=[],
            variance=[],
            epsilon=self.epsilon,
        )
        # It returns what would be unbiased of a sample; Keras keeps the batch's own.
        count = tf.cast(tf.size(maps) // channels, tf.float32)
        variance *= tf.maximum(count - 1, 1) / count
        statistics: Any = (self.moving_mean, mean), (self.moving_variance, variance)
        for moving, value in statistics:
            kept = tf.cast(moving, tf.float32) * self.momentum
            moving.assign(kept + value * (1 - self.momentum))
        if len(inputs.shape) != 4:
            outputs = tf.reshape(outputs, tf.shape(inputs))
            outputs.set_shape(inputs.shape)
        return tf.cast(outputs, self.compute_dtype)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        config = super().get_config()
        del config["synchronized"]
        return config

    def _fuses(self, inputs: Tensor) -> bool:
        """Whether the operation is the same: one replica, channels last, no float64."""
        context: Any = tf.distribute.get_replica_context()
        return (
            context is not None
            and context.num_replicas_in_sync == 1
            and self.axis in (-1, len(inputs.shape) - 1)
            and not self.renorm
            and tf.as_dtype(inputs.dtype) != tf.float64
        )
