"""Reads and writes all variables that the next training step depends on."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np

from keras_gan._checks import InputError

# The parts that a GAN has before `compile`.
_DRAWING = ("generator", "discriminator", "ema_generator", "step")


def training_state(gan: Any) -> dict[str, keras.Variable]:
    """Returns the variables by name: "generator/0", ..., "step".

    Noise, dropout and the order of the data are functions of the step and the seed, and
    need no variables. A GAN that is not compiled has its networks and its step.
    """
    parts: dict[str, Any] = {
        "generator": gan.generator.variables,
        "discriminator": gan.discriminator.variables,
    }
    if gan.sampler is not gan.generator:
        parts["ema_generator"] = gan.ema_generator.variables
    if gan.compiled:
        parts["generator_optimizer"] = gan.generator_optimizer.variables
        parts["discriminator_optimizer"] = gan.discriminator_optimizer.variables
        parts["means"] = gan.train_means.variables
        if isinstance(gan.augment, keras.layers.Layer):
            parts["augment"] = gan.augment.variables
    named = {
        f"{part}/{number}": variable
        for part, variables in parts.items()
        for number, variable in enumerate(variables)
    }
    return {**named, "step": gan.step}


def read_state(gan: Any) -> dict[str, np.ndarray]:
    """Returns all variables that the next training step depends on, to the bit.

    Args:
        gan: A GAN; of one that is not compiled, the networks and the step.

    Returns:
        The values by name, "generator/0", ..., "step", each in the shape and dtype of
        its variable; that of "step" is an int64 `()`.

    Example:
        >>> keras_gan.training.read_state(gan)["step"]
        array(0)
    """
    return {
        name: np.asarray(keras.ops.convert_to_numpy(variable))
        for name, variable in training_state(gan).items()
    }


def write_state(gan: Any, values: dict[str, np.ndarray]) -> None:
    """Assigns the values that `read_state` returned to the variables.

    A GAN that is not compiled takes what draws images: the networks and the moving
    average, if there are values of one.

    Args:
        gan: The GAN.
        values: The values by name, each in the shape of its variable, such as `()` of
            "step".

    Raises:
        ValueError: If they are of a GAN with other networks, optimizers or options.

    Example:
        >>> keras_gan.training.write_state(gan, keras_gan.training.read_state(gan))
    """
    if not gan.compiled:
        values = {name: values[name] for name in values if _part_of(name) in _DRAWING}
        with gan.distribute_strategy.scope():
            gan._set_averaging("ema_generator" in map(_part_of, values))
    variables = training_state(gan)
    for name in {**variables, **values}:
        have = _describe(variables.get(name))
        found = _describe(values.get(name))
        if have != found:
            raise InputError(
                f"The checkpoint is of another GAN: it has {found} for `{name}`, where "
                f"this GAN has {have}. Build and compile the GAN as it was, or give "
                "another folder."
            )
    for name, variable in variables.items():
        variable.assign(values[name])


def _part_of(name: str) -> str:
    return name.partition("/")[0]


def _describe(array: Any) -> str:
    if array is None:
        return "nothing"
    return f"{keras.backend.standardize_dtype(array.dtype)} {tuple(array.shape)}"
