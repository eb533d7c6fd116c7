"""Makes normal numbers and matrices of uniform numbers, one per example."""

from __future__ import annotations

from collections.abc import Sequence

import tensorflow as tf

from keras_gan._typing import Tensor


def normal(uniforms: Tensor) -> Tensor:
    """Returns the standard normals whose distribution function is `uniforms`.

    Rounding to float32 can make a uniform number 1, so they are kept 2⁻²⁴ away from 0
    and 1.
    """
    return tf.math.ndtri(tf.clip_by_value(uniforms, 2.0**-24, 1.0 - 2.0**-24))


def log_normal(uniforms: Tensor, std: float) -> Tensor:
    """Returns 2^z, z ~ N(0, std²)."""
    return tf.pow(tf.constant(2.0, uniforms.dtype), std * normal(uniforms))


def matrix(rows: Sequence[Sequence[Tensor | float]], like: Tensor) -> Tensor:
    """Returns `(B, n, n)` matrices of constants and of entries like `like`, `(B,)`."""
    entries = [entry + tf.zeros_like(like) for row in rows for entry in row]
    return tf.reshape(tf.stack(entries, axis=-1), (-1, len(rows), len(rows)))
