"""Checks seeds, and draws labels and further seeds from them."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np

from keras_gan._checks import InputError, check_at_most, check_positive_int
from keras_gan._limits import LIMITS
from keras_gan._typing import Tensor
from keras_gan.priors.philox import (
    CHILD,
    LABEL,
    NUMPY,
    tensorflow_operations,
    words_of,
)

Seeds = Sequence[int] | np.ndarray
"""The seeds of some images: `(B,)` 64-bit integers, at least one."""


def labels(seeds: Seeds, num_classes: int) -> np.ndarray:
    """Returns the class that each seed draws: `(B,)` int32, uniform.

    Args:
        seeds: `(B,)` 64-bit integers.
        num_classes: The number of classes, at least 1.

    Raises:
        ValueError: If the seeds are no integers, or there are none.

    Example:
        >>> keras_gan.priors.labels([3, 5, 8], num_classes=10)
        array([0, 2, 9], dtype=int32)
    """
    return _labels(check_seeds(seeds), num_classes, NUMPY).astype(np.int32)


def labels_tf(seeds: Tensor, num_classes: int) -> Tensor:
    """Returns the classes as TensorFlow computes them, `(B,)` int32.

    Args:
        seeds: `(B,)` int64 tensor.
        num_classes: The number of classes, at least 1.

    Example:
        >>> labels_tf(tf.constant([3, 5, 8], tf.int64), 10).numpy()
        array([0, 2, 9], dtype=int32)
    """
    import tensorflow as tf

    return tf.cast(_labels(seeds, num_classes, tensorflow_operations()), tf.int32)


def spawn_seeds(seed: int, n: int) -> np.ndarray:
    """Returns the seeds of the `n` images that one seed stands for.

    The new seeds have 53 bits, which JSON and JavaScript keep exactly. A larger `n`
    appends seeds and leaves the first ones as they are.

    Args:
        seed: A 64-bit integer.
        n: The number of new seeds.

    Returns:
        `(n,)` int64, from 0 to 2⁵³ − 1.

    Raises:
        ValueError: If `seed` is no integer, or `n` is not positive or too large.

    Example:
        >>> bool((spawn_seeds(7, 5)[:3] == spawn_seeds(7, 3)).all())
        True
    """
    n = check_positive_int("n", n)
    check_at_most(
        "n", n, LIMITS.images, "images of one request", "draw them in several requests"
    )
    key = np.repeat(check_seeds([seed]), n)
    words = words_of(np.arange(n, dtype=np.uint64), key, CHILD, NUMPY)
    high = words[1] & np.uint64(0x1FFFFF)
    return ((high << np.uint64(32)) | words[0]).astype(np.int64)


def check_seeds(seeds: object) -> np.ndarray:
    """Returns `seeds` as a `(B,)` int64 array.

    Args:
        seeds: A sequence of 64-bit integers.

    Raises:
        ValueError: If they are no integers, not `(B,)`, or there are none.

    Example:
        >>> check_seeds([3, 5])
        array([3, 5])
    """
    array = np.asarray(seeds)
    if array.ndim != 1 or array.size == 0 or array.dtype.kind not in "iu":
        raise InputError(
            "`seeds` must be a non-empty list of integers of 64 bits, one per image; "
            f"got {array.dtype} values of shape {array.shape}."
        )
    return array.astype(np.int64)


def _labels(seeds: Any, num_classes: int, xp: SimpleNamespace) -> Any:
    words = words_of(seeds * 0, seeds, LABEL, xp)
    # Multiply and shift: floor(num_classes · w / 2³²), without a division's bias.
    return xp.shift(words[0] * xp.constant(num_classes), 32)
