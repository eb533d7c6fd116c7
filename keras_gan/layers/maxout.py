"""Maxout units, dense and convolutional."""

from __future__ import annotations

from typing import Any

import keras

from keras_gan._checks import check_positive_int
from keras_gan._typing import Tensor


class _MaxoutLayer(keras.layers.Layer):
    """The weights of linear pieces, and the largest piece of each output.

    Args:
        outputs: The number of outputs.
        pieces: The number of linear pieces of each.
        kernel_initializer: Initializer of the kernel.
        bias_initializer: Initializer of the bias `(pieces · outputs,)`.
        kernel_constraint: Constraint of the kernel after each update, or None.
        **kwargs: As in `keras.layers.Layer`.
    """

    def __init__(
        self,
        outputs: int,
        pieces: int,
        *,
        kernel_initializer: str | keras.initializers.Initializer,
        bias_initializer: str | keras.initializers.Initializer,
        kernel_constraint: str | keras.constraints.Constraint | None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self._outputs = outputs
        self.pieces = check_positive_int("pieces", pieces)
        self.kernel_initializer = keras.initializers.get(kernel_initializer)
        self.bias_initializer = keras.initializers.get(bias_initializer)
        self.kernel_constraint = keras.constraints.get(kernel_constraint)

    def _add_pieces(self, leading: tuple[int | None, ...]) -> None:
        """Makes the bias, and the kernel `(*leading, pieces · outputs)`."""
        linear = self._outputs * self.pieces
        self.kernel = self.add_weight(
            shape=(*leading, linear),
            initializer=self.kernel_initializer,
            constraint=self.kernel_constraint,
            name="kernel",
        )
        self.bias = self.add_weight(
            shape=(linear,), initializer=self.bias_initializer, name="bias"
        )

    def _largest(self, products: Tensor) -> Tensor:
        """Returns `(..., outputs)` for products `(..., pieces · outputs)`."""
        linear = products + self.bias
        leading: Any = keras.ops.shape(linear)
        # With the pieces innermost, the maximum would take three times as long.
        shape = (*leading[:-1], self.pieces, self._outputs)
        return keras.ops.max(keras.ops.reshape(linear, shape), axis=-2)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        return {
            **super().get_config(),
            "pieces": self.pieces,
            "kernel_initializer": keras.initializers.serialize(self.kernel_initializer),
            "bias_initializer": keras.initializers.serialize(self.bias_initializer),
            "kernel_constraint": keras.constraints.serialize(self.kernel_constraint),
        }


@keras.saving.register_keras_serializable("keras_gan")
class Maxout(_MaxoutLayer):
    """A dense layer whose units take the largest of several linear pieces.

    `output[b, u] = max_p (input[b] · kernel[:, p, u] + bias[p, u])`.

    Takes `(..., inputs)` and returns `(..., units)`.

    Args:
        units: The number of outputs.
        pieces: The number of linear pieces of each.
        kernel_initializer: Initializer of the kernel `(inputs, pieces · units)`.
        bias_initializer: Initializer of the bias `(pieces · units,)`.
        kernel_constraint: Constraint of the kernel after each update, or None.
        **kwargs: As in `keras.layers.Layer`.

    Raises:
        ValueError: If `units` or `pieces` is no positive integer.

    Example:
        >>> keras_gan.layers.Maxout(240, pieces=5)(keras.ops.ones((2, 784))).shape
        TensorShape([2, 240])

    Source: Goodfellow et al., "Maxout networks", 2013.
    """

    def __init__(
        self,
        units: int,
        pieces: int,
        *,
        kernel_initializer: str | keras.initializers.Initializer = "glorot_uniform",
        bias_initializer: str | keras.initializers.Initializer = "zeros",
        kernel_constraint: str | keras.constraints.Constraint | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            check_positive_int("units", units),
            pieces,
            kernel_initializer=kernel_initializer,
            bias_initializer=bias_initializer,
            kernel_constraint=kernel_constraint,
            **kwargs,
        )
        self.units = self._outputs
        self.input_spec = keras.layers.InputSpec(min_ndim=2)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Makes the kernel and the bias for inputs `(..., inputs)`."""
        self._add_pieces((input_shape[-1],))

    def call(self, inputs: Tensor) -> Tensor:
        """Returns `(..., units)` for inputs `(..., inputs)`."""
        return self._largest(keras.ops.matmul(inputs, self.kernel))

    def compute_output_shape(
        self, input_shape: tuple[int | None, ...]
    ) -> tuple[int | None, ...]:
        """Returns `(..., units)`."""
        return (*input_shape[:-1], self.units)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        return {**super().get_config(), "units": self.units}


@keras.saving.register_keras_serializable("keras_gan")
class MaxoutConv2D(_MaxoutLayer):
    """A convolution whose channels take the largest of several linear pieces.

    `output[..., c] = max_p (convolution(input, kernel[..., c, p]) + bias[c, p])`, at
    the places where the kernel lies wholly in the image.

    Takes `(B, H, W, channels)` and returns
    `(B, H − kernel_size + 1, W − kernel_size + 1, filters)`.

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
        super().__init__(
            check_positive_int("filters", filters),
            pieces,
            kernel_initializer=kernel_initializer,
            bias_initializer=bias_initializer,
            kernel_constraint=kernel_constraint,
            **kwargs,
        )
        self.filters = self._outputs
        self.kernel_size = check_positive_int("kernel_size", kernel_size)
        self.input_spec = keras.layers.InputSpec(ndim=4)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Makes the kernel and the bias for inputs `(B, H, W, channels)`."""
        self._add_pieces((self.kernel_size, self.kernel_size, input_shape[-1]))

    def call(self, inputs: Tensor) -> Tensor:
        """Returns `(B, H', W', filters)` for inputs `(B, H, W, channels)`."""
        return self._largest(
            keras.ops.conv(
                inputs, self.kernel, padding="valid", data_format="channels_last"
            )
        )

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
            "kernel_size": self.kernel_size,
        }
