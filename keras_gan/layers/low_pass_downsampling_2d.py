"""Halves images after a low-pass filter, which prevents aliasing."""

from __future__ import annotations

import keras
import numpy as np

from keras_gan._typing import Tensor

_FILTER = np.array([1, 3, 3, 1]) / 8


def halve(images: Tensor) -> Tensor:
    """Filters by (1, 3, 3, 1) / 8 in both directions and keeps every second pixel.

    Args:
        images: `(B, H, W, C)` with an even height and width, padded with zeros.

    Returns:
        `(B, H / 2, W / 2, C)`.
    """
    plane = np.outer(_FILTER, _FILTER)[:, :, None, None]
    kernel = np.tile(plane, (1, 1, images.shape[-1], 1))
    return keras.ops.depthwise_conv(
        images,
        keras.ops.convert_to_tensor(kernel, images.dtype),
        strides=2,
        padding="same",
        data_format="channels_last",
    )


@keras.saving.register_keras_serializable("keras_gan")
class LowPassDownsampling2D(keras.layers.Layer):
    """Halves height and width by a fixed low-pass filter, channel by channel.

    The filter, (1, 3, 3, 1) / 8, is the transpose of linear interpolation by two. Its
    gradient can be differentiated again, as penalties on gradients do.

    Takes `(B, H, W, C)` and returns `(B, H / 2, W / 2, C)`, rounded up.

    Args:
        **kwargs: As in `keras.layers.Layer`.

    Example:
        >>> layer = keras_gan.layers.LowPassDownsampling2D()
        >>> layer(keras.ops.ones((2, 8, 6, 3))).shape
        TensorShape([2, 4, 3, 3])

    Source: Zhang, "Making convolutional networks shift-invariant again", 2019, §3.2;
    with this filter: Huang et al., "The GAN is dead; long live the GAN!", 2024, §3.
    """

    def call(self, inputs: Tensor) -> Tensor:
        """Returns `(B, H / 2, W / 2, C)` for inputs `(B, H, W, C)`."""
        return halve(inputs)

    def compute_output_shape(
        self, input_shape: tuple[int | None, ...]
    ) -> tuple[int | None, ...]:
        """Returns `(B, H / 2, W / 2, C)`."""
        batch, height, width, channels = input_shape
        sizes = (None if s is None else (s + 1) // 2 for s in (height, width))
        return (batch, *sizes, channels)
