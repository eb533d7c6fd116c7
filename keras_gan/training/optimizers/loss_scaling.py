"""Scales losses for networks that compute in float16, on any number of replicas.

Gradients below 6e-8 are zero in float16. Keras's `LossScaleOptimizer` therefore scales
the loss up, and where that overflows it halves the scale and leaves the step out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import keras
import tensorflow as tf

from keras_gan._checks import InputError
from keras_gan._typing import Tensor
from keras_gan.training.networks import computes_in

Optimizer = keras.optimizers.Optimizer
LossScaleOptimizer = keras.optimizers.LossScaleOptimizer


def scaled_optimizer(
    argument: str, optimizer: Optimizer, layers: Iterable[keras.layers.Layer]
) -> Optimizer:
    """Returns the optimizer, with loss scaling where its gradients need it.

    Args:
        argument: Names the optimizer in errors, as an argument of `compile`.
        optimizer: What the user gave.
        layers: Everything that the gradients of its loss pass through.

    Raises:
        ValueError: If it scales the loss in a way that cannot work.
    """
    inner = inner_optimizer(optimizer)
    if isinstance(inner, LossScaleOptimizer):
        raise InputError(
            f"`{argument}` is a LossScaleOptimizer inside another; wrap the optimizer "
            "once."
        )
    if inner is not optimizer or not computes_in("float16", layers):
        return optimizer
    if inner.loss_scale_factor is not None:
        raise InputError(
            f"`loss_scale_factor` of `{argument}` is a fixed scale, whose overflow in "
            "float16 would end in the weights; leave it out, and `compile` uses a "
            "LossScaleOptimizer, which adapts the scale."
        )
    return LossScaleOptimizer(optimizer, name="loss_scale_optimizer")


def inner_optimizer(optimizer: Any) -> Any:
    """Returns the optimizer that moves the weights, without its loss scaling."""
    is_scaling = isinstance(optimizer, LossScaleOptimizer)
    return optimizer.inner_optimizer if is_scaling else optimizer


def loss_scale(optimizer: Any) -> Tensor:
    """Returns the factor that `optimizer.scale_loss` puts on the gradients."""
    if isinstance(optimizer, LossScaleOptimizer):
        return tf.convert_to_tensor(optimizer.dynamic_scale)
    factor = optimizer.loss_scale_factor
    return tf.constant(1.0 if factor is None else factor, tf.float32)


def all_finite(gradients: Iterable[Any]) -> Tensor:
    """Returns whether no gradient holds an inf or a NaN, a scalar bool."""
    values = [g.values if isinstance(g, tf.IndexedSlices) else g for g in gradients]
    return tf.reduce_all([tf.reduce_all(tf.math.is_finite(value)) for value in values])


def share_overflow(gradients: Sequence[Any]) -> list[Any]:
    """Makes an overflow on one replica an overflow on all.

    `LossScaleOptimizer` looks at the first replica alone. It would add the inf of
    another replica to the weights.

    Args:
        gradients: This replica's gradients, none of them None.

    Returns:
        The gradients; the first is NaN if a gradient of any replica is not finite.
    """
    context: Any = tf.distribute.get_replica_context()
    overflow = 1.0 - tf.cast(all_finite(gradients), tf.float32)
    anywhere = context.all_reduce(tf.distribute.ReduceOp.SUM, overflow) > 0
    return [times(gradients[0], nan_if(anywhere)), *gradients[1:]]


def nan_if(condition: Tensor) -> Tensor:
    """Returns NaN where the condition holds, else 1, a scalar float32."""
    return tf.where(condition, tf.constant(float("nan")), tf.constant(1.0))


def times(gradient: Any, factor: Tensor) -> Any:
    """Returns the product of a gradient, perhaps a sparse one, and a scalar."""
    return tf.math.scalar_mul(tf.cast(factor, gradient.dtype), gradient)
