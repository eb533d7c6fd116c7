"""Names types for signatures."""

from typing import Any, TypeAlias

# TensorFlow's own annotations reject code that runs (a scalar tensor in a shape, a
# Keras variable for a tensor), so the name `Tensor` checks nothing.
Tensor: TypeAlias = Any
"""A TensorFlow tensor, or a value that TensorFlow converts to one."""
