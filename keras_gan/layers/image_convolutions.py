"""Convolutions from and to images of few channels, made faster on CPUs.

oneDNN, which TensorFlow may use on CPUs, pads channels to a multiple of eight. For a
transposed convolution to one channel it takes nearly three times as long as
TensorFlow's own operation, for a convolution to three channels twice as long. The
padding is written out here, because oneDNN leaves transposed convolutions with explicit
padding to TensorFlow.
"""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf

from keras_gan._typing import Tensor

# TensorFlow's own gradients are named `gradient_tape/...` too; with that prefix a
# profile shows these operations among the gradients.
_GRADIENT = "gradient_tape/image_convolution"

# To so many channels TensorFlow's own transposed convolution is faster than oneDNN's.
FEW_CHANNELS = 3
# A convolution that keeps the size is faster as a transposed one if it has so many
# input channels for each output channel.
_INPUTS_PER_OUTPUT = 16


def faster_convolution(inputs: Tensor, kernel: Tensor, stride: int) -> Tensor | None:
    """`tf.nn.conv2d` with "SAME" padding where a faster form is known, or None.

    Args:
        inputs: `(B, H, W, channels)`; the stride divides H and W.
        kernel: `(size, size, channels, filters)`.
        stride: The stride of both axes.

    Returns:
        `(B, H / stride, W / stride, filters)`, or None.
    """
    *sizes, channels, filters = kernel.shape
    if channels <= FEW_CHANNELS:
        return convolution_of_image(inputs, kernel, stride)
    few = filters <= FEW_CHANNELS and channels >= _INPUTS_PER_OUTPUT * filters
    if few and stride == 1 and all(size % 2 for size in sizes):
        turned = tf.transpose(kernel[::-1, ::-1], (0, 1, 3, 2))
        return convolution_to_image(inputs, turned, stride=1)
    return None


def convolution_of_image(images: Tensor, kernel: Tensor, stride: int) -> Tensor:
    """`tf.nn.conv2d` with "SAME" padding, and a faster gradient of the images.

    Args:
        images: `(B, H, W, channels)`; the stride divides H and W.
        kernel: `(size, size, channels, filters)`.
        stride: The stride of both axes.

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
        kernel: `(size, size, channels, filters)`; the size is at least the stride.
        stride: The stride of both axes.

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


@keras.saving.register_keras_serializable("keras_gan")
class ImageConv2D(keras.layers.Conv2D):
    """`keras.layers.Conv2D` for images, with a faster gradient by its inputs.

    The gradient by the image, which trains a generator, is a transposed convolution to
    one or three channels. oneDNN's operation is slow there.

    Takes `(B, H, W, channels)` and returns `(B, H / strides, W / strides, filters)`
    with `padding="same"`, rounded up.

    Args:
        *args: As in `keras.layers.Conv2D`.
        **kwargs: As in `keras.layers.Conv2D`.

    Example:
        >>> layer = keras_gan.layers.ImageConv2D(24, 4, strides=2, padding="same")
        >>> layer(keras.ops.ones((2, 28, 28, 1))).shape
        TensorShape([2, 14, 14, 24])
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **_channels_last(4, args, kwargs))

    def convolution_op(self, inputs: Tensor, kernel: Tensor) -> Tensor:
        """Returns the maps before the bias; Keras calls this from `call`."""
        if not covers(self, inputs):
            return super().convolution_op(inputs, kernel)
        return convolution_of_image(inputs, kernel, self.strides[0])


@keras.saving.register_keras_serializable("keras_gan")
class ImageConv2DTranspose(keras.layers.Conv2DTranspose):
    """`keras.layers.Conv2DTranspose` to images, faster where oneDNN is used.

    Takes `(B, H, W, channels)` and returns `(B, strides · H, strides · W, filters)`
    with `padding="same"`.

    Args:
        *args: As in `keras.layers.Conv2DTranspose`.
        **kwargs: As in `keras.layers.Conv2DTranspose`.

    Example:
        >>> layer = keras_gan.layers.ImageConv2DTranspose(1, 4, 2, padding="same")
        >>> layer(keras.ops.ones((2, 14, 14, 24))).shape
        TensorShape([2, 28, 28, 1])
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **_channels_last(5, args, kwargs))

    def call(self, inputs: Tensor) -> Tensor:
        """Returns `(B, strides · H, strides · W, filters)`."""
        if self.output_padding is not None or not covers(self, inputs):
            return super().call(inputs)
        outputs = convolution_to_image(inputs, self.kernel, self.strides[0])
        return with_bias_and_activation(self, outputs)


def _channels_last(
    place: int, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> dict[str, Any]:
    """Returns `kwargs` with a `data_format` that does not depend on keras.json.

    Args:
        place: The place of `data_format` among the arguments of the layer.
        args: The arguments by position.
        kwargs: The arguments by name.
    """
    if len(args) > place or kwargs.get("data_format") is not None:
        return kwargs
    return {**kwargs, "data_format": "channels_last"}


def with_bias_and_activation(layer: Any, outputs: Tensor) -> Tensor:
    """Does what a layer of Keras does after its convolution.

    Args:
        layer: A Conv2D or Conv2DTranspose.
        outputs: Maps of its filters, with the channels last.
    """
    if layer.use_bias:
        outputs += layer.bias
    return outputs if layer.activation is None else layer.activation(outputs)


def covers(layer: Any, inputs: Tensor) -> bool:
    """Tells whether the functions above can compute a layer; otherwise Keras does.

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
    """Returns the zeros that "SAME" adds before and after an axis.

    Args:
        size: The kernel's length along the axis.
        stride: The stride, which divides the axis.
    """
    total = max(size - stride, 0)
    return [total // 2, total - total // 2]
