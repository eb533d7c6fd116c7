"""Lets N replicas with batch B/N train exactly like one with batch B."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import tensorflow as tf

from keras_gan._typing import Tensor


def replica_count() -> int:
    """Returns the number of replicas that share the global batch."""
    return tf.distribute.get_strategy().num_replicas_in_sync


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


def after(variables: list[Any], tensor: Tensor) -> Tensor:
    """Returns the tensor, but not before pending updates of the variables are done.

    A step sums the gradients of both networks over the replicas. If two such updates
    ran at once, a gradient of one network on one replica could be added to a gradient
    of the other network on another. So each update waits for the end of the one before.
    """
    if replica_count() == 1:
        return tensor
    with tf.control_dependencies([tf.identity(v.value) for v in variables]):
        return tf.identity(tensor)
