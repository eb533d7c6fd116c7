"""What the range of the images asks of the networks' ends."""

from __future__ import annotations

import keras
import numpy as np

from keras_gan._checks import InputError
from keras_gan._typing import Tensor


def to_value_range(linear: Tensor, value_range: tuple[float, float] | None) -> Tensor:
    """Maps real numbers onto `value_range`: tanh where it is symmetric, or sigmoid.

    In float32 whatever the network computes in: bfloat16 has no 256 shades near white.
    Without a range they stay as they are.
    """
    if value_range is None:
        return keras.layers.Activation("linear", dtype="float32")(linear)
    low, high = value_range
    symmetric = low == -high
    squash = "tanh" if symmetric else "sigmoid"
    images = keras.layers.Activation(squash, dtype="float32")(linear)
    scale, offset = (high, 0.0) if symmetric else (high - low, low)
    if (scale, offset) != (1.0, 0.0):
        images = keras.layers.Rescaling(scale, offset, dtype="float32")(images)
    return images


def to_unit_range(images: Tensor, value_range: tuple[float, float] | None) -> Tensor:
    """Maps `value_range`, if there is one, onto [0, 1], linearly."""
    return _rescale(images, value_range, (0.0, 1.0))


def to_symmetric_range(
    images: Tensor, value_range: tuple[float, float] | None
) -> Tensor:
    """Maps `value_range`, if there is one, onto [-1, 1], linearly."""
    return _rescale(images, value_range, (-1.0, 1.0))


def _rescale(
    images: Tensor,
    value_range: tuple[float, float] | None,
    wanted: tuple[float, float],
) -> Tensor:
    if value_range is None or value_range == wanted:
        return images
    scale = (wanted[1] - wanted[0]) / (value_range[1] - value_range[0])
    offset = wanted[0] - scale * value_range[0]
    return keras.layers.Rescaling(scale, offset)(images)


def bias_for_mean(
    mean: np.ndarray, value_range: tuple[float, float] | None, margin: float = 1e-2
) -> np.ndarray:
    """The inverse of `to_value_range` at the data's mean.

    With it a generator whose last weights are small starts out at the mean image.

    Args:
        mean: The mean image in `value_range`.
        value_range: (low, high) of the images.
        margin: How far from 0 and 1 the mean is kept, as a share of the range, since
            pixels that are never lit would need an infinite bias.

    Returns:
        The biases, of the shape of `mean`, float32.
    """
    if value_range is None:
        return np.asarray(mean, np.float32)
    low, high = value_range
    share = (np.asarray(mean, np.float64) - low) / (high - low)
    if np.any(share < 0) or np.any(share > 1):
        raise InputError(
            f"`data_mean` must lie in `value_range=({low:g}, {high:g})`; got values "
            f"from {np.min(mean):g} to {np.max(mean):g}."
        )
    share = np.clip(share, margin, 1 - margin)
    logit = np.log(share) - np.log1p(-share)
    # tanh(x) = 2 σ(2x) − 1, so that its inverse is half the logit.
    return (logit / 2 if low == -high else logit).astype(np.float32)
