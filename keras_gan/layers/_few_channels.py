"""Convolutions from and to images, whose channels are few.

oneDNN, which TensorFlow may use on CPUs, pads channels to a multiple of eight; it takes
nearly three times as long as TensorFlow's own operation for a transposed convolution to
one channel. It leaves operations alone whose padding is written out.
"""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from keras_gan._typing import Tensor

# As TensorFlow names what it derives itself, so that a profile tells them apart.
_GRADIENT = "gradient_tape/image_convolution"


def convolution_of_image(images: Tensor, kernel: Tensor, stride: int) -> Tensor:
    """`tf.nn.conv2d` with "SAME" padding, and a faster gradient of the images.

    Args:
        images: `(B, H, W, channels)`, whose height and width the stride divides.
        kernel: `(size, size, channels, filters)`.
        stride: Of both axes.

    Returns:
        `(B, H / stride, W / stride, filters)`.
    """

    @tf.custom_gradient
    def convolve(images: Tensor, kernel: Tensor) -> Any:
        def gradient(upstream: Tensor) -> tuple[Tensor, Tensor]:
            with tf.name_scope(_GRADIENT):
                to_kernel = _gradient_of_kernel(images, kernel, upstream, stride)
                return convolution_to_image(upstream, kernel, stride), to_kernel

        return tf.nn.conv2d(images, kernel, stride, "SAME"), gradient

    return convolve(images, tf.convert_to_tensor(kernel))


def convolution_to_image(features: Tensor, kernel: Tensor, stride: int) -> Tensor:
    """`tf.nn.conv2d_transpose` with "SAME" padding, faster where channels are few.

    Args:
        features: `(B, H, W, filters)`.
        kernel: `(size, size, channels, filters)`, whose size is at least the stride.
        stride: Of both axes.

    Returns:
        `(B, stride · H, stride · W, channels)`.
    """

    @tf.custom_gradient
    def convolve(features: Tensor, kernel: Tensor) -> Any:
        def gradient(upstream: Tensor) -> tuple[Tensor, Tensor]:
            with tf.name_scope(_GRADIENT):
                to_kernel = _gradient_of_kernel(upstream, kernel, features, stride)
                return convolution_of_image(upstream, kernel, stride), to_kernel

        batch, (_, height, width, _) = tf.shape(features)[0], features.shape
        shape = tf.stack([batch, stride * height, stride * width, kernel.shape[2]])
        sides = [_same_padding(size, stride) for size in kernel.shape[:2]]
        padding: Any = [[0, 0], *sides, [0, 0]]
        images = tf.nn.conv2d_transpose(features, kernel, shape, stride, padding)
        return images, gradient

    return convolve(features, tf.convert_to_tensor(kernel))


def serves(layer: Any, inputs: Tensor) -> bool:
    """Whether these functions cover what a layer was built for; else Keras's does.

    Args:
        layer: A Conv2D or Conv2DTranspose.
        inputs: Its inputs.
    """
    sizes = inputs.shape[1:3]
    stride, *others = layer.strides
    return (
        layer.padding == "same"
        and layer.data_format == "channels_last"
        and others == [stride]
        and set(layer.dilation_rate) == {1}
        and getattr(layer, "groups", 1) == 1
        and min(layer.kernel_size) >= stride
        and not any(size is None or size % stride for size in sizes)
    )


def _gradient_of_kernel(
    images: Tensor, kernel: Tensor, upstream: Tensor, stride: int
) -> Tensor:
    return tf.raw_ops.Conv2DBackpropFilter(
        input=images,
        filter_sizes=kernel.shape,
        out_backprop=upstream,
        strides=[1, stride, stride, 1],
        padding="SAME",
    )


def _same_padding(size: int, stride: int) -> list[int]:
    """What "SAME" pads before and after an axis that the stride divides."""
    total = max(size - stride, 0)
    return [total // 2, total - total // 2]
