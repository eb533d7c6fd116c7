"""Checks and builds the two optimizers of a GAN, one for each network."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras

from keras_gan._checks import InputError
from keras_gan._keras_private import optimized_variables
from keras_gan.distribution.scope import check_scope, is_distributed
from keras_gan.training.optimizers.fused_updates import fuse
from keras_gan.training.optimizers.loss_scaling import (
    Optimizer,
    inner_optimizer,
    scaled_optimizer,
)

_NETWORKS = ("generator", "discriminator")


def two_optimizers(
    generator_optimizer: Optimizer | str,
    discriminator_optimizer: Optimizer | str,
    layers: Sequence[keras.layers.Layer],
) -> tuple[Optimizer, Optimizer]:
    """Returns both optimizers built, with loss scaling where they need it.

    Call it in the scope of the strategy that trains the networks.

    Args:
        generator_optimizer: As in `GAN.compile`.
        discriminator_optimizer: As in `GAN.compile`.
        layers: The generator, the discriminator, and the augmentation if it is a layer.

    Raises:
        ValueError: If an optimizer cannot be used, or both are the same object.
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
    """Makes the optimizer's variables; refuses one that was built for others."""
    if not optimizer.built:
        optimizer.build(variables)
    if not _moves(optimizer, variables):
        raise InputError(
            f"`{argument}` was built for other variables than this network's trainable "
            "ones; make a new one."
        )


def check_variables(name: str, network: keras.Model, optimizer: Any) -> None:
    """Refuses a network whose trainable variables are others than at `compile`.

    Args:
        name: "generator" or "discriminator".
        network: The network.
        optimizer: Its optimizer.

    Raises:
        ValueError: If the optimizer was built for other variables.
    """
    if not _moves(optimizer, network.trainable_variables):
        raise InputError(
            f"The trainable variables of the {name} are others than at `compile`, as "
            "after freezing, `enable_lora` or `quantize`; call `compile` again, with "
            "new optimizers."
        )


def _moves(optimizer: Any, variables: list[keras.Variable]) -> bool:
    """Returns whether an optimizer was built for just these variables."""
    known = optimized_variables(inner_optimizer(optimizer))
    return [id(variable) for variable in known] == [id(each) for each in variables]


def check_optimizer(argument: str, optimizer: Any) -> None:
    """Refuses settings that Keras cannot distribute, or that would do nothing.

    Raises:
        ValueError: If there is one.
    """
    inner = inner_optimizer(optimizer)
    if inner.use_ema and not inner.ema_overwrite_frequency:
        raise InputError(
            f"`use_ema` of `{argument}` would never reach the weights of a GAN; use "
            "`ema_decay` of `compile`, or set `ema_overwrite_frequency`."
        )
    if not is_distributed():
        return
    if inner.gradient_accumulation_steps:
        raise InputError(
            f"`gradient_accumulation_steps` of `{argument}` fails under a distribution "
            "strategy, because Keras updates under a condition there, which TensorFlow "
            "cannot distribute; leave it out and use a larger batch or more replicas."
        )
    if inner.use_ema:
        raise InputError(
            f"`ema_overwrite_frequency` of `{argument}` fails under a distribution "
            "strategy, because Keras overwrites under a condition there, which "
            "TensorFlow cannot distribute; use `ema_decay` of `compile`."
        )


def _optimizer(argument: str, optimizer: Any) -> Any:
    """Returns an optimizer from a name, a config or itself, after checking it."""
    if not isinstance(optimizer, (str, dict, Optimizer)):
        raise InputError(
            f"`{argument}` must be a Keras optimizer, such as "
            f"keras.optimizers.Adam(2e-4, beta_1=0.5); got {optimizer!r}."
        )
    optimizer = keras.optimizers.get(optimizer)
    check_scope(f"`{argument}`", optimizer.variables)
    check_optimizer(argument, optimizer)
    return optimizer
