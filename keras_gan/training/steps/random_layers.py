"""Keys the random numbers of layers such as Dropout by the training step.

Keras keeps a counter in every random layer, and one for the layers without. With them
all replicas draw the same mask, and a resumed run repeats the masks of its beginning,
because no checkpoint holds them. While a training step runs, the layers of a GAN draw
from the seed, the step, the replica and the number of the draw within the step.
"""

from __future__ import annotations

import contextlib
import functools
import itertools
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import keras
import tensorflow as tf

from keras_gan._keras_private import global_seed_generator, seed_generators
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
    with _drawing(layers, lambda: stream_key(streams.seed, next(numbers), place)):
        yield


@contextlib.contextmanager
def seeds_of_image(layers: Iterable[keras.layers.Layer], key: Tensor) -> Iterator[None]:
    """Lets random layers draw from (key, draw) inside the block, which makes one image.

    Args:
        layers: The generator.
        key: An int64 scalar that depends on the latent.
    """
    numbers = itertools.count()

    def draw() -> Tensor:
        return tf.stack([key, tf.constant(next(numbers), tf.int64)])

    with _drawing(layers, draw):
        yield


@contextlib.contextmanager
def _drawing(
    layers: Iterable[keras.layers.Layer], draw: Callable[[], Tensor]
) -> Iterator[None]:
    """Lets layers, and random functions without a seed, take seeds from `draw`."""
    for generator in seed_generators(layers):
        generator.next = functools.partial(_next, generator)
    before = getattr(_active, "draw", None)
    _active.draw = draw
    try:
        with global_seed_generator(_Drawn(draw)):
            yield
    finally:
        _active.draw = before


class _Drawn:
    """Stands for Keras's global seed generator, whose variable replicas cannot make."""

    def __init__(self, draw: Callable[[], Tensor]) -> None:
        self._draw = draw

    def next(self, ordered: bool = True) -> Tensor:
        """Returns the seed of a draw."""
        return self._draw()


def _next(generator: Any, ordered: bool = True) -> Tensor:
    """Returns the next seed: keyed inside the block, the generator's own outside."""
    draw = getattr(_active, "draw", None)
    return type(generator).next(generator, ordered) if draw is None else draw()
