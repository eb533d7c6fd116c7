"""Grouped convolutions that train on every device and can be exported."""

from __future__ import annotations

from typing import Any

import keras

from keras_gan._checks import InputError, check_positive_int
from keras_gan._typing import Tensor
from keras_gan.layers._conv_2d_base import Conv2DBase


def grouped_convolution(inputs: Tensor, kernel: Tensor, groups: int) -> Tensor:
    """Convolves each group of channels with kernels of its own, zero-padded.

    Args:
        inputs: `(B, H, W, channels)`.
        kernel: `(height, width, channels / groups, filters)`; the first
            `filters / groups` filters belong to the first group.
        groups: The number of groups.

    Returns:
        `(B, H, W, filters)`.
    """
    # TensorFlow has no gradient of a grouped convolution on CPU. Keras therefore
    # compiles it with XLA, which ONNX cannot express and a server may lack. One
    # convolution for each group needs no XLA.
    parts: Any = keras.ops.split(inputs, groups, axis=-1)
    kernels: Any = keras.ops.split(kernel, groups, axis=-1)
    convolved = [
        keras.ops.conv(part, own, padding="same", data_format="channels_last")
        for part, own in zip(parts, kernels, strict=True)
    ]
    return keras.ops.concatenate(convolved, axis=-1)


@keras.saving.register_keras_serializable("keras_gan")
class GroupedConv2D(Conv2DBase):
    """A convolution of groups of channels, each with kernels of its own.

    It equals `keras.layers.Conv2D(filters, kernel_size, padding="same",
    groups=groups)`, with weights of the same shapes, but needs no XLA: it has
    gradients of any order on every device, and exports.

    Takes `(B, H, W, channels)` and returns `(B, H, W, filters)`.

    Args:
        filters: The number of output channels.
        kernel_size: Height and width of the kernels in pixels.
        groups: The number of groups, which divides the channels and `filters`.
        use_bias: Whether to add a bias to each output channel.
        kernel_initializer: Initializer of the kernel
            `(kernel_size, kernel_size, channels / groups, filters)`.
        **kwargs: As in `keras.layers.Layer`.

    Raises:
        ValueError: If `groups` does not divide the channels of inputs and outputs, or
            an argument is no positive integer.

    Example:
        >>> layer = keras_gan.layers.GroupedConv2D(64, kernel_size=3, groups=4)
        >>> layer(keras.ops.ones((2, 8, 8, 32))).shape
        TensorShape([2, 8, 8, 64])

    Source: Xie et al., "Aggregated residual transformations for deep neural networks",
    2017, §3.3.
    """

    def __init__(
        self, filters: int, kernel_size: int, groups: int, **kwargs: Any
    ) -> None:
        super().__init__(filters, kernel_size, **kwargs)
        self.groups = check_positive_int("groups", groups)
        _check_groups("filters", self.filters, self.groups)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Makes the kernel and the bias for inputs `(B, H, W, channels)`."""
        _check_groups("inputs", input_shape[-1], self.groups)
        super().build(input_shape)

    def convolution(self, inputs: Tensor, kernel: Tensor) -> Tensor:
        """Returns the convolution before the bias, `(B, H, W, filters)`.

        Args:
            inputs: `(B, H, W, channels)`.
            kernel: `(kernel_size, kernel_size, channels / groups, filters)`.
        """
        return grouped_convolution(inputs, kernel, self.groups)

    def compute_output_shape(
        self, input_shape: tuple[int | None, ...]
    ) -> tuple[int | None, ...]:
        """Returns `(B, H, W, filters)`."""
        return (*input_shape[:-1], self.filters)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        return {**super().get_config(), "groups": self.groups}


def _check_groups(argument: str, channels: int | None, groups: int) -> None:
    if channels is None or channels % groups:
        raise InputError(
            f"`{argument}` must have channels that `groups={groups}` divides; got "
            f"{channels}."
        )
