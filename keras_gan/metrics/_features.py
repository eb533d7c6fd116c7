"""Checks the arrays that metrics are given, and slices them into blocks of rows."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from keras_gan._checks import InputError


def check_features(argument: str, value: ArrayLike, *, minimum: int = 1) -> np.ndarray:
    """Returns `value` as an array `(N, D)` of its own dtype, finite, N >= `minimum`."""
    array = _array(argument, value)
    if array.ndim != 2 or array.shape[1] == 0:
        raise InputError(
            f"`{argument}` must have shape (N, D), one row per sample; got shape "
            f"{array.shape}. Flatten images with x.reshape(len(x), -1)."
        )
    if len(array) < minimum:
        raise InputError(
            f"`{argument}` must hold at least {minimum} samples; got {len(array)}."
        )
    if not np.isfinite(array).all():
        raise InputError(f"`{argument}` must be finite; it holds NaN or infinity.")
    return array


def check_pair(
    names: tuple[str, str],
    first: ArrayLike,
    second: ArrayLike,
    *,
    minimum: tuple[int, int] = (1, 1),
) -> tuple[np.ndarray, np.ndarray]:
    """Returns both as features of the same dimension (see `check_features`)."""
    one = check_features(names[0], first, minimum=minimum[0])
    other = check_features(names[1], second, minimum=minimum[1])
    if one.shape[1] != other.shape[1]:
        raise InputError(
            f"`{names[0]}` and `{names[1]}` must have the same number of features; got "
            f"{one.shape[1]} and {other.shape[1]}."
        )
    return one, other


def check_pair_float64(
    names: tuple[str, str],
    first: ArrayLike,
    second: ArrayLike,
    *,
    minimum: tuple[int, int] = (1, 1),
) -> tuple[np.ndarray, np.ndarray]:
    """Returns both as `check_pair` does, as contiguous float64."""
    one, other = check_pair(names, first, second, minimum=minimum)
    return (
        np.ascontiguousarray(one, np.float64),
        np.ascontiguousarray(other, np.float64),
    )


def chunks(length: int, size: int) -> list[slice]:
    """Returns the slices that cut `length` rows into runs of at most `size`."""
    size = max(1, size)
    return [slice(i, min(i + size, length)) for i in range(0, length, size)]


def _array(argument: str, value: ArrayLike) -> np.ndarray:
    try:
        array = np.asarray(value)
    except ValueError:  # rows of different lengths
        array = np.empty(0, object)
    if array.dtype.kind not in "iuf":
        raise InputError(
            f"`{argument}` must be an array of real numbers; got {array.dtype} values "
            f"from {type(value).__name__}."
        )
    return array
