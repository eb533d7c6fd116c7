"""Finds the function in which a network ends, and refuses one that cannot train."""

from __future__ import annotations

from typing import Any

import keras

from keras_gan._checks import InputError
from keras_gan._keras_private import inputs_of_last_operation, last_operation

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
}


def last_function(network: keras.Model) -> str | None:
    """Returns the name of the function that bounds the outputs of a network.

    Args:
        network: A built network.

    Returns:
        A name such as "sigmoid"; None if the outputs are not bounded, or the network
        does not tell, as a subclassed model.
    """
    operation = _last_operation(network)
    name = None if operation is None else _name_of_function(operation)
    return name if name in _RANGES else None


def check_logits(discriminator: keras.Model) -> None:
    """Refuses a discriminator whose outputs are bounded, as those of a sigmoid.

    Raises:
        ValueError: If the outputs cannot be logits, or are several for an image.
    """
    operation = _last_operation(discriminator)
    name = last_function(discriminator)
    if name is not None:
        raise InputError(
            f"`discriminator` ends in {name}, but must return logits, any real number, "
            "because the losses apply a sigmoid themselves. End it in "
            "`keras.layers.Dense(1)` without an activation."
        )
    if isinstance(operation, keras.layers.Dense) and operation.units > 1:
        raise InputError(
            f"`discriminator` returns {operation.units} numbers for an image, of which "
            "the mean would be the logit. End it in `keras.layers.Dense(1)`; class "
            "logits are a second output, for `losses.AuxiliaryClassifier`."
        )


def check_images(
    generator: keras.Model, value_range: tuple[float, float] | None
) -> None:
    """Refuses a generator whose last function does not have the range of the images.

    Args:
        generator: A built network.
        value_range: (low, high) of the images; None if they have no range.

    Raises:
        ValueError: If images cannot take all values of the range, or leave it.
    """
    name = last_function(generator)
    if name is None or value_range is None:
        return
    low, high = _RANGES[name]
    if (low, high) == value_range:
        return
    fits = {(0.0, 1.0): "sigmoid", (-1.0, 1.0): "tanh"}.get(value_range)
    remedy = f"end it in {fits}" if fits else "scale its output to the range"
    given = f"({value_range[0]:g}, {value_range[1]:g})"
    raise InputError(
        f"`generator` ends in {name}, with values from {low:g} to {high:g}, but "
        f"`value_range` is {given}: {remedy}, or give the GAN the range of the "
        "generator and of the data."
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
