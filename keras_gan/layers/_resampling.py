"""Kernels that convolve and change the resolution at once."""

from __future__ import annotations

import tensorflow as tf

from keras_gan._checks import InputError
from keras_gan._typing import Tensor


def summed_over_blocks(kernel: Tensor) -> Tensor:
    """Returns the kernel convolved with a 2×2 block of ones.

    Args:
        kernel: `(size, size, channels, filters)`.

    Returns:
        `(size + 1, size + 1, channels, filters)`.
    """
    padded = tf.pad(kernel, [[1, 1], [1, 1], [0, 0], [0, 0]])
    rows = padded[1:] + padded[:-1]
    return rows[:, 1:] + rows[:, :-1]


def check_odd(kernel_size: int) -> None:
    """Raises a ValueError if no pixel is in the middle of the kernel."""
    if kernel_size % 2 == 0:
        raise InputError(f"`kernel_size` must be odd, such as 3; got {kernel_size}.")
