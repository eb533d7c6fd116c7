"""Sines and cosines of coordinates, appended to the coordinates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras

from keras_gan._checks import InputError, check_positive_float
from keras_gan._typing import Tensor


@keras.saving.register_keras_serializable("keras_gan")
class FourierFeatures(keras.layers.Layer):
    """Appends sin(f·x) and cos(f·x) of each coordinate x for each frequency f.

    A network of coordinates alone is slow to learn details that are much smaller than
    the whole; waves as short as the details let it see them from the beginning.
    Computes in float32, because half precision rounds a large angle by a large part of
    a turn.

    Takes `(..., C)` and returns `(..., C · (1 + 2 · len(frequencies)))`.

    Args:
        frequencies: The angular frequencies f > 0, in radians per unit of x.
        **kwargs: As in `keras.layers.Layer`.

    Raises:
        ValueError: If `frequencies` is empty, or one is not a positive number.

    Example:
        >>> layer = keras_gan.layers.FourierFeatures([1.0, 2.0])
        >>> layer(tf.zeros((4, 3))).shape  # 3 coordinates, 6 sines, 6 cosines
        TensorShape([4, 15])

    Source: Tancik et al., "Fourier features let networks learn high frequency functions
    in low dimensional domains", 2020, §5, with axis-aligned frequencies.
    """

    def __init__(self, frequencies: Sequence[float], **kwargs: Any) -> None:
        # With autocast Keras would round the coordinates before `call` gets them.
        super().__init__(autocast=False, **kwargs)
        self.frequencies = check_frequencies("frequencies", frequencies)
        if not self.frequencies:
            raise InputError("`frequencies` is empty; give at least one, as [1.0].")

    def call(self, inputs: Tensor) -> Tensor:
        """Returns `(..., F · (1 + 2 · len(frequencies)))` of `(..., F)` coordinates."""
        x: Any = keras.ops.cast(inputs, "float32")
        waves = [
            wave(frequency * x)
            for frequency in self.frequencies
            for wave in (keras.ops.sin, keras.ops.cos)
        ]
        return keras.ops.cast(
            keras.ops.concatenate([x, *waves], axis=-1), self.compute_dtype
        )

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> Any:
        """Returns the shape of the output."""
        width = input_shape[-1]
        wide = None if width is None else width * (1 + 2 * len(self.frequencies))
        return (*input_shape[:-1], wide)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        return {**super().get_config(), "frequencies": list(self.frequencies)}


def check_frequencies(argument: str, value: Any) -> tuple[float, ...]:
    """Returns `value` as positive floats.

    Raises:
        ValueError: If it is something else.
    """
    if not isinstance(value, (list, tuple)):
        raise InputError(
            f"`{argument}` must be a list of positive numbers, such as [2.0, 4.0]; got "
            f"{value!r}."
        )
    return tuple(check_positive_float(argument, one) for one in value)
