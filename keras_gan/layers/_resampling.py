"""What convolutions that change the resolution at once have in common."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from keras_gan._checks import InputError
from keras_gan._typing import Tensor
from keras_gan.layers._plain_conv_2d import PlainConv2D


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


class ResamplingConv2D(PlainConv2D):
    """A convolution beside a change of resolution.

    Args:
        filters: The number of output channels.
        kernel_size: Height and width of the kernels, an odd number.
        **kwargs: As in `PlainConv2D`.

    Attributes:
        factor: Of either axis, from its length before to that after.
    """

    factor: float

    def __init__(self, filters: int, kernel_size: int, **kwargs: Any) -> None:
        super().__init__(filters, kernel_size, **kwargs)
        if self.kernel_size % 2 == 0:
            raise InputError(
                f"`kernel_size` must be odd, such as 3; got {self.kernel_size}."
            )

    def compute_output_shape(
        self, input_shape: tuple[int | None, ...]
    ) -> tuple[int | None, ...]:
        """Returns `(B, factor · H, factor · W, filters)`."""
        batch, *sizes, _ = input_shape
        lengths = [None if size is None else int(size * self.factor) for size in sizes]
        return (batch, *lengths, self.filters)
