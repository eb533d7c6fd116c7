"""The two optimizers of a GAN, one for each network."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import tensorflow as tf

from keras_gan._checks import InputError
from keras_gan._keras_private import optimized_variables
from keras_gan.distribution.replicas import replica_count
from keras_gan.training._fused_updates import fuse
from keras_gan.training._loss_scaling import (
    LossScaleOptimizer,
    Optimizer,
    all_finite,
    inner_optimizer,
    loss_scale,
    nan_if,
    scaled_optimizer,
    share_overflow,
    times,
)
from keras_gan.training._switches import check_optimizer, check_scope

_NETWORKS = ("generator", "discriminator")


def two_optimizers(
    generator_optimizer: Optimizer | str,
    discriminator_optimizer: Optimizer | str,
    layers: Sequence[keras.layers.Layer],
) -> tuple[Optimizer, Optimizer]:
    """Returns both optimizers built, with loss scaling where they need it.

    Call it in the scope of the strategy that trains the networks.

    Args:
        generator_optimizer: What the user gave.
        discriminator_optimizer: What the user gave.
        layers: The generator, the discriminator, and the augmentation if it is a layer.

    Raises:
        ValueError: If one cannot be used, or both are the same object.
    """
    optimizers = (
        _optimizer("generator_optimizer", generator_optimizer),
        _optimizer("discriminator_optimizer", discriminator_optimizer),
    )
    if inner_optimizer(optimizers[0]) is inner_optimizer(optimizers[1]):
        raise InputError(
            "`generator_optimizer` and `discriminator_optimizer` are one object; give "
            "each network an optimizer of its own."
        )
    # The generator's gradients pass through the discriminator too.
    paths = (layers, layers[1:])
    scaled = [
        scaled_optimizer(f"{name}_optimizer", optimizer, path)
        for name, optimizer, path in zip(_NETWORKS, optimizers, paths, strict=True)
    ]
    for name, optimizer, network in zip(_NETWORKS, scaled, layers, strict=False):
        _build(f"{name}_optimizer", optimizer, network.trainable_variables)
        fuse(inner_optimizer(optimizer))
    return scaled[0], scaled[1]


def _build(argument: str, optimizer: Any, variables: list[keras.Variable]) -> None:
    """Makes the optimizer's variables, unless it has those of this network already."""
    if not optimizer.built:
        optimizer.build(variables)
    known = optimized_variables(inner_optimizer(optimizer))
    if [id(variable) for variable in known] != [id(variable) for variable in variables]:
        raise InputError(
            f"`{argument}` was built for other variables than this network's trainable "
            "ones; make a new one."
        )


def apply_gradients(
    optimizer: Any, gradients: Sequence[Any], variables: Sequence[keras.Variable]
) -> None:
    """Updates the variables by the sum of the gradients over all replicas.

    Keras clips the gradient of each replica before it sums them, and looks for
    overflow on the first replica alone: N replicas would not train like one.

    Args:
        optimizer: A Keras optimizer, perhaps in a `LossScaleOptimizer`.
        gradients: Those of this replica's share of the loss, scaled by the optimizer;
            None for a variable that the loss does not reach.
        variables: What the optimizer was built for.
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
    """The clipped sum over replicas, in equal shares that the optimizer sums again.

    A share is too small for the optimizer's own clipping to touch it.
    """
    context: Any = tf.distribute.get_replica_context()
    scale = loss_scale(optimizer)
    unscaled = [times(gradient, 1.0 / scale) for gradient in gradients]
    total = context.all_reduce(tf.distribute.ReduceOp.SUM, unscaled)
    share = scale / tf.cast(replica_count(), scale.dtype)
    if isinstance(optimizer, LossScaleOptimizer):
        # Clipping to a value makes an inf finite; the step must be left out all the
        # same.
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
    """The optimizer's kind of clipping and its limit, in the order that Keras takes."""
    for kind in ("clipnorm", "global_clipnorm", "clipvalue"):
        limit = getattr(optimizer, kind)
        if limit is not None and limit > 0:
            return kind, limit
    return None


def _optimizer(argument: str, optimizer: Any) -> Any:
    """Returns what the user gave as an optimizer of this strategy."""
    if not isinstance(optimizer, (str, dict, Optimizer)):
        raise InputError(
            f"`{argument}` must be a Keras optimizer, such as "
            f"keras.optimizers.Adam(2e-4, beta_1=0.5); got {optimizer!r}."
        )
    optimizer = keras.optimizers.get(optimizer)
    check_scope(f"`{argument}`", optimizer.variables)
    check_optimizer(argument, optimizer)
    return optimizer
