"""Maps images from and to their value range, at the ends of networks."""

from __future__ import annotations

import keras
import numpy as np

from keras_gan._checks import InputError
from keras_gan._typing import Tensor


def to_value_range(linear: Tensor, value_range: tuple[float, float] | None) -> Tensor:
    """Maps real numbers onto `value_range`, by tanh if it is symmetric, else a sigmoid.

    The result is float32 whatever the network's policy, because bfloat16 cannot tell
    256 shades apart near white. Without a range the numbers stay as they are.
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
    mean: np.ndarray, value_range: tuple[float, float] | None, margin: float = 1e-7
) -> np.ndarray:
    """Returns the inverse of `to_value_range` at the mean of the data.

    With this bias a generator whose last weights are small starts out at the mean.

    Args:
        mean: The mean image in `value_range`.
        value_range: (low, high) of the images.
        margin: The least distance of the mean from both ends, as a share of the range.
            Without it, pixels that are always black would need an infinite bias; with
            the authors' 1e-7 they start at σ(−16.1) and stay all but black.

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
    # tanh(x) = 2 σ(2x) − 1, so the inverse of tanh is half the logit.
    return (logit / 2 if low == -high else logit).astype(np.float32)
