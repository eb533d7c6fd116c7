"""Keys the random numbers of layers such as Dropout by the training step.

Keras keeps a counter in every random layer. With it all replicas draw the same mask,
and a resumed run repeats the masks of its beginning, because no checkpoint holds it.
While a training step runs, the layers of a GAN draw from the seed, the step, the
replica and the number of the draw within the step. No checkpoint has to hold these.
"""

from __future__ import annotations

import contextlib
import functools
import itertools
import threading
from collections.abc import Iterable, Iterator
from typing import Any

import keras
import tensorflow as tf

from keras_gan._keras_private import seed_generators
from keras_gan._typing import Tensor
from keras_gan.training.steps.streams import RANDOM_LAYERS, Streams, stream_key

# Replicas are traced in threads of their own, which take turns within a step.
_active = threading.local()


@contextlib.contextmanager
def keyed_seeds(
    layers: Iterable[keras.layers.Layer], streams: Streams
) -> Iterator[None]:
    """Lets random layers draw from (seed, step, replica, draw) inside the block."""
    context: Any = tf.distribute.get_replica_context()
    place = tf.cast(streams.position, tf.int64)
    if context is not None and context.num_replicas_in_sync > 1:
        replica = tf.cast(context.replica_id_in_sync_group, tf.int64)
        place = place * context.num_replicas_in_sync + replica
    numbers = itertools.count(RANDOM_LAYERS)

    def draw() -> Tensor:
        return stream_key(streams.seed, next(numbers), place)

    for generator in seed_generators(layers):
        generator.next = functools.partial(_next, generator)
    before = getattr(_active, "draw", None)
    _active.draw = draw
    try:
        yield
    finally:
        _active.draw = before


def _next(generator: Any, ordered: bool = True) -> Tensor:
    """Returns the next seed: keyed inside the block, the generator's own outside."""
    draw = getattr(_active, "draw", None)
    return type(generator).next(generator, ordered) if draw is None else draw()
