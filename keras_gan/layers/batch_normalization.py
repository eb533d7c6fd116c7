"""Batch normalization over all replicas, without labels and with them."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from typing import Any

import keras
import tensorflow as tf

from keras_gan._checks import check_positive_int
from keras_gan._typing import Tensor
from keras_gan.distribution.global_batch import global_moments
from keras_gan.distribution.replicas import replica_count

# How many batches the inputs of a call hold, one after the other, in this thread.
_joined = threading.local()


@contextlib.contextmanager
def joined_batches(count: int) -> Iterator[None]:
    """Lets calls inside the block normalize each of `count` joined batches by itself.

    This is for layers on several replicas, which then exchange the statistics of all
    batches in one message.
    """
    _joined.batches = count
    try:
        yield
    finally:
        del _joined.batches


def is_plain(layer: Any, inputs: Tensor) -> bool:
    """Tells whether the shorter ways compute the same as Keras's in training.

    They do in a replica, with the channels last, and not in float64.

    Args:
        layer: A `keras.layers.BatchNormalization`.
        inputs: Its inputs.
    """
    return (
        tf.distribute.get_replica_context() is not None
        and layer.axis in (-1, len(inputs.shape) - 1)
        and not layer.renorm
        and tf.as_dtype(inputs.dtype) != tf.float64
    )


def normalized_by_batch(layer: Any, inputs: Tensor) -> Tensor:
    """Normalizes by the statistics of the batch on one replica, in one operation.

    Args:
        layer: A `keras.layers.BatchNormalization`, whose moving statistics follow.
        inputs: `(B, ..., C)`.

    Returns:
        The same shape.
    """
    channels = inputs.shape[-1]
    maps = tf.cast(inputs, tf.float32)
    if len(inputs.shape) != 4:
        maps = tf.reshape(maps, (-1, 1, 1, channels))
    scale = tf.ones(channels) if layer.gamma is None else layer.gamma
    offset = tf.zeros(channels) if layer.beta is None else layer.beta
    outputs, mean, variance, *_ = tf.raw_ops.FusedBatchNormV3(
        x=maps,
        scale=tf.cast(scale, tf.float32),
        offset=tf.cast(offset, tf.float32),
        mean=[],
        variance=[],
        epsilon=layer.epsilon,
    )
    # The operation returns the unbiased variance, divided by count − 1; Keras keeps
    # that divided by count.
    count = tf.cast(tf.size(maps) // channels, tf.float32)
    variance *= tf.maximum(count - 1, 1) / count
    _follow(layer, mean, variance)
    if len(inputs.shape) != 4:
        outputs = tf.reshape(outputs, tf.shape(inputs))
        outputs.set_shape(inputs.shape)
    return tf.cast(outputs, layer.compute_dtype)


def _follow(layer: Any, mean: Tensor, variance: Tensor) -> None:
    """Moves the moving statistics of a layer towards those of a batch."""
    statistics: Any = (layer.moving_mean, mean), (layer.moving_variance, variance)
    for moving, value in statistics:
        kept = tf.cast(moving, tf.float32) * layer.momentum
        moving.assign(kept + value * (1 - layer.momentum))


@keras.saving.register_keras_serializable("keras_gan")
class BatchNormalization(keras.layers.BatchNormalization):
    """`keras.layers.BatchNormalization(synchronized=True)`, faster in training.

    The statistics are those of the global batch, of all replicas together, which
    exchange one message for them, and one for their gradient. On a single replica
    TensorFlow's fused operation computes the same as the ten of Keras, to the rounding,
    and its gradient in half of the time. The weights are Keras's.

    Takes `(B, ..., C)` and returns the same shape.

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
        if not (
            training and self.trainable and mask is None and is_plain(self, inputs)
        ):
            return super().call(inputs, training=training, mask=mask)
        if replica_count() > 1:
            return self._over_replicas(inputs)
        return normalized_by_batch(self, inputs)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        config = super().get_config()
        del config["synchronized"]
        return config

    def _over_replicas(self, inputs: Tensor) -> Tensor:
        """Normalizes by the statistics of the global batch, in one message."""
        channels, batches = inputs.shape[-1], getattr(_joined, "batches", 1)
        maps = tf.reshape(tf.cast(inputs, tf.float32), (batches, -1, channels))
        mean, variance = global_moments(maps, axes=[1])
        for batch in range(batches):
            _follow(self, mean[batch, 0], variance[batch, 0])
        offset: Any = None if self.beta is None else tf.cast(self.beta, tf.float32)
        scale: Any = None if self.gamma is None else tf.cast(self.gamma, tf.float32)
        outputs = tf.nn.batch_normalization(
            maps, mean, variance, offset, scale, self.epsilon
        )
        outputs = tf.reshape(outputs, tf.shape(inputs))
        outputs.set_shape(inputs.shape)
        return tf.cast(outputs, self.compute_dtype)


@keras.saving.register_keras_serializable("keras_gan")
class ConditionalBatchNormalization(keras.layers.Layer):
    """Normalizes features by the batch, then scales and shifts them by label.

    `output[b] = γ[label[b]] · normalized[b] + β[label[b]]`, channel by channel. The
    statistics are those of the global batch, of all replicas together and of all labels
    together. γ starts at 1 and β at 0.

    Takes features `(B, ..., C)` and integer labels `(B,)`, each from 0 to
    `num_classes` − 1, and returns `(B, ..., C)`.

    Args:
        num_classes: The number of labels.
        momentum: The share of the moving statistics that a training step keeps, from 0
            to 1.
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
        # One factor for each example and channel, the same at every place of the map.
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
