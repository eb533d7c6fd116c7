"""A convolution and average pooling in one."""

from __future__ import annotations

import keras
import tensorflow as tf

from keras_gan._checks import InputError
from keras_gan._typing import Tensor
from keras_gan.layers._resampling import ResamplingConv2D, summed_over_blocks


def pooled_convolution(images: Tensor, kernel: Tensor) -> Tensor:
    """Convolves, zero-padded, then takes the mean of every 2×2 block.

    The mean of four places is what one kernel of their overlapping weights makes, in
    (size + 1)² / 4 instead of size² products a place and channel: 4 for 9.

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

    The weights have the same shapes and names and do the same, to the rounding, in half
    of the time and without the larger map in between.

    Args:
        filters: The number of output channels.
        kernel_size: Height and width of the kernels, an odd number.
        use_bias: Whether to add a bias to each output channel.
        kernel_initializer: Initializer of the kernel
            `(kernel_size, kernel_size, channels, filters)`.
        **kwargs: As in `keras.layers.Layer`.

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
        """Returns `(B, H / 2, W / 2, filters)`."""
        return pooled_convolution(inputs, kernel)
