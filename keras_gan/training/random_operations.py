"""Finds the operations by which networks draw random numbers, in their graphs."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import keras
import tensorflow as tf

from keras_gan._checks import InputError
from keras_gan._keras_private import layers_in
from keras_gan.training.networks import Interface, join

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
_OUR_MODULES = ("keras.", "keras_gan.")


def check_random_numbers(
    generator: keras.Model, discriminator: keras.Model, interface: Interface
) -> None:
    """Refuses a generator whose images no seed determines.

    Warns of networks that draw such numbers in training only. Networks of Keras's and
    of this package's layers do neither, and are not looked at.

    Raises:
        ValueError: If the generator draws random numbers from a state of TensorFlow's.
    """
    z = tf.TensorSpec((None, interface.latent_dim), tf.float32)
    image = tf.TensorSpec((None, *interface.image_shape), tf.float32)
    if interface.pack > 1:
        image = tf.TensorSpec((interface.pack, *interface.image_shape), tf.float32)
    label = tf.TensorSpec(image.shape[:1], tf.int32)
    if _has_own_code(generator):
        signature = [z] if interface.num_classes is None else [z, label]
        draws(generator.name, _operations_of(generator, signature))
        _warn_of_unseeded(generator, signature)
    if _has_own_code(discriminator):
        signature = [image, label] if interface.takes_labels else [image]
        _warn_of_unseeded(discriminator, signature)


def draws_random_numbers(
    network: keras.Model, latent_dim: int, num_classes: int | None
) -> bool:
    """Returns whether a generator draws random numbers itself, not in training.

    Args:
        network: The generator.
        latent_dim: The size of its latents.
        num_classes: The number of classes; None if it takes no labels.

    Raises:
        ValueError: If it draws them from a state of TensorFlow's.
    """
    signature = [tf.TensorSpec((None, latent_dim), tf.float32)]
    if num_classes is not None:
        signature.append(tf.TensorSpec((None,), tf.int32))
    return draws(network.name, _operations_of(network, signature))


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
    """Returns whether a layer's code is neither Keras's nor this package's."""
    return any(
        isinstance(layer, keras.layers.Lambda)
        or not type(layer).__module__.startswith(_OUR_MODULES)
        for layer in layers_in(network)
    )
