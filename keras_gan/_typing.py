"""Names for types, to say in a signature what an array or tensor is."""

from typing import Any, TypeAlias

# TensorFlow's own annotations reject much that runs (a scalar tensor in a shape, a
# Keras variable for a tensor), so tensors are named, not checked.
Tensor: TypeAlias = Any
"""A TensorFlow tensor, or what TensorFlow converts to one."""
