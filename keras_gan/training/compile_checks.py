"""Refuses arguments of `compile` that cannot work together, and says what to do.

Without these checks TensorFlow or Keras would crash deep in a graph, compute something
else or ignore an argument.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import keras

from keras_gan._checks import InputError, check_steps_per_execution
from keras_gan._keras_private import layers_in
from keras_gan.distribution.scope import is_distributed
from keras_gan.training.own_parts import check_penalties, check_takes


def check_rules(
    discriminator_steps: int,
    simultaneous: Any,
    penalties: Sequence[Any],
    augment: Any,
    ema_decay: float | None,
) -> None:
    """Refuses rules that mean nothing, or that contradict each other.

    Args:
        discriminator_steps: As in `GAN.compile`, like the others.
        simultaneous: Whether both networks are updated at once.
        penalties: Added to the discriminator's loss.
        augment: Changes images before the discriminator sees them.
        ema_decay: The decay of the generator's moving average.

    Raises:
        ValueError: If one of them cannot be used.
    """
    if ema_decay is not None and not 0.0 < ema_decay < 1.0:
        raise InputError(f"`ema_decay` must be in (0, 1) or None; got {ema_decay}.")
    if augment is not None and not callable(augment):
        raise InputError(f"`augment` must be callable or None; got {augment!r}.")
    if augment is not None and not isinstance(augment, keras.layers.Layer):
        check_takes("`augment`", augment, ("images",))
    check_penalties(penalties)
    if not isinstance(simultaneous, bool):
        raise InputError(f"`simultaneous` must be True or False; got {simultaneous!r}.")
    if simultaneous and discriminator_steps > 1:
        raise InputError(
            "`simultaneous=True` updates each network once a step; got "
            f"`discriminator_steps={discriminator_steps}`. Use one of them."
        )


def check_execution(
    model: keras.Model,
    layers: Sequence[keras.layers.Layer],
    *,
    jit_compile: Any,
    steps_per_execution: Any,
    run_eagerly: Any,
) -> dict[str, Any]:
    """Returns `jit_compile`, `steps_per_execution` and `run_eagerly`, checked.

    Args:
        model: The GAN.
        layers: The networks, and the augmentation if it is a layer.
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
    if is_distributed():
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
        model.jit_compile = True  # Keras makes it False where it cannot compile
    if not model.jit_compile:
        raise InputError(
            "`jit_compile=True` is not possible while TensorFlow's deterministic ops "
            "are on; use `jit_compile='auto'`."
        )
