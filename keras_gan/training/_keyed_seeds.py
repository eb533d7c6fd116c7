"""Random layers whose draws are keyed by the training step.

Keras keeps a counter in every random layer, Dropout for one. It draws the same mask on
every replica, and no checkpoint holds it, so that a resumed run repeats the masks of
its beginning. While a training step runs, the layers of a GAN draw from the seed, the
step, the replica and the number of the draw within the step instead: nothing is left
that a checkpoint would have to hold.

This is the one place that leans on what Keras keeps private: `Layer._flatten_layers`,
`Layer._seed_generators` and that layers draw through `SeedGenerator.next`.
"""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterable, Iterator
from typing import Any

import keras
import tensorflow as tf

from keras_gan._typing import Tensor

# Beyond the streams of latents.
_FIRST_STREAM = 2**21


@contextlib.contextmanager
def keyed_seeds(
    layers: Iterable[keras.layers.Layer], seed: int, step: Tensor
) -> Iterator[None]:
    """Lets random layers draw from (seed, step, replica, draw) inside the block."""
    context: Any = tf.distribute.get_replica_context()
    place = tf.cast(step, tf.int64)
    if context is not None and context.num_replicas_in_sync > 1:
        replica = tf.cast(context.replica_id_in_sync_group, tf.int64)
        place = place * context.num_replicas_in_sync + replica
    draws = itertools.count(_FIRST_STREAM)

    def next_seed(ordered: bool = True) -> Tensor:
        return tf.stack([tf.constant(seed + next(draws) * 2**32, tf.int64), place])

    generators = seed_generators(layers)
    for generator in generators:
        generator.next = next_seed
    try:
        yield
    finally:
        for generator in generators:
            del generator.next  # the class's own method comes back


def seed_generators(layers: Iterable[keras.layers.Layer]) -> list[Any]:
    """Returns every seed generator of the layers and of all layers inside them."""
    found = {
        id(generator): generator
        for layer in layers
        for inner in layer._flatten_layers()
        for generator in inner._seed_generators
    }
    return list(found.values())
