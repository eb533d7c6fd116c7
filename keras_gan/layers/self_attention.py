"""Self-attention between the places of a feature map."""

from __future__ import annotations

from typing import Any

import keras

from keras_gan._checks import InputError
from keras_gan._typing import Tensor
from keras_gan.layers.spectral_normalization import SpectralNormalization

# Whatever `image_data_format` in the user's keras.json is.
_LAST: dict[str, Any] = {"data_format": "channels_last"}


def attend(queries: Tensor, keys: Tensor, values: Tensor) -> Tensor:
    """Returns for each query a mean of the values, weighted by the match of their keys.

    `o[b, j] = Σ_i β[b, j, i] · values[b, i]` with `β[b, j] = softmax(queries[b, j] ·
    keys[b, i])` over i, which is computed in float32.

    Args:
        queries: `(B, M, D)`.
        keys: `(B, N, D)`.
        values: `(B, N, E)`.

    Source: Zhang et al., "Self-attention generative adversarial networks", 2019, eq. 1
    and 2.
    """
    scores = keras.ops.matmul(queries, keras.ops.transpose(keys, (0, 2, 1)))
    weights = keras.ops.softmax(keras.ops.cast(scores, "float32"), axis=-1)
    return keras.ops.matmul(keras.ops.cast(weights, values.dtype), values)


@keras.saving.register_keras_serializable("keras_gan")
class SelfAttention(keras.layers.Layer):
    """Adds to every place of a feature map a weighted mean over all places.

    `output = γ · v(o) + input`, where o is the attention of queries g over keys f and
    values h. f, g, h and v are 1×1 convolutions without a bias: f and g to C/8
    channels, h to C/2 and v back to C. f and h are pooled 2×2, which saves three
    quarters of the memory, as in the authors' code. γ is learned and starts at 0, where
    the layer returns its input.

    Takes `(B, H, W, C)` and returns the same shape.

    Args:
        spectral_normalization: Whether the four kernels are each divided by their
            largest singular value.
        **kwargs: As in `keras.layers.Layer`.

    Raises:
        ValueError: If the height and width of the maps are unknown or below 2.

    Example:
        >>> keras_gan.layers.SelfAttention()(keras.ops.ones((2, 8, 8, 16))).shape
        TensorShape([2, 8, 8, 16])

    Source: Zhang et al., "Self-attention generative adversarial networks", 2019, §3.
    """

    def __init__(self, spectral_normalization: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.spectral_normalization = spectral_normalization
        self.input_spec = keras.layers.InputSpec(ndim=4)

    def build(self, input_shape: Any) -> None:
        """Makes the convolutions for inputs `(B, H, W, C)`, and γ."""
        _, height, width, channels = input_shape
        if height is None or width is None or min(height, width) < 2:
            raise InputError(
                "`SelfAttention` needs maps of a known height and width of at least "
                f"2; they are {height}×{width}. Give `keras.Input` such a shape."
            )
        self.f = self._convolution("f", max(1, channels // 8))
        self.g = self._convolution("g", max(1, channels // 8))
        self.h = self._convolution("h", max(1, channels // 2))
        self.v = self._convolution("v", channels)
        for convolution in (self.f, self.g, self.h):
            convolution.build(input_shape)
        self.v.build((*input_shape[:-1], max(1, channels // 2)))
        self.gamma = self.add_weight(shape=(), initializer="zeros", name="gamma")

    def call(self, inputs: Tensor) -> Tensor:
        """Returns maps like `inputs`, `(B, H, W, C)`."""
        keys = keras.ops.max_pool(self.f(inputs), 2, **_LAST)
        values = keras.ops.max_pool(self.h(inputs), 2, **_LAST)
        attended = attend(*map(_as_places, (self.g(inputs), keys, values)))
        _, height, width, _ = inputs.shape
        maps = keras.ops.reshape(attended, (-1, height, width, attended.shape[-1]))
        return self.gamma * self.v(maps) + inputs

    def compute_output_shape(
        self, input_shape: tuple[int | None, ...]
    ) -> tuple[int | None, ...]:
        """Returns the shape of the input."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        return {
            **super().get_config(),
            "spectral_normalization": self.spectral_normalization,
        }

    def _convolution(self, name: str, filters: int) -> keras.layers.Layer:
        layer = keras.layers.Conv2D(
            filters, 1, use_bias=False, dtype=self.dtype_policy, name=name, **_LAST
        )
        if self.spectral_normalization:
            return SpectralNormalization(layer, name=name)
        return layer


def _as_places(maps: Tensor) -> Tensor:
    """Reshapes `(B, H, W, C)` to `(B, H · W, C)`."""
    _, height, width, channels = maps.shape
    return keras.ops.reshape(maps, (-1, height * width, channels))
