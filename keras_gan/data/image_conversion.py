"""Converts images in memory to a height, width and number of channels.

Uses NumPy and Pillow alone.
"""

from __future__ import annotations

import numpy as np
from PIL import Image

from keras_gan._checks import InputError

# ITU-R 601 luma. The 16-bit fixed-point weights are Pillow's, so an array and the same
# picture in a file give the same grey.
LUMA = (0.299, 0.587, 0.114)
LUMA_16_BIT = (19595, 38470, 7471)


def fit_images(
    images: np.ndarray,
    shape: tuple[int, int, int],
    value_range: tuple[float, float],
) -> np.ndarray:
    """Returns images of the wanted height, width and channels, in their own dtype.

    Resizing is bilinear with antialiasing (each new pixel averages all the pixels that
    it covers), and stretches where the aspect ratio differs.

    Args:
        images: `(N, H, W, C)`, uint8 in 0..255 or float32 in `value_range`.
        shape: The `(height, width, channels)` wanted.
        value_range: Low and high of float images; uint8 images ignore it.

    Returns:
        `(N, height, width, channels)`.
    """
    height, width, channels = shape
    if images.dtype == np.uint8:
        value_range = (0, 255)
    fitted = _resize(_convert_channels(images, channels, value_range), (height, width))
    # Rounded float weights can exceed the bounds by one unit in the last place.
    return fitted if fitted is images else fitted.clip(*value_range)


def _convert_channels(
    images: np.ndarray, channels: int, value_range: tuple[float, float]
) -> np.ndarray:
    """Makes colour luma, grey three equal channels, and transparency white."""
    stored = images.shape[-1]
    if stored == channels:
        return images
    if stored not in (1, 2, 3, 4):
        raise InputError(
            f"`channels={channels}` needs images with 1 channel (grey) or 3 (RGB), or "
            f"2 or 4 (the same with alpha); got images with {stored} channels."
        )
    if stored in (2, 4):
        return _convert_channels(
            _over_white(images, value_range), channels, value_range
        )
    return np.repeat(images, channels, axis=-1) if stored == 1 else _luma(images)


def _luma(images: np.ndarray) -> np.ndarray:
    if images.dtype == np.uint8:
        weighted = images.astype(np.uint32) @ np.array(LUMA_16_BIT, np.uint32)
        return ((weighted + 0x8000) >> 16).astype(np.uint8)[..., None]
    return (images @ np.array(LUMA, images.dtype))[..., None]


def _over_white(images: np.ndarray, value_range: tuple[float, float]) -> np.ndarray:
    """Returns images without alpha, laid over white as a viewer shows them."""
    low, high = value_range
    colours = images[..., :-1].astype(np.float32)
    alpha = (images[..., -1:].astype(np.float32) - low) / (high - low)
    blended = high + (colours - high) * alpha
    if images.dtype == np.uint8:
        blended = blended.round()
    return blended.astype(images.dtype)


def _resize(images: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    if images.shape[1:3] == size:
        return images
    height, width = size
    resized = np.empty((len(images), height, width, images.shape[-1]), images.dtype)
    # Pillow has an 8-bit and a float mode for single planes. One plane at a time
    # therefore serves both dtypes and any number of channels.
    for position in np.ndindex(len(images), images.shape[-1]):
        plane = np.ascontiguousarray(images[position[0], :, :, position[1]])
        resized[position[0], :, :, position[1]] = Image.fromarray(plane).resize(
            (width, height), Image.Resampling.BILINEAR
        )
    return resized
