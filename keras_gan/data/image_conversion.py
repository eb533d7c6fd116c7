"""Converts images in memory to a height, width and number of channels.

Uses NumPy and Pillow alone.
"""

from __future__ import annotations

import itertools

import numpy as np
from PIL import Image

from keras_gan._checks import InputError

RESIZES = ("crop", "pad", "stretch")
"""Ways to give images another shape: cut off what is over, add white, or distort."""

# ITU-R 601 luma. The 16-bit fixed-point weights are Pillow's, so an array and the same
# picture in a file give the same grey.
LUMA = (0.299, 0.587, 0.114)
LUMA_16_BIT = (19595, 38470, 7471)


def fit_images(
    images: np.ndarray,
    shape: tuple[int, int, int],
    value_range: tuple[float, float],
    *,
    resize: str = "stretch",
    alpha: bool = False,
) -> np.ndarray:
    """Returns images of the wanted height, width and channels, in their own dtype.

    Resizing is bilinear with antialiasing: each new pixel averages all the pixels that
    it covers.

    Args:
        images: `(N, H, W, C)`, uint8 in 0..255 or float32 in `value_range`.
        shape: The `(height, width, channels)` wanted.
        value_range: Low and high of float images; uint8 images ignore it.
        resize: One of `RESIZES`, where the aspect ratio differs.
        alpha: Whether the last of 2 or 4 wanted channels is transparency. Colours are
            then averaged by how opaque they are, and become white where nothing is
            seen of them.

    Returns:
        `(N, height, width, channels)`.
    """
    height, width, channels = shape
    if images.dtype == np.uint8:
        value_range = (0, 255)
    converted = _convert_channels(images, channels, value_range)
    if alpha and channels in (2, 4):
        return _fit_with_alpha(converted, (height, width), value_range, resize)
    fitted = _resize(converted, (height, width), resize, value_range[1])
    # Rounded float weights can exceed the bounds by one unit in the last place.
    return fitted if fitted is images else fitted.clip(*value_range)


def _convert_channels(
    images: np.ndarray, channels: int, value_range: tuple[float, float]
) -> np.ndarray:
    """Makes colour luma, grey three equal channels, and adds or removes alpha."""
    stored = images.shape[-1]
    if stored == channels:
        return images
    if stored not in (1, 2, 3, 4) or channels not in (1, 2, 3, 4):
        raise InputError(
            f"`channels={channels}` needs images with 1 channel (grey) or 3 (RGB), or "
            f"2 or 4 (the same with alpha); got images with {stored} channels."
        )
    if channels in (2, 4):
        opaque = np.full_like(images[..., :1], value_range[1])
        colours, own = (
            (images[..., :-1], images[..., -1:])
            if stored in (2, 4)
            else (images, opaque)
        )
        colours = _convert_channels(colours, channels - 1, value_range)
        return np.concatenate([colours, own], axis=-1)
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


def _fit_with_alpha(
    images: np.ndarray,
    size: tuple[int, int],
    value_range: tuple[float, float],
    resize: str,
) -> np.ndarray:
    """Resizes colours that are weighted by their alpha, the last channel."""
    low, high = value_range
    unit = (images.astype(np.float32) - low) / (high - low)
    alpha = unit[..., -1:]
    weighted = np.concatenate([unit[..., :-1] * alpha, alpha], axis=-1)
    weighted = _resize(weighted, size, resize, fill=0.0).clip(0.0, 1.0)
    alpha = weighted[..., -1:]
    seen = alpha > 1 / 512  # less than half a step of 8 bits
    colours = np.where(seen, weighted[..., :-1] / np.where(seen, alpha, 1.0), 1.0)
    fitted = np.concatenate([colours, np.where(seen, alpha, 0.0)], axis=-1).clip(0, 1)
    fitted = low + (high - low) * fitted
    return (fitted.round() if images.dtype == np.uint8 else fitted).astype(images.dtype)


def _resize(
    images: np.ndarray, size: tuple[int, int], resize: str, fill: float
) -> np.ndarray:
    """Resizes images; `fill` is the value of what is padded."""
    if images.shape[1:3] == size:
        return images
    channels = images.shape[-1]
    resized = np.empty((len(images), *size, channels), images.dtype)
    # Pillow has modes for 8-bit colours, and for single planes of 8 bits or floats.
    # All give the same pixels.
    is_whole = channels == 3 and images.dtype == np.uint8
    parts = [slice(None)] if is_whole else range(channels)
    for number, part in itertools.product(range(len(images)), parts):
        picture = Image.fromarray(np.ascontiguousarray(images[number, :, :, part]))
        resized[number, :, :, part] = fit_picture(picture, size, resize, fill)
    return resized


def fit_picture(
    picture: Image.Image, size: tuple[int, int], resize: str, fill: float = 255
) -> np.ndarray:
    """Returns a picture of Pillow in another size, as an array.

    Args:
        picture: Its mode is "L", "RGB" or "F"; others would be resized otherwise.
        size: The `(height, width)` wanted.
        resize: One of `RESIZES`.
        fill: The value of what is padded.

    Returns:
        `(height, width)`, or `(height, width, 3)` of colours.
    """
    if (picture.height, picture.width) == size:
        return np.asarray(picture)
    (top, left, bottom, right), inner = _boxes(
        (picture.height, picture.width), size, resize
    )
    fitted = np.asarray(
        picture.resize(
            (inner[1], inner[0]),
            Image.Resampling.BILINEAR,
            box=(left, top, right, bottom),
        )
    )
    if inner == size:
        return fitted
    padded = np.full((*size, *fitted.shape[2:]), fill, fitted.dtype)
    rows, columns = ((full - part) // 2 for full, part in zip(size, inner, strict=True))
    padded[rows : rows + inner[0], columns : columns + inner[1]] = fitted
    return padded


def _boxes(
    stored: tuple[int, int], size: tuple[int, int], resize: str
) -> tuple[tuple[float, float, float, float], tuple[int, int]]:
    """Returns the part of an image that is used, and the size that it is given.

    Args:
        stored: The `(height, width)` of the image.
        size: The `(height, width)` wanted.
        resize: One of `RESIZES`.

    Returns:
        The (top, left, bottom, right) of the part, and its new `(height, width)`.
    """
    pairs = list(zip(size, stored, strict=True))
    scales = [new / old for new, old in pairs]
    whole = (0.0, 0.0, float(stored[0]), float(stored[1]))
    if resize == "pad":
        scale = min(scales)
        height, width = (max(1, min(n, round(old * scale))) for n, old in pairs)
        return whole, (height, width)
    if resize == "crop":
        height, width = (new / max(scales) for new in size)
        top, left = (stored[0] - height) / 2, (stored[1] - width) / 2
        return (top, left, top + height, left + width), size
    return whole, size
