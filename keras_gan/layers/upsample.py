"""Upsampling by repeating pixels."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf

from keras_gan._checks import InputError, check_positive_int
from keras_gan._typing import Tensor


def repeat_pixels(images: Tensor, factor: int) -> Tensor:
    """Returns `(B, factor · H, factor · W, C)`, with every pixel factor² times.

    Args:
        images: `(B, H, W, C)`.
        factor: How often each pixel is repeated along each axis.
    """
    _, height, width, _ = images.shape

    # XLA compiles this operation but not TensorFlow's gradient of it.
    @tf.custom_gradient
    def repeat(images: Tensor) -> Any:
        def gradient(upstream: Tensor) -> Tensor:
            # The mean times factor² is the sum; summing the blocks would take twelve
            # times as long.
            means = tf.nn.avg_pool2d(upstream, factor, factor, "VALID")
            return means * factor**2

        size = (height * factor, width * factor)
        return tf.raw_ops.ResizeNearestNeighbor(images=images, size=size), gradient

    return repeat(images)


@keras.saving.register_keras_serializable("keras_gan")
class Upsample(keras.layers.Layer):
    """Makes images larger by repeating every pixel.

    Keras's `UpSampling2D` computes the same. In an ONNX file this layer becomes one
    Resize, and Keras's a chain of Shape, Slice, Tile and Reshape for each axis.

    Takes `(B, H, W, C)` and returns `(B, factor · H, factor · W, C)`.

    Args:
        factor: How often each pixel is repeated along each axis.
        **kwargs: As in `keras.layers.Layer`.

    Raises:
        ValueError: If `factor` is no positive integer, or the height, the width or the
            channels are not known when the layer is built.

    Example:
        >>> keras_gan.layers.Upsample(2)(keras.ops.ones((1, 4, 3, 8))).shape
        TensorShape([1, 8, 6, 8])
    """

    def __init__(self, factor: int = 2, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.factor = check_positive_int("factor", factor)
        self.input_spec = keras.layers.InputSpec(ndim=4)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Checks the input shape `(B, H, W, C)`; the layer has no weights."""
        if None in input_shape[1:]:
            raise InputError(
                "`Upsample` needs to know the height, the width and the channels of "
                f"its inputs; they are {input_shape[1:]}. Give `keras.Input` a shape."
            )

    def call(self, inputs: Tensor) -> Tensor:
        """Returns `(B, factor · H, factor · W, C)` for inputs `(B, H, W, C)`."""
        return repeat_pixels(inputs, self.factor)

    def compute_output_shape(
        self, input_shape: tuple[int | None, ...]
    ) -> tuple[int | None, ...]:
        """Returns `(B, factor · H, factor · W, C)`."""
        batch, *sizes, channels = input_shape
        larger = [None if size is None else size * self.factor for size in sizes]
        return (batch, *larger, channels)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        return {**super().get_config(), "factor": self.factor}
