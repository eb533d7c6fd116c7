"""A layer that makes a small feature map from a vector."""

from __future__ import annotations

from typing import Any

import keras

from keras_gan._checks import check_positive_int
from keras_gan._typing import Tensor


@keras.saving.register_keras_serializable("keras_gan")
class SpatialBasis2D(keras.layers.Layer):
    """Multiplies a learned pattern for each channel by the channel's value.

    `output[b, i, j, c] = input[b, c] · basis[i, j, c]`.

    Takes `(B, C)` and returns `(B, height, width, C)`.

    Args:
        height: The patterns' height in pixels.
        width: The patterns' width in pixels.
        **kwargs: As in `keras.layers.Layer`.

    Raises:
        ValueError: If `height` or `width` is no positive integer.

    Example:
        >>> layer = keras_gan.layers.SpatialBasis2D(4, 4)
        >>> layer(keras.ops.ones((2, 64))).shape
        TensorShape([2, 4, 4, 64])

    Source: Huang et al., "The GAN is dead; long live the GAN!", 2024, §3.
    """

    def __init__(self, height: int, width: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.height = check_positive_int("height", height)
        self.width = check_positive_int("width", width)
        self.input_spec = keras.layers.InputSpec(ndim=2)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Makes the basis for inputs `(B, channels)`."""
        self.basis = self.add_weight(
            shape=(self.height, self.width, input_shape[-1]),
            initializer=keras.initializers.RandomNormal(stddev=1.0),
            name="basis",
        )

    def call(self, inputs: Tensor) -> Tensor:
        """Returns `(B, height, width, channels)` for inputs `(B, channels)`."""
        # A reshape exports as one operation, where an index with None would not.
        places = keras.ops.reshape(inputs, (-1, 1, 1, inputs.shape[-1]))
        return places * self.basis

    def compute_output_shape(
        self, input_shape: tuple[int | None, ...]
    ) -> tuple[int | None, ...]:
        """Returns `(B, height, width, channels)`."""
        return (input_shape[0], self.height, self.width, input_shape[-1])

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        return {**super().get_config(), "height": self.height, "width": self.width}
