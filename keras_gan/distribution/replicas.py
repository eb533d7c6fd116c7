"""Lets N replicas with batch B/N train exactly like one with batch B."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import tensorflow as tf

from keras_gan._typing import Tensor


def replica_count() -> int:
    """Returns the number of replicas that share the global batch."""
    return tf.distribute.get_strategy().num_replicas_in_sync


def replica_number() -> int:
    """Returns the place of this replica among all; call it in a replica."""
    context: Any = tf.distribute.get_replica_context()
    return int(tf.get_static_value(context.replica_id_in_sync_group))


def shared_loss(loss: Tensor) -> Tensor:
    """Returns this replica's share of a mean over the global batch.

    Optimizers sum gradients over replicas, so that means over the local batches must
    be divided by their number before they are differentiated.
    """
    return loss / tf.cast(replica_count(), loss.dtype)


def rows_of_replica(draw: Callable[[Tensor], Tensor], rows: Tensor) -> Tensor:
    """Returns this replica's part of random rows for the global batch.

    Every replica draws the whole and takes its part, so that the numbers of an example
    depend on its place in the global batch and not on the number of replicas.

    Args:
        draw: From a number of rows to `(rows, ...)` random numbers.
        rows: The examples of this replica.
    """
    context: Any = tf.distribute.get_replica_context()
    count = replica_count()
    if count == 1 or context is None:
        return draw(rows)
    start = context.replica_id_in_sync_group * rows
    return draw(rows * count)[start : start + rows]


def mark_equal(tensor: Tensor) -> Tensor:
    """Returns the tensor, noted to be the same on every replica."""
    tensor._keras_gan_equal = True
    return tensor


def is_equal(tensor: Any) -> bool:
    """Returns whether a tensor was noted to be the same on every replica."""
    return hasattr(tensor, "_keras_gan_equal")
