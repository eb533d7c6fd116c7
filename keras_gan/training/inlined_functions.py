"""Traces what a network has compiled itself as part of a larger graph."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import tensorflow as tf


@contextlib.contextmanager
def inlined_functions() -> Iterator[None]:
    """Traces a `tf.function` inside another one as part of it.

    A `call` that is a `tf.function` would keep the graph of its first call. If that was
    symbolic, the graph holds no variables, and the network would get no gradients.
    """
    before = tf.config.functions_run_eagerly()
    tf.config.run_functions_eagerly(True)
    try:
        yield
    finally:
        tf.config.run_functions_eagerly(before)
