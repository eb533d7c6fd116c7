"""The exponential moving average of the generator's weights."""

from __future__ import annotations

from dataclasses import dataclass

import keras
import tensorflow as tf

from keras_gan.training.counters import StepCounter


@dataclass(frozen=True, eq=False)
class MovingAverage:
    """A copy of the generator whose weights follow those of the generator.

    Attributes:
        network: The copy.
        decay: The share in (0, 1) of the old average that a step keeps.
    """

    network: keras.Model
    decay: float

    def follow(self, generator: keras.Model, step: StepCounter) -> None:
        """Moves the average towards the generator, faster in the first steps."""
        done = tf.cast(step, tf.float32)
        decay = tf.minimum(self.decay, (1.0 + done) / (10.0 + done))
        averages = self.network.variables
        for average, variable in zip(averages, generator.variables, strict=True):
            if average.dtype.startswith(("float", "bfloat")):
                keep = tf.cast(decay, average.dtype)
                average.assign(keep * average + (1 - keep) * variable)
            else:
                average.assign(variable)
