"""Forces true float32 during an export: no mixed precision, no TensorFloat-32."""

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


@contextlib.contextmanager
def computing_in_float32(network: keras.Model) -> Iterator[None]:
    """Lets a network that was trained in mixed precision compute in float32.

    Its weights are float32 already. Half precision suits the hardware that trained the
    network; serving runtimes lack it, or round elsewhere.
    """
    mixed = [
        (layer, layer.dtype_policy)
        for layer in layers_in(network)
        if layer.compute_dtype in ("float16", "bfloat16")
        and layer.variable_dtype == "float32"
    ]
    try:
        for layer, _ in mixed:
            layer.dtype_policy = "float32"
        with without_tensor_float_32():
            yield
    finally:
        for layer, policy in mixed:
            layer.dtype_policy = policy
