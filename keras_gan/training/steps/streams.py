"""Derives all random numbers of a training step from the seed and the position.

The key of a stream is (seed + stream · 2³², position): the position is the training
step, or the batch of an evaluation. Numbers are drawn for the rows of the global batch,
so that the numbers of an example depend on its place in that batch, not on the number
of replicas. The order of the data has other keys, in `keras_gan.data`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import tensorflow as tf

from keras_gan._checks import InputError, check_seed
from keras_gan._typing import Tensor
from keras_gan.distribution.replicas import rows_of_replica
from keras_gan.distribution.workers import worker_count
from keras_gan.priors import Prior
from keras_gan.priors.philox import keyed_uniforms

# Update j of a training step, the generator's last, takes its latents from stream j.
LATENTS = 0
# Penalty p of the discriminator's update j takes stream PENALTIES + 64 · j + p.
PENALTIES = 2**19
EVALUATION = 2**20
# Call c of the augmentation in a step takes stream AUGMENTATION + c, and so on.
AUGMENTATION = 2**20 + 2**19
RANDOM_LAYERS = 2**21


def seed_of_training(seed: int | None) -> int:
    """Returns `seed`, or draws one that `keras.utils.set_random_seed` determines."""
    if seed is not None:
        return check_seed("seed", seed)
    if worker_count(tf.distribute.get_strategy()) > 1:
        raise InputError("Several workers need the same `seed`; give the GAN one.")
    return int(np.random.randint(2**31))


def stream_key(seed: int, stream: int, position: Tensor) -> Tensor:
    """Returns the `(2,)` int64 key of a stream at a position."""
    begin = tf.constant(seed + stream * 2**32, tf.int64)
    return tf.stack([begin, tf.cast(tf.convert_to_tensor(position), tf.int64)])


@dataclass(frozen=True)
class Streams:
    """The streams of one GAN at one position.

    Attributes:
        seed: The GAN's seed.
        position: The training steps, or the batches of an evaluation, done so far.
    """

    seed: int
    position: Tensor

    def uniforms(self, stream: int, rows: Tensor, columns: int) -> Tensor:
        """Returns `(rows, columns)` float32 numbers in (0, 1), this replica's rows."""
        key = stream_key(self.seed, stream, self.position)
        drawn = rows_of_replica(lambda rows: keyed_uniforms(rows, columns, key), rows)
        return tf.cast(drawn, tf.float32)

    def latents(
        self, stream: int, rows: Tensor, prior: Prior, latent_dim: int
    ) -> Tensor:
        """Returns `(rows, latent_dim)` float32 latents, this replica's rows."""
        key = stream_key(self.seed, stream, self.position)
        return rows_of_replica(lambda rows: prior.noise(rows, latent_dim, key), rows)
