"""Takes means and sums over the global batch, whose parts the replicas hold."""

from __future__ import annotations

from typing import Any

from keras_gan._typing import Tensor


def global_mean(local_mean: Tensor) -> Tensor:
    """Returns the mean over all replicas of their local means.

    It is differentiable. In training, each replica divides its loss by the number of
    replicas, and the gradients are summed; N replicas then get the gradient of one that
    holds the whole batch. Stack several means into one tensor, because a single
    all-reduce cannot be confused with another.

    Args:
        local_mean: A floating tensor of the same shape on every replica.

    Returns:
        The same tensor on every replica; `local_mean` itself outside of a replica.
    """
    import tensorflow as tf

    context: Any = tf.distribute.get_replica_context()
    if context is None or context.num_replicas_in_sync == 1:
        return local_mean
    return context.all_reduce(tf.distribute.ReduceOp.MEAN, local_mean)


def global_sum(local_sum: Tensor) -> Tensor:
    """Returns the sum over all replicas of their local sums.

    Whole numbers come out exactly, so that decisions by them do not depend on the
    number of replicas.

    Args:
        local_sum: A tensor of the same shape on every replica.

    Returns:
        The same tensor on every replica; `local_sum` itself outside of a replica.
    """
    import tensorflow as tf

    context: Any = tf.distribute.get_replica_context()
    if context is None or context.num_replicas_in_sync == 1:
        return local_sum
    return context.all_reduce(tf.distribute.ReduceOp.SUM, local_sum)
