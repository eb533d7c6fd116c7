"""Convolutions that halve or double the resolution in the same operation."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf

from keras_gan._checks import InputError
from keras_gan._typing import Tensor
from keras_gan.layers._conv_2d_base import Conv2DBase
from keras_gan.layers.image_convolutions import FEW_CHANNELS, convolution_to_image


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


class ResamplingConv2D(Conv2DBase):
    """The base class of both layers below.

    Args:
        filters: The number of output channels.
        kernel_size: Height and width of the kernels, an odd number.
        **kwargs: As in `Conv2DBase`.

    Attributes:
        factor: The length of an axis after the layer, divided by that before it.
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


def pooled_convolution(images: Tensor, kernel: Tensor) -> Tensor:
    """Convolves, zero-padded, then takes the mean of every 2×2 block.

    One convolution of stride 2 computes the mean of four places; its kernel is the mean
    of the four shifted kernels. A place and channel then takes (size + 1)² / 4 products
    instead of size²: 4 instead of 9.

    Args:
        images: `(B, H, W, channels)`, of even height and width.
        kernel: `(size, size, channels, filters)`, of odd size.

    Returns:
        `(B, H / 2, W / 2, filters)`.

    Source: Karras et al., "Progressive growing of GANs", 2018, their code.
    """
    means = summed_over_blocks(kernel) / 4
    return tf.nn.conv2d(images, means, strides=2, padding="SAME")


@keras.saving.register_keras_serializable("keras_gan")
class PoolingConv2D(ResamplingConv2D):
    """`keras.layers.Conv2D(..., padding="same")`, then `AveragePooling2D(2)`, in one.

    The weights have the same shapes and names, and the result is the same but for
    rounding, in half of the time and without the larger map in between.

    Takes `(B, H, W, channels)` and returns `(B, H / 2, W / 2, filters)`.

    Args:
        filters: The number of output channels.
        kernel_size: Height and width of the kernels, an odd number.
        use_bias: Whether to add a bias to each output channel.
        kernel_initializer: Initializer of the kernel
            `(kernel_size, kernel_size, channels, filters)`.
        **kwargs: As in `keras.layers.Layer`.

    Attributes:
        factor: 0.5, the outputs' height and width by those of the inputs.
        groups: 1, as all channels are convolved together.

    Raises:
        ValueError: If `kernel_size` is even, or the height or the width of the inputs
            is odd or not known.

    Example:
        >>> layer = keras_gan.layers.PoolingConv2D(16, kernel_size=3)
        >>> layer(keras.ops.ones((2, 8, 8, 4))).shape
        TensorShape([2, 4, 4, 16])
    """

    factor = 0.5

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Makes the weights for inputs `(B, H, W, channels)`."""
        if None in input_shape[1:] or any(
            size % 2 for size in input_shape[1:3] if size
        ):
            raise InputError(
                "`PoolingConv2D` needs inputs of an even height and width and known "
                f"channels; they are {input_shape[1:]}."
            )
        super().build(input_shape)

    def convolution(self, inputs: Tensor, kernel: Tensor) -> Tensor:
        """Returns the pooled convolution before the bias, `(B, H / 2, W / 2, filters)`.

        Args:
            inputs: `(B, H, W, channels)`, of even H and W.
            kernel: `(kernel_size, kernel_size, channels, filters)`, of odd size.
        """
        return pooled_convolution(inputs, kernel)


def upsampled_convolution(images: Tensor, kernel: Tensor) -> Tensor:
    """Repeats every pixel in a 2×2 block, then convolves, zero-padded.

    The four pixels of a block are equal, so that the weights on them can be added
    first. A transposed convolution of stride 2 with these sums gives the same in
    (size + 1)² / 4 products a place and channel instead of size²: 4 instead of 9.

    Args:
        images: `(B, H, W, channels)`.
        kernel: `(size, size, channels, filters)`, of odd size.

    Returns:
        `(B, 2 · H, 2 · W, filters)`.

    Source: Karras et al., "Progressive growing of GANs", 2018, their code.
    """
    _, height, width, _ = images.shape
    sums = tf.transpose(summed_over_blocks(kernel)[::-1, ::-1], (0, 1, 3, 2))
    if kernel.shape[-1] <= FEW_CHANNELS:
        return convolution_to_image(images, sums, stride=2)
    shape = tf.stack([tf.shape(images)[0], 2 * height, 2 * width, kernel.shape[-1]])
    return tf.nn.conv2d_transpose(images, sums, shape, strides=2, padding="SAME")


@keras.saving.register_keras_serializable("keras_gan")
class UpsamplingConv2D(ResamplingConv2D):
    """`Upsample(2)`, then `keras.layers.Conv2D(..., padding="same")`, in one operation.

    The weights have the same shapes and names, and the result is the same but for
    rounding, in half of the time and without the larger map in between. In an ONNX file
    the layer is one ConvTranspose.

    Takes `(B, H, W, channels)` and returns `(B, 2 · H, 2 · W, filters)`.

    Args:
        filters: The number of output channels.
        kernel_size: Height and width of the kernels, an odd number.
        use_bias: Whether to add a bias to each output channel.
        kernel_initializer: Initializer of the kernel
            `(kernel_size, kernel_size, channels, filters)`.
        **kwargs: As in `keras.layers.Layer`.

    Attributes:
        factor: 2, the outputs' height and width by those of the inputs.
        groups: 1, as all channels are convolved together.

    Raises:
        ValueError: If `kernel_size` is even, or the height or the width is not known
            when the layer is built.

    Example:
        >>> layer = keras_gan.layers.UpsamplingConv2D(16, kernel_size=3)
        >>> layer(keras.ops.ones((2, 4, 4, 8))).shape
        TensorShape([2, 8, 8, 16])
    """

    factor = 2

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Makes the weights for inputs `(B, H, W, channels)`."""
        if None in input_shape[1:]:
            raise InputError(
                "`UpsamplingConv2D` needs to know the height, the width and the "
                f"channels of its inputs; they are {input_shape[1:]}. Give "
                "`keras.Input` a shape."
            )
        super().build(input_shape)

    def convolution(self, inputs: Tensor, kernel: Tensor) -> Tensor:
        """Returns the convolution before the bias, `(B, 2 · H, 2 · W, filters)`.

        Args:
            inputs: `(B, H, W, channels)`.
            kernel: `(kernel_size, kernel_size, channels, filters)`, of odd size.
        """
        return upsampled_convolution(inputs, kernel)
