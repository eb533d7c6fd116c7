"""Convolutional maxout units."""

from __future__ import annotations

from typing import Any

import keras

from keras_gan._checks import check_positive_int
from keras_gan._typing import Tensor


@keras.saving.register_keras_serializable("keras_gan")
class MaxoutConv2D(keras.layers.Layer):
    """A convolution whose channels take the largest of several linear pieces.

    `output[..., c] = max_p (convolution(input, kernel[..., c, p]) + bias[c, p])`, at
    the places where the kernel lies wholly in the image.

    Args:
        filters: The number of output channels.
        pieces: The number of linear pieces of each.
        kernel_size: Height and width of the kernel.
        kernel_initializer: Initializer of the kernel
            `(kernel_size, kernel_size, channels, pieces · filters)`.
        bias_initializer: Initializer of the bias `(pieces · filters,)`.
        kernel_constraint: Constraint of the kernel after each update, or None.
        **kwargs: As in `keras.layers.Layer`.

    Raises:
        ValueError: If `filters`, `pieces` or `kernel_size` is no positive integer.

    Example:
        >>> layer = keras_gan.layers.MaxoutConv2D(32, pieces=2, kernel_size=8)
        >>> layer(keras.ops.ones((2, 40, 40, 3))).shape
        TensorShape([2, 33, 33, 32])

    Source: Goodfellow et al., "Maxout networks", 2013, §2.
    """

    def __init__(
        self,
        filters: int,
        pieces: int,
        kernel_size: int,
        *,
        kernel_initializer: str | keras.initializers.Initializer = "glorot_uniform",
        bias_initializer: str | keras.initializers.Initializer = "zeros",
        kernel_constraint: str | keras.constraints.Constraint | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.filters = check_positive_int("filters", filters)
        self.pieces = check_positive_int("pieces", pieces)
        self.kernel_size = check_positive_int("kernel_size", kernel_size)
        self.kernel_initializer = keras.initializers.get(kernel_initializer)
        self.bias_initializer = keras.initializers.get(bias_initializer)
        self.kernel_constraint = keras.constraints.get(kernel_constraint)
        self.input_spec = keras.layers.InputSpec(ndim=4)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Makes the kernel and the bias for inputs `(B, H, W, channels)`."""
        outputs = self.filters * self.pieces
        self.kernel = self.add_weight(
            shape=(self.kernel_size, self.kernel_size, input_shape[-1], outputs),
            initializer=self.kernel_initializer,
            constraint=self.kernel_constraint,
            name="kernel",
        )
        self.bias = self.add_weight(
            shape=(outputs,), initializer=self.bias_initializer, name="bias"
        )

    def call(self, inputs: Tensor) -> Tensor:
        """Returns `(B, H', W', filters)` for inputs `(B, H, W, channels)`."""
        linear = keras.ops.conv(inputs, self.kernel, padding="valid") + self.bias
        leading: Any = keras.ops.shape(linear)
        shape = (*leading[:-1], self.pieces, self.filters)
        return keras.ops.max(keras.ops.reshape(linear, shape), axis=-2)

    def compute_output_shape(
        self, input_shape: tuple[int | None, ...]
    ) -> tuple[int | None, ...]:
        """Returns `(B, H - kernel_size + 1, W - kernel_size + 1, filters)`."""
        batch, height, width, _ = input_shape
        lost = self.kernel_size - 1
        sizes = (None if size is None else size - lost for size in (height, width))
        return (batch, *sizes, self.filters)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        return {
            **super().get_config(),
            "filters": self.filters,
            "pieces": self.pieces,
            "kernel_size": self.kernel_size,
            "kernel_initializer": keras.initializers.serialize(self.kernel_initializer),
            "bias_initializer": keras.initializers.serialize(self.bias_initializer),
            "kernel_constraint": keras.constraints.serialize(self.kernel_constraint),
        }
