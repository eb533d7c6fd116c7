"""The base class of the convolutions that this package computes itself."""

from __future__ import annotations

from typing import Any

import keras

from keras_gan._checks import check_positive_int
from keras_gan._typing import Tensor


class Conv2DBase(keras.layers.Layer):
    """A square kernel and a bias, of the shapes and names of `keras.layers.Conv2D`.

    Args:
        filters: The number of output channels.
        kernel_size: Height and width of the kernels.
        use_bias: Whether to add a bias to each output channel.
        kernel_initializer: Initializer of the kernel.
        **kwargs: As in `keras.layers.Layer`.
    """

    groups = 1

    def __init__(
        self,
        filters: int,
        kernel_size: int,
        *,
        use_bias: bool = True,
        kernel_initializer: str | keras.initializers.Initializer = "glorot_uniform",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.filters = check_positive_int("filters", filters)
        self.kernel_size = check_positive_int("kernel_size", kernel_size)
        self.use_bias = use_bias
        self.kernel_initializer = keras.initializers.get(kernel_initializer)
        self.input_spec = keras.layers.InputSpec(ndim=4)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Makes the kernel and the bias for inputs `(B, H, W, channels)`."""
        channels: Any = input_shape[-1]
        size = self.kernel_size
        self.kernel = self.add_weight(
            shape=(size, size, channels // self.groups, self.filters),
            initializer=self.kernel_initializer,
            name="kernel",
        )
        if self.use_bias:
            self.bias = self.add_weight(
                shape=(self.filters,), initializer="zeros", name="bias"
            )

    def call(self, inputs: Tensor) -> Tensor:
        """Returns maps of `filters` channels for inputs `(B, H, W, channels)`."""
        outputs = self.convolution(inputs, self.kernel)
        return outputs + self.bias if self.use_bias else outputs

    def convolution(self, inputs: Tensor, kernel: Tensor) -> Tensor:
        """Returns the maps before the bias, for inputs `(B, H, W, channels)`."""
        raise NotImplementedError

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        return {
            **super().get_config(),
            "filters": self.filters,
            "kernel_size": self.kernel_size,
            "use_bias": self.use_bias,
            "kernel_initializer": keras.initializers.serialize(self.kernel_initializer),
        }
