"""Takes means and sums over the global batch, whose parts the replicas hold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from keras_gan._typing import Tensor


def global_mean(local_mean: Tensor) -> Tensor:
    """Returns the mean over all replicas of their local means.

    It is differentiable. In training, each replica divides its loss by the number of
    replicas, and the gradients are summed; N replicas then get the gradient of one that
    holds the whole batch. Stack several means into one tensor: each call is a message.

    Args:
        local_mean: A floating tensor of the same static shape on every replica.

    Returns:
        The same tensor on every replica; `local_mean` itself outside of a replica.
    """
    return global_sum(local_mean) / _replicas() if _replicas() > 1 else local_mean


def global_sum(local_sum: Tensor) -> Tensor:
    """Returns the sum over all replicas of their local sums.

    Whole numbers come out exactly, so that decisions by them do not depend on the
    number of replicas.

    Args:
        local_sum: A tensor of the same static shape on every replica.

    Returns:
        The same tensor on every replica; `local_sum` itself outside of a replica.
    """
    if _replicas() == 1:
        return local_sum
    from keras_gan.distribution.exchange import sum_over_replicas

    return sum_over_replicas([local_sum])[0]


def global_moments(values: Tensor, axes: Sequence[int]) -> tuple[Tensor, Tensor]:
    """Returns mean and variance over all replicas, of one message.

    Args:
        values: A floating tensor, as large on every replica.
        axes: Those over which both are taken; they stay, with length 1.
    """
    import tensorflow as tf

    local_mean = tf.reduce_mean(values, axes, keepdims=True)
    # `tf.nn.moments` would lose a part of the gradient's gradient.
    differences = tf.math.squared_difference(values, local_mean)
    squares = tf.reduce_mean(differences, axes, keepdims=True) + tf.square(local_mean)
    mean, squares = tf.unstack(global_mean(tf.stack([local_mean, squares])))
    return mean, tf.maximum(squares - tf.square(mean), 0.0)


def _replicas() -> int:
    """Returns the number of replicas that compute beside this one, with itself."""
    import tensorflow as tf

    context: Any = tf.distribute.get_replica_context()
    return 1 if context is None else context.num_replicas_in_sync
