"""Reads the last operation of a network that only TensorFlow's graph shows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import tensorflow as tf

from keras_gan.training.inlined_functions import inlined_functions
from keras_gan.training.networks import join

# Operations that leave values as they are, or average them.
_PASSING = {
    "Cast",
    "EnsureShape",
    "ExpandDims",
    "Identity",
    "Mean",
    "Reshape",
    "Squeeze",
    "StopGradient",
    "StridedSlice",
    "Transpose",
}


def traced_end(
    network: keras.Model, inputs: Sequence[tf.TensorSpec]
) -> tuple[str, int]:
    """Returns the type of a network's last operation, and the size of its output.

    The network is traced without its training behaviour. An error of the network
    comes again, with its place, from the first training step.

    Args:
        network: A built network, of any kind.
        inputs: What it takes.

    Returns:
        A name such as "Sigmoid", and the units of a last dense layer without an
        activation, or 1. The name is empty if the graph does not show it.
    """

    @tf.function
    def run(*tensors: Any) -> Any:
        return keras.tree.flatten(network(join(list(tensors)), training=False))[0]

    try:
        with inlined_functions():
            graph: Any = run.get_concrete_function(*inputs).graph
    except Exception:  # of any kind: the code is a user's
        return "", 1
    operation = graph.outputs[0].op
    while operation.type in _PASSING:
        operation = operation.inputs[0].op
    return operation.type, _units(operation)


def _units(operation: Any) -> int:
    """Returns the units of a dense layer whose output the operation makes, or 1."""
    product, shape = operation, operation.outputs[0].shape
    if operation.type in ("BiasAdd", "AddV2"):
        product = operation.inputs[0].op
    is_dense = product.type == "MatMul" and len(shape) == 2
    return int(shape[-1] or 1) if is_dense else 1
