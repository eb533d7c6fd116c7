"""The convolution that a discriminator begins with."""

from __future__ import annotations

from typing import Any

import keras

from keras_gan._typing import Tensor
from keras_gan.layers._few_channels import convolution_of_image


@keras.saving.register_keras_serializable("keras_gan")
class ImageConv2D(keras.layers.Conv2D):
    """`keras.layers.Conv2D` of images: the same, with a faster gradient of its inputs.

    The gradient of an image, which trains a generator, is a transposed convolution to
    its one or three channels, for which oneDNN's operation is slow.

    Args:
        *args: As in `keras.layers.Conv2D`.
        **kwargs: As in `keras.layers.Conv2D`.

    Example:
        >>> layer = keras_gan.layers.ImageConv2D(24, 4, strides=2, padding="same")
        >>> layer(keras.ops.ones((2, 28, 28, 1))).shape
        TensorShape([2, 14, 14, 24])
    """

    def convolution_op(self, inputs: Tensor, kernel: Tensor) -> Tensor:
        """Returns what the kernel makes of `inputs`, as Keras calls it."""
        if not serves(self, inputs):
            return super().convolution_op(inputs, kernel)
        return convolution_of_image(inputs, kernel, self.strides[0])


def serves(layer: Any, inputs: Tensor) -> bool:
    """Whether a layer's own operation covers what it was built for; else Keras's does.

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
