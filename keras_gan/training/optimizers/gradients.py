"""Applies gradients as one replica with the whole batch would."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import keras
import tensorflow as tf

from keras_gan._keras_private import summed_gradients
from keras_gan._typing import Tensor
from keras_gan.distribution.exchange import sum_over_replicas
from keras_gan.distribution.replicas import (
    mark_equal,
    replica_count,
    replica_number,
)
from keras_gan.training.optimizers.loss_scaling import inner_optimizer


def apply_gradients(
    optimizer: Any,
    gradients: Sequence[Any],
    variables: Sequence[keras.Variable],
    along: Mapping[str, Tensor] | None = None,
) -> dict[str, Tensor]:
    """Updates the variables by the sum of the gradients over all replicas.

    Keras clips the gradient of each replica before it sums them, and looks for
    overflow on the first replica alone: N replicas would not train like one. Here the
    optimizer gets sums.

    Args:
        optimizer: A Keras optimizer, perhaps in a `LossScaleOptimizer`.
        gradients: The gradients of this replica's share of the loss, scaled by the
            optimizer; None for a variable that the loss does not reach.
        variables: The variables that the optimizer was built for, in this order.
        along: Scalars of this replica, which go in the same message.

    Returns:
        The mean of each scalar over the replicas, marked as equal on all of them.
    """
    count, along = replica_count(), along or {}
    if count == 1:
        optimizer.apply(list(gradients), variables)
        return dict(along)
    dense = [
        place for place, each in enumerate(gradients) if isinstance(each, tf.Tensor)
    ]
    numbers = [gradients[place] for place in dense]
    scalars = [scalar / count for scalar in along.values()]
    sums = sum_over_replicas([*numbers, *scalars])
    summed = [_sparse_sum(each) for each in gradients]
    for place, total in zip(dense, sums, strict=False):
        summed[place] = total
    with summed_gradients(inner_optimizer(optimizer), replica_number):
        optimizer.apply(summed, variables)
    means = map(mark_equal, sums[len(dense) :])
    return dict(zip(along, means, strict=True))


def _sparse_sum(gradient: Any) -> Any:
    """Returns the sum over all replicas of the gradient of an embedding; else None.

    It stays sparse, because Keras clips the rows of a sparse gradient one by one.
    """
    if not isinstance(gradient, tf.IndexedSlices):
        return None
    context: Any = tf.distribute.get_replica_context()
    return context.all_reduce(tf.distribute.ReduceOp.SUM, gradient)
