"""Forces true float32 during an export: no mixed precision, float64, TensorFloat-32."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import keras
import tensorflow as tf

from keras_gan._keras_private import layers_in


@contextlib.contextmanager
def without_tensor_float_32() -> Iterator[None]:
    """Keeps TensorFlow from rounding float32 factors to ten bits, as GPUs do."""
    enabled = tf.config.experimental.tensor_float_32_execution_enabled()
    tf.config.experimental.enable_tensor_float_32_execution(False)
    try:
        yield
    finally:
        tf.config.experimental.enable_tensor_float_32_execution(enabled)


class _Float32Policy(keras.DTypePolicy):
    """Computes in float32 with weights that stay float64."""

    def __init__(self) -> None:
        super().__init__("float32")

    @property
    def variable_dtype(self) -> str:
        """The type of the weights, which Keras casts to that of the computation."""
        return "float64"


@contextlib.contextmanager
def computing_in_float32(network: keras.Model) -> Iterator[None]:
    """Lets a network that was trained in mixed precision or float64 compute in float32.

    Half precision suits the hardware that trained the network; serving runtimes lack
    it, or round elsewhere. They lack float64, too.
    """
    others = [
        (layer, layer.dtype_policy, policy)
        for layer in layers_in(network)
        if (policy := _policy_in_float32(layer)) is not None
    ]
    floatx = keras.config.floatx()
    try:
        if floatx == "float64":  # that of numbers without a type
            keras.config.set_floatx("float32")
        for layer, _, policy in others:
            layer.dtype_policy = policy
        with without_tensor_float_32():
            yield
    finally:
        keras.config.set_floatx(floatx)
        for layer, policy, _ in others:
            layer.dtype_policy = policy


def _policy_in_float32(layer: keras.layers.Layer) -> keras.DTypePolicy | None:
    """Returns the policy with which a layer computes in float32; None if it does."""
    if layer.compute_dtype in ("float16", "bfloat16"):
        is_mixed = layer.variable_dtype == "float32"
        return keras.DTypePolicy("float32") if is_mixed else None
    return _Float32Policy() if layer.compute_dtype == "float64" else None
