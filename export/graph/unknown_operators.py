"""Names the layers whose operators ONNX cannot express."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import keras
import tensorflow as tf

from keras_gan._keras_private import layers_in

_MESSAGE = re.compile(r"Tensorflow op \[.*: (\w+)\] is not supported")


def unknown_operators(messages: Sequence[str]) -> list[str]:
    """Returns the operators that tf2onnx's messages call unsupported, each once."""
    found = [_MESSAGE.search(message) for message in messages]
    return list(dict.fromkeys(match[1] for match in found if match))


def origins_of(
    operators: Sequence[str], network: keras.Model, trace: Callable[[], Any]
) -> str:
    """Returns a clause that says which layers of a network use the operators.

    Args:
        operators: Types of TensorFlow's operators.
        network: The network.
        trace: Traces it once more.
    """
    users: dict[str, list[str]] = {}
    with _calls_noted(network, users):
        trace()
    clauses = []
    for operator in operators:
        layers = list(dict.fromkeys(users.get(operator, [])))
        if layers:
            clauses.append(f"{', '.join(layers)} uses TensorFlow's {operator}")
        else:
            clauses.append(f"it uses TensorFlow's {operator}")
    return "; ".join(clauses)


@contextlib.contextmanager
def _calls_noted(network: keras.Model, users: dict[str, list[str]]) -> Iterator[None]:
    """Adds to `users` the innermost layers that make operators of each type."""
    noted: set[str] = set()

    def noting(layer: Any, call: Callable[..., Any]) -> Callable[..., Any]:
        def noting_call(*args: Any, **kwargs: Any) -> Any:
            graph = tf.compat.v1.get_default_graph()
            before = len(graph.get_operations())
            outputs = call(*args, **kwargs)
            for operation in graph.get_operations()[before:]:
                if operation.name not in noted:
                    noted.add(operation.name)
                    users.setdefault(operation.type, []).append(_described(layer))
            return outputs

        return noting_call

    layers: list[Any] = layers_in(network)
    own = {id(layer): vars(layer)["call"] for layer in layers if "call" in vars(layer)}
    try:
        for layer in layers:
            layer.call = noting(layer, layer.call)
        yield
    finally:
        for layer in layers:
            if id(layer) in own:
                layer.call = own[id(layer)]
            else:
                del layer.call


def _described(layer: Any) -> str:
    if isinstance(layer, keras.Model):
        return f"an operation of the network '{layer.name}' outside of its layers"
    if isinstance(layer, keras.layers.Activation):
        name = getattr(layer.activation, "__name__", type(layer.activation).__name__)
        return f"the layer '{layer.name}' (Activation '{name}')"
    return f"the layer '{layer.name}' ({type(layer).__name__})"
