"""Counts steps and averages logs, with the same result on all replicas."""

from __future__ import annotations

import keras
import numpy as np
import tensorflow as tf

from keras_gan._typing import Tensor

LOGS = ("d_loss", "g_loss", "d_real", "d_fake")


def pack(logs: dict[str, Tensor]) -> Tensor:
    """Returns the logs as one tensor, which replicas can reduce at once."""
    return tf.stack([tf.cast(logs[name], tf.float64) for name in LOGS])


class StepCounter(keras.Variable):
    """An int64 variable that is a whole number under every strategy."""

    def __init__(self) -> None:
        super().__init__(
            0,
            dtype="int64",
            trainable=False,
            aggregation="only_first_replica",
            name="step",
        )

    def __int__(self) -> int:
        return int(np.asarray(keras.ops.convert_to_numpy(self)))


class RunningMeans:
    """Sums of the logs in float64, and the number of the steps summed.

    Keras's metrics keep a part of the sum on each replica, and a checkpoint could not
    restore these parts to the bit. A `RunningMeans` adds logs that the replicas have
    already reduced to one value.
    """

    def __init__(self) -> None:
        self.sums = keras.Variable(
            tf.zeros(len(LOGS), tf.float64), dtype="float64", trainable=False
        )
        self.count = StepCounter()

    @property
    def variables(self) -> list[keras.Variable]:
        """The variables that a checkpoint holds."""
        return [self.sums, self.count]

    def reset(self) -> None:
        """Starts a new mean."""
        for variable in self.variables:
            variable.assign(tf.zeros_like(variable.value))

    def add(self, packed_logs: Tensor) -> None:
        """Adds the logs of one step. Call it outside of the replicas."""
        self.sums.assign_add(packed_logs)
        self.count.assign_add(1)

    def result(self) -> dict[str, Tensor]:
        """Returns the mean of each log."""
        count = tf.cast(tf.maximum(tf.convert_to_tensor(self.count), 1), tf.float64)
        means = tf.unstack(tf.convert_to_tensor(self.sums) / count)
        return dict(zip(LOGS, means, strict=True))
