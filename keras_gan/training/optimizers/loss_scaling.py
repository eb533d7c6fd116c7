"""Scales losses for networks that compute in float16, on any number of replicas.

Gradients below 6e-8 are zero in float16. Keras's `LossScaleOptimizer` therefore scales
the loss up, and where that overflows it halves the scale and leaves the step out.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import keras

from keras_gan._checks import InputError
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
