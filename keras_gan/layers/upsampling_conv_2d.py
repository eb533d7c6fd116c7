"""Upsampling and a convolution in one."""

from __future__ import annotations

import keras
import tensorflow as tf

from keras_gan._checks import InputError
from keras_gan._typing import Tensor
from keras_gan.layers._resampling import ResamplingConv2D, summed_over_blocks


def upsampled_convolution(images: Tensor, kernel: Tensor) -> Tensor:
    """Repeats every pixel in a 2×2 block, then convolves, zero-padded.

    A place of the result sees each pixel of `images` through the sum of the weights on
    its block, so that a transposed convolution of stride 2 with these sums is the same
    in (size + 1)² / 4 instead of size² products a place and channel: 4 for 9.

    Args:
        images: `(B, H, W, channels)`.
        kernel: `(size, size, channels, filters)`, of odd size.

    Returns:
        `(B, 2 · H, 2 · W, filters)`.

    Source: Karras et al., "Progressive growing of GANs", 2018, their code.
    """
    _, height, width, _ = images.shape
    sums = tf.transpose(summed_over_blocks(kernel)[::-1, ::-1], (0, 1, 3, 2))
    shape = tf.stack([tf.shape(images)[0], 2 * height, 2 * width, kernel.shape[-1]])
    return tf.nn.conv2d_transpose(images, sums, shape, strides=2, padding="SAME")


@keras.saving.register_keras_serializable("keras_gan")
class UpsamplingConv2D(ResamplingConv2D):
    """`Upsample(2)`, then `keras.layers.Conv2D(..., padding="same")`, in one operation.

    The weights have the same shapes and names and do the same, to the rounding, in half
    of the time and without the larger map in between. In an ONNX file it is one
    ConvTranspose.

    Args:
        filters: The number of output channels.
        kernel_size: Height and width of the kernels, an odd number.
        use_bias: Whether to add a bias to each output channel.
        kernel_initializer: Initializer of the kernel
            `(kernel_size, kernel_size, channels, filters)`.
        **kwargs: As in `keras.layers.Layer`.

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
        """Returns `(B, 2 · H, 2 · W, filters)`."""
        return upsampled_convolution(inputs, kernel)
