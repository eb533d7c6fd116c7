"""The transposed convolution that a generator ends with."""

from __future__ import annotations

import keras

from keras_gan._typing import Tensor
from keras_gan.layers._few_channels import convolution_to_image, serves


@keras.saving.register_keras_serializable("keras_gan")
class ImageConv2DTranspose(keras.layers.Conv2DTranspose):
    """`keras.layers.Conv2DTranspose` to images: the same, faster where oneDNN is used.

    Args:
        *args: As in `keras.layers.Conv2DTranspose`.
        **kwargs: As in `keras.layers.Conv2DTranspose`.

    Example:
        >>> layer = keras_gan.layers.ImageConv2DTranspose(1, 4, 2, padding="same")
        >>> layer(keras.ops.ones((2, 14, 14, 24))).shape
        TensorShape([2, 28, 28, 1])
    """

    def call(self, inputs: Tensor) -> Tensor:
        """Returns `(B, strides · H, strides · W, filters)`, as Keras does."""
        if self.output_padding is not None or not serves(self, inputs):
            return super().call(inputs)
        outputs = convolution_to_image(inputs, self.kernel, self.strides[0])
        if self.use_bias:
            outputs += self.bias
        return outputs if self.activation is None else self.activation(outputs)
