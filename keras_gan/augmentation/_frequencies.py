"""The filtering and the noise of Karras et al. 2020."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable

import numpy as np
import tensorflow as tf

from keras_gan._typing import Tensor
from keras_gan.augmentation._numbers import log_normal, normal
from keras_gan.augmentation._transformations import color_channels, on_colors
from keras_gan.priors.philox import box_muller, tensorflow_operations

BANDS = 4
# λ, the power that images are expected to have in each band, from low to high.
_POWER = np.array([10.0, 1.0, 1.0, 1.0]) / 13.0


def band(number: int) -> Callable[[Tensor, Tensor], Tensor]:
    """Returns the transformation of one frequency band, 0 the lowest.

    It makes a diagonal `(B, 4, 4)` matrix of the four bands' gains. The band's own is
    2^z, z ~ N(0, 1), the others are 1, and all are divided by the square root of the
    expected power.
    """
    own = np.eye(BANDS)[number]

    def gains(images: Tensor, uniforms: Tensor) -> Tensor:
        gain = log_normal(uniforms[:, :1], 1.0)
        all_gains = (1.0 - own) + own * gain
        power = tf.reduce_sum(_POWER * all_gains**2, axis=1, keepdims=True)
        return tf.linalg.diag(all_gains / tf.sqrt(power))

    return gains


def filter_bands(images: Tensor, matrices: Tensor) -> Tensor:
    """Amplifies the bands of rows and of columns by the diagonals of the matrices."""
    gains = tf.linalg.diag_part(matrices)
    rows, columns = (
        tf.einsum("bk,kij->bij", gains, tf.constant(band_filters(size), gains.dtype))
        for size in images.shape[1:3]
    )
    return tf.einsum(
        "bxj,byjc->byxc", columns, tf.einsum("byi,bixc->byxc", rows, images)
    )


@functools.lru_cache(maxsize=8)
def band_filters(size: int) -> np.ndarray:
    """Returns the `(4, size, size)` matrices that filter a line of pixels.

    They add up to the identity. The line is reflected at its ends. The filters come
    from the wavelet of two vanishing moments (Daubechies 1992): a low pass L and a high
    pass 1 − L split a band in two.
    """
    root = math.sqrt(3.0)
    wavelet = np.array([1 - root, 3 - root, 3 + root, 1 + root]) / (4 * math.sqrt(2))
    low = np.convolve(wavelet, wavelet[::-1]) / 2
    high = low * -((-1.0) ** np.arange(low.size))
    high[low.size // 2] = low[low.size // 2]
    rest, filters = np.ones(1), []
    for octave in range(BANDS - 1):
        pair = [np.kron(taps, np.eye(1, 2**octave)[0]) for taps in (low, high)]
        low_pass, high_pass = (taps[: 6 * 2**octave + 1] for taps in pair)
        filters.insert(0, np.convolve(rest, high_pass))
        rest = np.convolve(rest, low_pass)
    filters.insert(0, rest)
    matrices = np.zeros((BANDS, size, size))
    for kind, taps in enumerate(filters):
        for offset, tap in enumerate(taps, start=-(taps.size // 2)):
            np.add.at(matrices[kind], _reflected_line(size, offset), tap)
    return matrices


def _reflected_line(size: int, offset: int) -> tuple[np.ndarray, np.ndarray]:
    """Returns the rows, and for each the column `offset` away, reflected."""
    rows = np.arange(size)
    period = max(2 * (size - 1), 1)
    away = (rows + offset) % period
    return rows, np.minimum(away, period - away) if size > 1 else rows


def noise_numbers(image_shape: tuple[int, ...]) -> int:
    """Returns one number for σ, and an even number for the values."""
    height, width, channels = image_shape
    values = height * width * color_channels(channels)
    return 1 + values + values % 2


@on_colors
def noise(images: Tensor, uniforms: Tensor) -> Tensor:
    """Adds N(0, σ²) to each value, σ = |z|, z ~ N(0, 0.1²), for each image."""
    values = math.prod(images.shape[1:])
    smallest = tf.maximum(uniforms[:, 1:], 2.0**-24)
    normals = box_muller(smallest, tensorflow_operations())[:, :values]
    std = tf.abs(0.1 * normal(uniforms[:, :1]))
    return images + tf.reshape(std * normals, tf.shape(images))
