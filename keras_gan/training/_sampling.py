"""From latents to images, through a cached `tf.function`."""

from __future__ import annotations

import keras
import numpy as np
import tensorflow as tf

from keras_gan._checks import check_positive_int
from keras_gan.training._networks import join


class Sampler:
    """Runs a generator on NumPy latents in chunks.

    `predict` sets up a data pipeline at each call, which takes longer than most
    generators do; a `tf.function` with an open batch dimension is traced once.
    """

    def __init__(self, network: keras.Model) -> None:
        self.network = network
        self._run = tf.function(
            lambda inputs: tf.cast(network(inputs, training=False), tf.float32),
            reduce_retracing=True,
        )

    def __call__(
        self, z: np.ndarray, labels: np.ndarray | None, batch_size: int
    ) -> np.ndarray:
        """Returns float32 images of the latents `(B, latent_dim)`."""
        batch_size = check_positive_int("batch_size", batch_size)
        inputs = [tf.constant(z)]
        if labels is not None:
            inputs.append(tf.constant(labels))
        chunks = [
            self._run(join([part[start : start + batch_size] for part in inputs]))
            for start in range(0, len(z), batch_size)
        ]
        return np.concatenate([chunk.numpy() for chunk in chunks])
