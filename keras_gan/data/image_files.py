"""Reads image files: their headers and their pixels."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from keras_gan._checks import InputError
from keras_gan.data.image_conversion import fit_images

GREY_16_BIT_MODES = {"I;16", "I;16B", "I;16L", "I;16N"}
GREY_MODES = {"1", "L", "LA", *GREY_16_BIT_MODES}
EXIF_ORIENTATION = 0x0112
# Pillow reads further formats, some of them by starting other programs, which an
# image from a stranger must not do.
FORMATS = ("PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF", "PPM")


@dataclass(frozen=True)
class ImageHeader:
    """The `(height, width)` of an upright image, and whether it is grey."""

    size: tuple[int, int]
    is_grey: bool


def read_header(path: Path) -> ImageHeader:
    """Reads the header of an image file, with Pillow's cheap check of the whole file.

    Raises:
        InputError: If the file is not an image, or not one of 8 or 16 bits.
    """
    try:
        with Image.open(path, formats=FORMATS) as image:
            width, height = image.size
            if _is_photograph(image) and image.getexif().get(EXIF_ORIENTATION, 1) >= 5:
                width, height = height, width  # stored lying on its side
            if image.mode in ("I", "F"):
                raise InputError(f"{path} has 32-bit pixels; save it with 8 bits.")
            header = ImageHeader((height, width), image.mode in GREY_MODES)
            image.verify()
    except InputError:
        raise
    except Exception as error:  # verify() is documented to raise "suitable" errors
        raise InputError(
            f"{path} is not an image that can be read ({error}); repair or remove it."
        ) from error
    return header


def decode(path: Path, shape: tuple[int, int, int]) -> np.ndarray:
    """Reads an image file as uint8 of `(height, width, channels)`, upright.

    Raises:
        InputError: If the file is damaged.
    """
    try:
        with Image.open(path, formats=FORMATS) as image:
            pixels = _pixels(_upright(image))
    except Exception as error:  # Pillow's decoders raise whatever they meet
        raise InputError(f"{path} cannot be decoded: {error}") from error
    return fit_images(pixels[None], shape, (0, 255))[0]


def _is_photograph(image: Image.Image) -> bool:
    """Returns whether the file may hold an orientation, which only cameras write.

    In a PNG file, reading it would decode the whole image.
    """
    return image.format in ("JPEG", "MPO")


def _upright(image: Image.Image) -> Image.Image:
    return ImageOps.exif_transpose(image) if _is_photograph(image) else image


def _pixels(image: Image.Image) -> np.ndarray:
    """Returns `(H, W, C)` uint8: grey or RGB, with or without alpha."""
    if image.mode in GREY_16_BIT_MODES:
        grey = np.asarray(image).astype(np.float32) / 257
        return grey.round().astype(np.uint8)[..., None]
    colours = "L" if image.mode in GREY_MODES else "RGB"
    mode = colours + ("A" if image.has_transparency_data else "")
    pixels = np.asarray(image if image.mode == mode else image.convert(mode))
    return pixels[..., None] if pixels.ndim == 2 else pixels
