"""Tells pictures from other arrays, makes pixels of them and writes PNG files."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from keras_gan._checks import InputError
from keras_gan._files import atomic_path
from keras_gan._version import __version__

if TYPE_CHECKING:
    from PIL import Image

# Text chunks of PNG files.
SOFTWARE = f"keras_gan {__version__}"
SYNTHETIC = "synthetic: drawn by a generative adversarial network"


def is_picture(image_shape: Sequence[int | None]) -> bool:
    """Tells whether the shape is (height, width, channels) with 1 or 3 channels."""
    return len(image_shape) == 3 and image_shape[-1] in (1, 3)


def picture_range(
    image_shape: Sequence[int], value_range: tuple[float, float] | None
) -> tuple[float, float]:
    """Returns the range that is drawn as black and white, if images are pictures.

    A picture has the shape (height, width, channels), with 1 or 3 channels, and a range
    of values. Points and tables are no pictures.

    Args:
        image_shape: The shape of one image.
        value_range: (low, high) of its values; None if they have no range.

    Raises:
        ValueError: If the images are no pictures.
    """
    if value_range is None or not is_picture(image_shape):
        raise InputError(
            "Pictures need images (height, width, 1 or 3) in a `value_range`; these "
            f"have the shape {tuple(image_shape)} and the range {value_range}."
        )
    return value_range


def range_of_pictures(
    images: np.ndarray, value_range: tuple[float, float] | None
) -> tuple[float, float]:
    """Returns `picture_range` of an array, or (0, 255) if its values are bytes.

    Args:
        images: `(N, ...)` images.
        value_range: (low, high) of float images; None if they have no range.

    Raises:
        ValueError: If the images are no pictures.
    """
    if images.dtype == np.uint8:
        value_range = (0.0, 255.0)
    return picture_range(images.shape[1:], value_range)


def to_pixels(
    images: npt.ArrayLike, value_range: tuple[float, float], argument: str = "images"
) -> np.ndarray:
    """Returns the pixels of pictures, `(N, H, W, C)` uint8.

    Args:
        images: `(N, H, W, C)` with 1 or 3 channels, or `(N, H, W)`.
        value_range: (low, high), mapped to 0 and 255. Values outside are clipped; NaN
            becomes 0.
        argument: The name of `images` in an error message.

    Raises:
        ValueError: If the images are no pictures, or there are none.
    """
    array = np.asarray(images)
    if array.ndim == 3:
        array = array[..., np.newaxis]
    if array.size == 0 or not is_picture(array.shape[1:]):
        raise InputError(
            f"`{argument}` must have shape (N, H, W) or (N, H, W, C) with 1 or 3 "
            f"channels; got {np.shape(images)}."
        )
    low, high = value_range
    unit = (array.astype(np.float64) - low) / (high - low)
    unit = np.nan_to_num(unit, nan=0.0, posinf=1.0, neginf=0.0)
    return np.rint(255.0 * np.clip(unit, 0.0, 1.0)).astype(np.uint8)


def save_picture(
    path: str | os.PathLike[str],
    picture: Image.Image,
    *,
    metadata: Mapping[str, str] | None = None,
) -> None:
    """Writes a picture of `image_grid`, `class_grid` or their like to a PNG file.

    Args:
        path: The file; replaced whole or not at all.
        picture: A PIL image.
        metadata: Text chunks besides "Software"; by default a "Source" that says that
            the images are synthetic. Real images want another.

    Example:
        >>> save_picture("grid.png", image_grid(images, value_range=(-1, 1)))
    """
    from PIL.PngImagePlugin import PngInfo

    chunks = PngInfo()
    metadata = {"Source": SYNTHETIC} if metadata is None else metadata
    for key, text in {"Software": SOFTWARE, **metadata}.items():
        chunks.add_text(key, text)
    with atomic_path(path) as temporary:
        picture.save(temporary, format="PNG", pnginfo=chunks)
