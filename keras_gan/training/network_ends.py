"""Finds the function in which a network ends, and refuses one that cannot train."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from keras_gan._checks import InputError
from keras_gan._keras_private import inputs_of_last_operation, last_operation
from keras_gan.training.networks import is_shipped
from keras_gan.training.traced_ends import traced_end

# Layers and operations that leave values as they are, or average them.
_PASSING = {
    "AveragePooling2D",
    "Dropout",
    "Flatten",
    "GlobalAveragePooling2D",
    "Mean",
    "Permute",
    "Reshape",
    "Squeeze",
}
# There is a warning if more than a quarter of the values of images lie outside of their
# range by half of its width. Dense layers as they begin stay below that.
_MANY = 0.25
_FAR = 0.5
# Functions by the name of the activation, layer or operation, with their ranges.
_RANGES = {
    "sigmoid": (0.0, 1.0),
    "hard_sigmoid": (0.0, 1.0),
    "softmax": (0.0, 1.0),
    "tanh": (-1.0, 1.0),
    "hard_tanh": (-1.0, 1.0),
    "softsign": (-1.0, 1.0),
    "log_softmax": (float("-inf"), 0.0),
    "log_sigmoid": (float("-inf"), 0.0),
    "relu": (0.0, float("inf")),
    "relu6": (0.0, 6.0),
    "softplus": (0.0, float("inf")),
    "exponential": (0.0, float("inf")),
    "exp": (0.0, float("inf")),
}


def check_logits(gan: Any) -> None:
    """Refuses a discriminator whose outputs are bounded, as those of a sigmoid.

    Raises:
        ValueError: If the outputs cannot be logits, or are several for an image.
    """
    name, units = _last_function(gan.discriminator, gan.interface.discriminator_inputs)
    if name is not None:
        raise InputError(
            f"`discriminator` ends in {name}, but must return logits, any real number, "
            "because the losses apply a sigmoid themselves. End it in "
            "`keras.layers.Dense(1)` without an activation."
        )
    if units > 1:
        raise InputError(
            f"`discriminator` returns {units} numbers for an image, of which "
            "the mean would be the logit. End it in `keras.layers.Dense(1)`; class "
            "logits are a second output, for `losses.AuxiliaryClassifier`."
        )


def check_images(gan: Any) -> None:
    """Refuses a generator whose last function does not have the range of the images.

    Raises:
        ValueError: If images cannot take all values of `value_range`, or leave it.
    """
    value_range = gan.value_range
    if value_range is None:
        return
    name, _ = _last_function(gan.generator, gan.interface.generator_inputs)
    if name is None:
        return
    low, high = _RANGES[name]
    if (low, high) == value_range:
        return
    given = f"({value_range[0]:g}, {value_range[1]:g})"
    raise InputError(
        f"`generator` ends in {name}, with values from {low:g} to {high:g}, but "
        f"`value_range` is {given}: {_remedy(value_range)}, or give the GAN the range "
        "of the generator and of the data."
    )


def may_leave_range(gan: Any) -> bool:
    """Returns whether nothing keeps the images of the generator in `value_range`."""
    if gan.value_range is None:
        return False
    return _last_function(gan.generator, gan.interface.generator_inputs)[0] is None


def warn_out_of_range(
    images: np.ndarray, value_range: tuple[float, float] | None, *, stacklevel: int
) -> None:
    """Warns of images of which a good part lies far outside their range.

    Args:
        images: Any number of a generator's images.
        value_range: Their (low, high); None if they have no range.
        stacklevel: As in `warnings.warn`, from the caller.
    """
    if value_range is None:
        return
    low, high = value_range
    slack = _FAR * (high - low)
    outside = (images < low - slack) | (images > high + slack)
    if (share := float(outside.mean())) > _MANY:
        warnings.warn(
            f"{share:.0%} of the values of the generator's images lie far outside "
            f"`value_range` ({low:g}, {high:g}); they reach from {images.min():.3g} to "
            f"{images.max():.3g}, and pictures cut them off. If training does not mend "
            f"that, {_remedy(value_range)}.",
            stacklevel=stacklevel + 1,
        )


def _remedy(value_range: tuple[float, float]) -> str:
    fits = {(0.0, 1.0): "sigmoid", (-1.0, 1.0): "tanh"}.get(value_range)
    return f"end it in {fits}" if fits else "scale its output to the range"


def _last_function(
    network: keras.Model, inputs: Sequence[tf.TensorSpec]
) -> tuple[str | None, int]:
    """Returns the function that bounds the outputs of a network, and its units.

    Args:
        network: A built network.
        inputs: What it takes, with which a network is traced that does not tell its
            layers, as a subclassed model.

    Returns:
        A name such as "sigmoid", or None if the outputs are not bounded; and the number
        of units of a last dense layer, or 1.
    """
    operation = _last_operation(network)
    if _tells(operation):
        dense = isinstance(operation, keras.layers.Dense)
        name, units = _name_of_function(operation), operation.units if dense else 1
    else:
        name, units = traced_end(network, inputs)
        name = _snake_case(name)
    return (name if name in _RANGES else None), units


def _tells(operation: Any) -> bool:
    """Returns whether a layer or operation is one whose function its name tells."""
    activation = getattr(operation, "activation", None)
    kinds = [type(operation)] + ([] if activation is None else [activation])
    return all(map(is_shipped, kinds)) and not isinstance(
        operation, keras.layers.Lambda | keras.Model
    )


def _last_operation(network: keras.Model) -> Any:
    """Returns the layer or operation that makes the first output, if that is known."""
    outputs: Any = getattr(network, "outputs", None)
    tensor: Any = outputs[0] if outputs else None
    while tensor is not None:
        operation = last_operation(tensor)
        if isinstance(operation, keras.Model):
            return _last_operation(operation)
        if type(operation).__name__ not in _PASSING:
            return operation
        tensor = next(iter(inputs_of_last_operation(tensor)), None)
    return None


def _name_of_function(operation: Any) -> str:
    """Returns the name of a layer's activation, or of the operation itself."""
    activation = getattr(operation, "activation", None)
    if activation is not None and not isinstance(activation, keras.layers.Layer):
        name = getattr(activation, "__name__", type(activation).__name__)
    elif activation is not None:
        name = type(activation).__name__
    else:
        name = type(operation).__name__
    return _snake_case(name)


def _snake_case(name: str) -> str:
    """Returns "log_softmax" of "LogSoftmax"; other names in lower case."""
    spaced = "".join(f"_{sign}" if sign.isupper() else sign for sign in name)
    joined = spaced.strip("_").lower()
    return {"re_l_u": "relu", "re_l_u6": "relu6"}.get(joined, joined)
