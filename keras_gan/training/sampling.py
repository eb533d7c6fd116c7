"""Draws images of latents through a compiled function."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import tensorflow as tf

from keras_gan._checks import check_positive_int
from keras_gan._keras_private import are_same, parts_of
from keras_gan._typing import Tensor
from keras_gan.training.networks import join
from keras_gan.training.random_operations import draws, operations_in
from keras_gan.training.steps.random_layers import seeds_of_image


class Sampler:
    """Runs a generator on NumPy latents in chunks.

    `keras.Model.predict` sets up a data pipeline at each call, which takes longer than
    drawing with most generators. A function with an open batch dimension is traced
    once.
    """

    def __init__(self, network: keras.Model) -> None:
        self._network = network
        self._parts = parts_of(network)
        self._run: Any = None

    def draws_with(self, network: keras.Model) -> bool:
        """Returns whether this is the sampler of a network as it is now."""
        return are_same(parts_of(network), self._parts)

    def __call__(
        self, z: np.ndarray, labels: np.ndarray | None, batch_size: int
    ) -> np.ndarray:
        """Returns float32 images of the latents `(B, latent_dim)`."""
        batch_size = check_positive_int("batch_size", batch_size)
        inputs = [z] if labels is None else [z, labels]
        # Slicing in NumPy and calling the concrete function directly save about 5 %
        # each on a small generator.
        run = self._run or self._trace(inputs)
        chunks = [
            run(*(tf.constant(part[start : start + batch_size]) for part in inputs))
            for start in range(0, len(z), batch_size)
        ]
        images = [chunk.numpy() for chunk in chunks]
        return images[0] if len(images) == 1 else np.concatenate(images)

    def _trace(self, inputs: list[np.ndarray]) -> Any:
        """Compiles the function for any number of rows."""
        signature = [
            tf.TensorSpec((None, *part.shape[1:]), part.dtype) for part in inputs
        ]

        def traced(*, draws: bool) -> Any:
            # A parameter with a default would take TensorFlow a third of a millisecond
            # at each call. As in `fit`, AutoGraph converts nothing.
            def run(*parts: Tensor) -> Tensor:
                images = images_of(self._network, list(parts), draws=draws)
                return tf.cast(images, tf.float32)

            return tf.function(run, autograph=False).get_concrete_function(*signature)

        run = traced(draws=False)
        if draws(self._network.name, operations_in(run.graph)):
            run = traced(draws=True)
        self._run = run
        return run


def images_of(network: keras.Model, inputs: list[Tensor], *, draws: bool) -> Tensor:
    """Returns the images that a generator makes, not in training.

    Args:
        network: The generator.
        inputs: Latents `(B, latent_dim)` [, labels `(B,)`].
        draws: Whether the generator draws random numbers itself. They are then
            functions of the latent, and each image is computed by itself, so that it
            does not depend on the others of a batch.
    """
    if not draws:
        return network(join(inputs), training=False)

    def image_of(row: tuple[Tensor, ...]) -> Tensor:
        *parts, key = row
        with seeds_of_image([network], key):
            images = network(join([part[tf.newaxis] for part in parts]), training=False)
        return tf.cast(images[0], tf.float32)

    rows = (*inputs, _keys_of(inputs[0]))
    return tf.map_fn(image_of, rows, fn_output_signature=tf.float32)


def _keys_of(z: Tensor) -> Tensor:
    """Returns an int64 for each latent that depends on the signs of its coordinates.

    Signs are the same where other code computes a latent with other rounding, and
    where truncation shortens it.
    """
    weights = tf.constant([_scrambled(place) for place in range(z.shape[1])], tf.int64)
    return tf.reduce_sum(tf.where(z > 0, weights, 0), axis=1)


def _scrambled(number: int) -> int:
    """Returns a signed 64-bit integer that looks random.

    Source: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014.
    """
    word = (number + 1) * 0x9E3779B97F4A7C15 % 2**64
    word = (word ^ (word >> 30)) * 0xBF58476D1CE4E5B9 % 2**64
    word = (word ^ (word >> 27)) * 0x94D049BB133111EB % 2**64
    return (word ^ (word >> 31)) - 2**63
