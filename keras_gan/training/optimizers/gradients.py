"""Applies gradients as one replica with the whole batch would."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import tensorflow as tf

from keras_gan.distribution.replicas import replica_count
from keras_gan.training.optimizers.loss_scaling import (
    LossScaleOptimizer,
    all_finite,
    inner_optimizer,
    loss_scale,
    nan_if,
    share_overflow,
    times,
)


def apply_gradients(
    optimizer: Any, gradients: Sequence[Any], variables: Sequence[keras.Variable]
) -> None:
    """Updates the variables by the sum of the gradients over all replicas.

    Keras clips the gradient of each replica before it sums them, and looks for
    overflow on the first replica alone: N replicas would not train like one.

    Args:
        optimizer: A Keras optimizer, perhaps in a `LossScaleOptimizer`.
        gradients: The gradients of this replica's share of the loss, scaled by the
            optimizer; None for a variable that the loss does not reach.
        variables: The variables that the optimizer was built for, in this order.
    """
    present = [gradient for gradient in gradients if gradient is not None]
    if replica_count() > 1 and present:
        if _clipping(inner_optimizer(optimizer)) is not None:
            present = _clipped(optimizer, present)
        elif isinstance(optimizer, LossScaleOptimizer):
            present = share_overflow(present)
    rest = iter(present)
    optimizer.apply([None if g is None else next(rest) for g in gradients], variables)


def _clipped(optimizer: Any, gradients: list[Any]) -> list[Any]:
    """Returns this replica's equal share of the clipped sum over all replicas.

    The optimizer sums the shares again. Its own clipping changes no share, because a
    share is smaller than the limit.
    """
    context: Any = tf.distribute.get_replica_context()
    scale = loss_scale(optimizer)
    unscaled = [times(gradient, 1.0 / scale) for gradient in gradients]
    total = context.all_reduce(tf.distribute.ReduceOp.SUM, unscaled)
    share = scale / tf.cast(replica_count(), scale.dtype)
    if isinstance(optimizer, LossScaleOptimizer):
        # Clipping would hide an inf, which must make the optimizer leave the step out.
        share *= nan_if(tf.logical_not(all_finite(total)))
    return [times(gradient, share) for gradient in _clip(optimizer, total)]


def _clip(optimizer: Any, gradients: list[Any]) -> list[Any]:
    kind, limit = _clipping(inner_optimizer(optimizer)) or ("", 0.0)
    if kind == "global_clipnorm":
        return tf.clip_by_global_norm(gradients, limit)[0]
    if kind == "clipnorm":
        return [tf.clip_by_norm(gradient, limit) for gradient in gradients]
    return [tf.clip_by_value(gradient, -limit, limit) for gradient in gradients]


def _clipping(optimizer: Any) -> tuple[str, float] | None:
    """Returns the optimizer's kind of clipping and its limit, in Keras's order."""
    for kind in ("clipnorm", "global_clipnorm", "clipvalue"):
        limit = getattr(optimizer, kind)
        if limit is not None and limit > 0:
            return kind, limit
    return None
