"""Finds the operations by which networks draw random numbers, in their graphs."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import keras
import tensorflow as tf

from keras_gan._checks import InputError
from keras_gan._keras_private import layers_in
from keras_gan.training.interface import Interface
from keras_gan.training.networks import is_shipped, join

# They draw from a state, which no seed of an image reaches.
_UNSEEDED = {
    "Multinomial",
    "ParameterizedTruncatedNormal",
    "RandomGamma",
    "RandomPoissonV2",
    "RandomShuffle",
    "RandomStandardNormal",
    "RandomUniform",
    "RandomUniformInt",
    "RngReadAndSkip",
    "StatefulRandomBinomial",
    "StatefulStandardNormalV2",
    "StatefulTruncatedNormal",
    "StatefulUniform",
    "StatefulUniformFullInt",
    "StatefulUniformInt",
    "TruncatedNormal",
}
_SEEDED = ("StatelessRandom", "StatelessTruncated", "StatelessMultinomial")


def check_random_numbers(
    generator: keras.Model, discriminator: keras.Model, interface: Interface
) -> None:
    """Refuses a generator whose images no seed determines.

    Warns of networks that draw such numbers in training only. Networks of Keras's and
    of this package's layers do neither, and are not looked at.

    Raises:
        ValueError: If the generator draws random numbers from a state of TensorFlow's.
    """
    if _has_own_code(generator):
        signature = interface.generator_inputs
        draws(generator.name, _operations_of(generator, signature))
        _warn_of_unseeded(generator, signature)
    if _has_own_code(discriminator):
        _warn_of_unseeded(discriminator, interface.discriminator_inputs)


def draws_random_numbers(network: keras.Model, interface: Interface) -> bool:
    """Returns whether a generator draws random numbers itself, not in training.

    Raises:
        ValueError: If it draws them from a state of TensorFlow's.
    """
    return draws(network.name, _operations_of(network, interface.generator_inputs))


def draws(name: str, operations: set[str]) -> bool:
    """Returns whether a generator's operations draw random numbers.

    Args:
        name: The generator's name.
        operations: The types of its operations.

    Raises:
        ValueError: If some draw them from a state of TensorFlow's.
    """
    unseeded = sorted(operations & _UNSEEDED)
    if unseeded:
        raise InputError(
            f"The generator '{name}' draws random numbers by TensorFlow's "
            f"{', '.join(unseeded)}, so that no seed gives the same image twice; use "
            "`keras.random.normal(shape)` instead of `tf.random.normal(shape)`, and "
            "the like."
        )
    return any(operation.startswith(_SEEDED) for operation in operations)


def operations_in(graph: Any) -> set[str]:
    """Returns the types of all operations of a graph and of its functions."""
    definition = graph.as_graph_def()
    nodes = [*definition.node]
    for function in definition.library.function:
        nodes += function.node_def
    return {node.op for node in nodes}


def _operations_of(
    network: keras.Model, signature: Sequence[tf.TensorSpec], *, training: bool = False
) -> set[str]:
    """Returns the types of the operations of a call of a network."""
    call = tf.function(lambda *inputs: network(join(list(inputs)), training=training))
    return operations_in(call.get_concrete_function(*signature).graph)


def _warn_of_unseeded(network: keras.Model, signature: Sequence[tf.TensorSpec]) -> None:
    unseeded = sorted(_operations_of(network, signature, training=True) & _UNSEEDED)
    if unseeded:
        warnings.warn(
            f"'{network.name}' draws random numbers by TensorFlow's "
            f"{', '.join(unseeded)} in training: the training does not repeat with the "
            "same seed, nor resume to the bit; use `keras.random.normal(shape)` and "
            "the like.",
            stacklevel=4,
        )


def _has_own_code(network: keras.Model) -> bool:
    """Returns whether a layer or its activation is neither Keras's nor ours."""
    for layer in layers_in(network):
        activation = getattr(layer, "activation", None)
        kinds = [type(layer)] + ([] if activation is None else [activation])
        if isinstance(layer, keras.layers.Lambda) or not all(map(is_shipped, kinds)):
            return True
    return False
