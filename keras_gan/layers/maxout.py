"""Maxout units."""

from __future__ import annotations

from typing import Any

import keras

from keras_gan._checks import check_positive_int
from keras_gan._typing import Tensor


@keras.saving.register_keras_serializable("keras_gan")
class Maxout(keras.layers.Layer):
    """A dense layer whose units take the largest of several linear pieces.

    `output[b, u] = max_p (input[b] · kernel[:, p, u] + bias[p, u])`.

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
        super().__init__(**kwargs)
        self.units = check_positive_int("units", units)
        self.pieces = check_positive_int("pieces", pieces)
        self.kernel_initializer = keras.initializers.get(kernel_initializer)
        self.bias_initializer = keras.initializers.get(bias_initializer)
        self.kernel_constraint = keras.constraints.get(kernel_constraint)
        self.input_spec = keras.layers.InputSpec(min_ndim=2)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Makes the kernel and the bias for inputs `(..., inputs)`."""
        outputs = self.units * self.pieces
        self.kernel = self.add_weight(
            shape=(input_shape[-1], outputs),
            initializer=self.kernel_initializer,
            constraint=self.kernel_constraint,
            name="kernel",
        )
        self.bias = self.add_weight(
            shape=(outputs,), initializer=self.bias_initializer, name="bias"
        )

    def call(self, inputs: Tensor) -> Tensor:
        """Returns `(..., units)` for inputs `(..., inputs)`."""
        linear = keras.ops.matmul(inputs, self.kernel) + self.bias
        leading: Any = keras.ops.shape(linear)
        # Units innermost: the largest of a few neighbours takes three times as long.
        shape = (*leading[:-1], self.pieces, self.units)
        return keras.ops.max(keras.ops.reshape(linear, shape), axis=-2)

    def compute_output_shape(
        self, input_shape: tuple[int | None, ...]
    ) -> tuple[int | None, ...]:
        """Returns `(..., units)`."""
        return (*input_shape[:-1], self.units)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        return {
            **super().get_config(),
            "units": self.units,
            "pieces": self.pieces,
            "kernel_initializer": keras.initializers.serialize(self.kernel_initializer),
            "bias_initializer": keras.initializers.serialize(self.bias_initializer),
            "kernel_constraint": keras.constraints.serialize(self.kernel_constraint),
        }
