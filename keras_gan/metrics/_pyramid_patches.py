"""Draws patches of images at the levels of a Laplacian pyramid."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import ArrayLike

from keras_gan._checks import InputError, check_positive_int, check_value_range
from keras_gan.metrics._features import chunks

# Sides of levels are at least this long, but for images that are smaller themselves.
_SMALLEST = 16
# One of so many grey levels is the smallest standard deviation that is divided by.
_GREY_LEVELS = 255
_BLOCK_ENTRIES = 1 << 22  # float32 entries of a block of images: 16 MiB
_BINOMIAL = np.array([1, 4, 6, 4, 1], np.float32) / 16


def level_sides(image_shape: Sequence[int]) -> list[int]:
    """Returns the shorter side of each level of the pyramid, the finest first.

    Args:
        image_shape: (height, width, channels) of the images.
    """
    sides = [min(image_shape[:2])]
    while (half := math.ceil(sides[-1] / 2)) >= _SMALLEST:
        sides.append(half)
    return sides


def paired_patches(
    real: ArrayLike,
    fake: ArrayLike,
    *,
    patches_per_image: int,
    patch_size: int,
    seed: int,
    value_range: tuple[float, float],
    own_scale: bool = False,
) -> Iterator[tuple[int, np.ndarray, np.ndarray]]:
    """Yields for each level its shorter side and the patches of both sets.

    The image of the same place in both sets is cut at the same places.

    Yields:
        The side, and float32 patches `(images · patches_per_image, channels · size²)`,
        of which the mean and the standard deviation of each channel of the real
        patches (with `own_scale`, of their own set) are taken out.
    """
    patches_per_image = check_positive_int("patches_per_image", patches_per_image)
    patch_size = check_positive_int("patch_size", patch_size)
    seed = check_positive_int("seed", seed, minimum=0)
    low, high = check_value_range(value_range)
    sets = check_images("real", real), check_images("fake", fake)
    shape = sets[0].shape[1:]
    if sets[1].shape[1:] != shape:
        raise InputError(
            "`real` and `fake` must be images of one shape; got "
            f"{shape} and {sets[1].shape[1:]}. Resize one of them."
        )
    floor = (high - low) / _GREY_LEVELS
    for level, side in enumerate(level_sides(shape)):
        rng = np.random.default_rng((seed, level))
        height, width = _level_shape(shape, level)
        size = min(patch_size, side)
        ends = (height - size + 1, width - size + 1)
        count = max(len(images) for images in sets)
        corners = rng.integers(0, ends, (count, patches_per_image, 2))
        first, second = (_patches(images, level, corners, size) for images in sets)
        mean, deviation = _statistics(first, floor)
        of_fake = _statistics(second, floor) if own_scale else (mean, deviation)
        yield side, _scaled(first, mean, deviation), _scaled(second, *of_fake)


def check_images(argument: str, value: ArrayLike) -> np.ndarray:
    """Returns `value` as an array of images `(N, H, W, C)`, finite, N >= 1."""
    images = np.asarray(value)
    if images.dtype.kind not in "iuf" or images.ndim != 4 or 0 in images.shape:
        raise InputError(
            f"`{argument}` must be images (N, height, width, channels) of real "
            f"numbers; got {images.dtype} of shape {images.shape}."
        )
    if not np.isfinite(images).all():
        raise InputError(f"`{argument}` must be finite; it holds NaN or infinity.")
    return images


def laplacian_level(images: np.ndarray, level: int) -> np.ndarray:
    """Returns one level of the Laplacian pyramid of images, float32.

    Level 0 is the finest. The last one that `level_sides` names is what is left after
    the details of the finer levels are taken out.
    """
    last = len(level_sides(images.shape[1:])) - 1
    for _ in range(level):
        images = _halved(images)
    if level == last:
        return images
    return images - _doubled(_halved(images), images.shape)


def _level_shape(shape: Sequence[int], level: int) -> tuple[int, int]:
    height, width = (math.ceil(side / 2**level) for side in shape[:2])
    return height, width


def _halved(images: np.ndarray) -> np.ndarray:
    """Smooths images by the binomial filter and keeps every other row and column."""
    for axis in (1, 2):
        images = _filtered(images, axis, step=2)
    return images


def _doubled(images: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Spreads images over a grid of twice the size, `shape`, and smooths them."""
    spread = np.zeros(shape, images.dtype)
    spread[:, ::2, ::2] = images
    for axis in (1, 2):
        spread = 2 * _filtered(spread, axis)
    return spread


def _filtered(images: np.ndarray, axis: int, step: int = 1) -> np.ndarray:
    """Filters images along an axis, mirrored at their first and last pixels."""
    margins = [(0, 0)] * 4
    margins[axis] = (2, 2)
    padded = np.moveaxis(np.pad(images, margins, mode="reflect"), axis, 0)
    length = images.shape[axis]
    parts = (w * padded[i : i + length : step] for i, w in enumerate(_BINOMIAL))
    return np.moveaxis(sum(parts), 0, axis)  # type: ignore[arg-type]


def _patches(
    images: np.ndarray, level: int, corners: np.ndarray, size: int
) -> np.ndarray:
    """Returns the patches of a level at their corners, `(N · P, channels, size²)`."""
    channels, count = images.shape[-1], corners.shape[1]
    found = np.empty((len(images), count, channels, size, size), np.float32)
    for part in chunks(len(images), _BLOCK_ENTRIES // math.prod(images.shape[1:])):
        pixels = laplacian_level(images[part].astype(np.float32), level)
        windows = np.lib.stride_tricks.sliding_window_view(
            pixels, (size, size), axis=(1, 2)
        )
        top, left = np.moveaxis(corners[part.start : part.stop], -1, 0)
        found[part] = windows[np.arange(len(pixels))[:, None], top, left]
    return found.reshape(len(images) * count, channels, size * size)


def _statistics(patches: np.ndarray, floor: float) -> tuple[np.ndarray, np.ndarray]:
    """Returns the mean and the standard deviation of each channel, `(channels, 1)`."""
    mean = patches.mean(axis=(0, 2), dtype=np.float64)
    square = np.einsum("ncp,ncp->c", patches, patches, dtype=np.float64)
    variance = square / (patches.shape[0] * patches.shape[2]) - mean**2
    deviation = np.sqrt(np.maximum(variance, 0.0))
    return mean[:, np.newaxis], np.maximum(deviation, floor)[:, np.newaxis]


def _scaled(patches: np.ndarray, mean: np.ndarray, deviation: np.ndarray) -> np.ndarray:
    """Takes a mean and a deviation out of patches, in place; returns `(N, D)`."""
    patches -= mean.astype(np.float32)
    patches /= deviation.astype(np.float32)
    return patches.reshape(len(patches), -1)
