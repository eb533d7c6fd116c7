"""Which arguments of `compile` go together, and a sentence for those that do not.

What TensorFlow or Keras would answer with a crash deep in a graph, with a wrong result
or with silence is refused before the first step.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import keras
import tensorflow as tf

from keras_gan._checks import InputError, check_steps_per_execution
from keras_gan._keras_private import layers_in
from keras_gan.training._loss_scaling import computes_in, inner_optimizer


def check_execution(
    model: keras.Model,
    layers: Sequence[keras.layers.Layer],
    *,
    jit_compile: Any,
    steps_per_execution: Any,
    run_eagerly: Any,
) -> dict[str, Any]:
    """Returns the three, checked.

    Args:
        model: The GAN.
        layers: All that take part in a step: the networks, and the augmentation.
        jit_compile: As in `compile`.
        steps_per_execution: As in `compile`.
        run_eagerly: As in `compile`.

    Raises:
        ValueError: If one cannot be used, or they contradict each other.
    """
    if not isinstance(jit_compile, bool) and jit_compile != "auto":
        raise InputError(
            f"`jit_compile` must be True, False or 'auto'; got {jit_compile!r}."
        )
    if not isinstance(run_eagerly, bool):
        raise InputError(f"`run_eagerly` must be True or False; got {run_eagerly!r}.")
    steps = check_steps_per_execution(steps_per_execution)
    if jit_compile is True:
        _check_jit(model, layers, run_eagerly)
    return {
        "jit_compile": jit_compile,
        "steps_per_execution": steps,
        "run_eagerly": run_eagerly,
    }


def _check_jit(
    model: keras.Model, layers: Sequence[keras.layers.Layer], run_eagerly: bool
) -> None:
    if run_eagerly:
        raise InputError(
            "`jit_compile=True` compiles the step and `run_eagerly=True` runs it as "
            "plain Python; choose one of them."
        )
    if _is_distributed():
        raise InputError(
            "`jit_compile=True` fails under a distribution strategy, because XLA "
            "cannot reach the variables of another device; use `jit_compile='auto'`, "
            "or train on one device without a strategy."
        )
    for layer in layers:
        for inner in layers_in(layer):
            if not inner.supports_jit:
                raise InputError(
                    f"`jit_compile=True` is not possible with the layer '{inner.name}' "
                    f"({type(inner).__name__}), which XLA cannot compile; use "
                    "`jit_compile='auto'`."
                )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.jit_compile = True  # Keras answers with False where it will not
    if not model.jit_compile:
        raise InputError(
            "`jit_compile=True` is not possible while TensorFlow's deterministic ops "
            "are on; use `jit_compile='auto'`."
        )


def check_network(name: str, network: keras.Model) -> None:
    """Refuses weights of another strategy or of half precision.

    Warns of float16 where it is slow.

    Raises:
        ValueError: If the network cannot be trained.
    """
    check_scope(name, network.variables)
    for variable in network.trainable_variables:
        if variable.dtype in ("float16", "bfloat16"):
            raise InputError(
                f"The weights of the {name} are {variable.dtype}, too coarse for small "
                f"steps; build it with the policy 'mixed_{variable.dtype}', which "
                "keeps weights in float32."
            )
    devices = {device.device_type for device in tf.config.list_physical_devices()}
    if computes_in("float16", [network]) and devices <= {"CPU", "XLA_CPU"}:
        warnings.warn(
            f"The {name} computes in float16 on a CPU, which is slow there; use "
            "'mixed_bfloat16' or 'float32'.",
            stacklevel=3,
        )


def check_scope(name: str, variables: Sequence[Any]) -> None:
    """Refuses Keras variables that do not belong to the current strategy.

    Raises:
        ValueError: If they were made outside its scope, or in another's.
    """
    extended: Any = tf.distribute.get_strategy().extended
    if not all(extended.variable_created_in_scope(v.value) for v in variables):
        raise InputError(
            f"The {name} belongs to another distribution strategy than the GAN; make "
            "the networks, the GAN and the optimizers inside the same "
            "`with strategy.scope():`."
        )


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
    if not _is_distributed():
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


def check_compiled_batches(
    jit_compile: bool,
    discriminator_steps: int,
    batch_size: int | None,
    pack: int = 1,
) -> None:
    """Refuses batches of open size, whose check in the graph XLA leaves out.

    Args:
        jit_compile: Whether XLA compiles the step, `gan.jit_compile`.
        discriminator_steps: k, which must divide every batch.
        batch_size: The size of every batch; None if the dataset does not tell.
        pack: How many images make an input of D, which must divide every minibatch.

    Raises:
        ValueError: If a batch could be cut unequally without a word.
    """
    if jit_compile and discriminator_steps * pack > 1 and batch_size is None:
        packs = f" and packs of {pack}" if pack > 1 else ""
        raise InputError(
            f"With `jit_compile` and `discriminator_steps={discriminator_steps}`"
            f"{packs} all batches must have one size that is known; make them with "
            "`batch(batch_size, drop_remainder=True)`, as `data.load` does, or use "
            "`jit_compile=False`."
        )


def _is_distributed() -> bool:
    """Whether the current strategy merges what replicas do, if only of one replica."""
    strategy = tf.distribute.get_strategy()
    single = isinstance(strategy, tf.distribute.OneDeviceStrategy)
    return tf.distribute.has_strategy() and not single
