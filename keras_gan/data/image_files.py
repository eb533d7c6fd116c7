"""Reads image files: their headers and their pixels."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from keras_gan._checks import InputError, one_line
from keras_gan._files import open_file
from keras_gan._limits import LIMITS
from keras_gan.data.image_conversion import fit_images, fit_picture
from keras_gan.data.source_range import FULL_RANGES, Range, to_floats

GREY_16_BIT_MODES = {"I;16", "I;16B", "I;16L", "I;16N"}
GREY_32_BIT_MODES = {"I", "F"}
# The modes of 8-bit images without transparency, by their channels.
_OPAQUE_MODES = {1: "L", 3: "RGB"}
GREY_MODES = {"1", "L", "LA", *GREY_16_BIT_MODES}
EXIF_ORIENTATION = 0x0112
_JPEG_END = b"\xff\xd9"
# Pillow reads further formats, some of them by starting other programs, which an
# image from a stranger must not do.
FORMATS = ("PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF", "PPM")


@dataclass(frozen=True)
class ImageHeader:
    """The size and kind of an image file.

    Attributes:
        size: The `(height, width)` of the upright image.
        is_grey: Whether it has no colours.
        bits: Bits of a value: 8, 16, or 32 for signed and floating values too.
        is_rounded: Whether its values of 16 bits can be read as 8 bits only.
        is_animated: Whether more frames follow the first, which alone is read.
    """

    size: tuple[int, int]
    is_grey: bool
    bits: int = 8
    is_rounded: bool = False
    is_animated: bool = False


def read_header(path: Path) -> ImageHeader:
    """Reads the header of an image file, with Pillow's cheap check of the whole file.

    Raises:
        InputError: If the file is not an image, or cannot be read.
    """
    try:
        with open_file(path) as file, _picture(file) as image:
            width, height = image.size
            if width * height > LIMITS.pixels:
                raise ValueError(
                    f"{width} x {height} are more than the {LIMITS.pixels:,} pixels "
                    "that are read; make it smaller"
                )
            if _is_photograph(image) and image.getexif().get(EXIF_ORIENTATION, 1) >= 5:
                width, height = height, width  # stored lying on its side
            is_grey = image.mode in GREY_MODES or image.mode in GREY_32_BIT_MODES
            is_rounded = _is_16_bit_colour(image) and image.format != "PNG"
            bits, is_animated = _bits(image), _is_animated(image)
            if image.format == "JPEG" and not _has_jpeg_end(file):
                image.load()  # raises an error, if more than the end is missing
            image.verify()
    except Exception as error:  # verify() is documented to raise "suitable" errors
        raise InputError(
            f"{path} is not an image that can be read ({_reason(error)}); repair or "
            "remove it."
        ) from error
    return ImageHeader((height, width), is_grey, bits, is_rounded, is_animated)


def decode(
    path: Path, shape: tuple[int, int, int], resize: str = "stretch"
) -> np.ndarray:
    """Reads an image file of 8 bits as uint8 `(height, width, channels)`, upright.

    Args:
        path: The file.
        shape: The `(height, width, channels)` wanted; of 2 and 4 the last is alpha.
        resize: As in `fit_images`.

    Raises:
        InputError: If the file is damaged.
    """
    try:
        with _opened(path) as image:
            picture = _without_palette(_upright(image))
            if picture.mode == _OPAQUE_MODES.get(shape[2]):
                # Unlike an array, Pillow's picture is resized without Python's lock.
                return fit_picture(picture, shape[:2], resize).reshape(shape)
            pixels = _pixels(picture)
    except Exception as error:  # Pillow's decoders raise whatever they meet
        raise InputError(f"{path} cannot be decoded: {_reason(error)}") from error
    return fit_images(pixels[None], shape, (0, 255), resize=resize, alpha=True)[0]


def decode_floats(
    path: Path,
    shape: tuple[int, int, int],
    source_range: Range | None,
    value_range: Range,
    resize: str = "stretch",
) -> np.ndarray:
    """Reads an image file of any number of bits as float32 in a value range, upright.

    Args:
        path: The file.
        shape: The `(height, width, channels)` wanted.
        source_range: (low, high) of the stored values; None for the file's full range.
        value_range: (low, high) of the result.
        resize: As in `fit_images`.

    Raises:
        InputError: If the file is damaged, or has values outside `source_range`.
    """
    pixels = read_values(path)
    full_range = FULL_RANGES.get(pixels.dtype.name, (0.0, 1.0))
    images = to_floats(str(path), pixels[None], source_range or full_range, value_range)
    return fit_images(images, shape, value_range, resize=resize, alpha=True)[0]


def read_values(path: Path) -> np.ndarray:
    """Reads an image file as it is stored: `(H, W, C)` uint8, uint16, int32 or float32.

    Raises:
        InputError: If the file is damaged.
    """
    try:
        with _opened(path) as image:
            if _is_16_bit_colour(image) and image.format == "PNG":
                return _png_of_16_bits(path)
            bits = _bits(image)
            if bits == 8 or _is_16_bit_colour(image):
                return _pixels(_upright(image))
            grey = np.asarray(image)[..., None]
    except Exception as error:  # Pillow's decoders raise whatever they meet
        raise InputError(f"{path} cannot be decoded: {_reason(error)}") from error
    return grey.astype(np.uint16) if bits == 16 else grey


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[Image.Image]:
    """Opens an image file whose pixels are decoded when they are needed."""
    with open_file(path) as file, _picture(file) as image:
        yield image


def _picture(file: BufferedReader) -> Image.Image:
    return Image.open(file, formats=FORMATS)


def _has_jpeg_end(file: BufferedReader) -> bool:
    """Returns whether a file ends with the marker that ends an image."""
    place = file.tell()
    file.seek(-len(_JPEG_END), os.SEEK_END)
    end = file.read()
    file.seek(place)
    return end == _JPEG_END


def _reason(error: Exception) -> str:
    """Returns the reason of an error that may name the file, or have no text."""
    if isinstance(error, UnidentifiedImageError):
        return f"it is none of {', '.join(FORMATS)}, or its beginning is damaged"
    text = error.strerror if isinstance(error, OSError) else None
    return one_line(text or error)


def _is_animated(image: Image.Image) -> bool:
    """Returns whether a second frame follows; damage there is no matter."""
    with contextlib.suppress(Exception):
        return bool(getattr(image, "is_animated", False))
    return False


def _bits(image: Image.Image) -> int:
    if image.mode in GREY_32_BIT_MODES:
        # Pillow reads PGM files of 16 bits in this mode.
        return 16 if image.mode == "I" and image.format == "PPM" else 32
    is_16_bit = image.mode in GREY_16_BIT_MODES or _is_16_bit_colour(image)
    return 16 if is_16_bit else 8


def _is_16_bit_colour(image: Image.Image) -> bool:
    """Returns whether Pillow would drop the low bytes of a file's values."""
    if image.mode in GREY_16_BIT_MODES | GREY_32_BIT_MODES or not image.tile:  # pyright: ignore[reportAttributeAccessIssue]
        return False
    stored = image.tile[0].args  # pyright: ignore[reportAttributeAccessIssue]
    mode, *rest = stored if isinstance(stored, tuple) else (stored,)
    is_16_bit_ppm = image.format == "PPM" and bool(rest) and rest[0] > 255
    return ";16" in str(mode) or is_16_bit_ppm


def _png_of_16_bits(path: Path) -> np.ndarray:
    """Reads colours or alpha of 16 bits, of which Pillow keeps 8."""
    import tensorflow as tf

    with tf.device("CPU:0"):
        with open_file(path) as file:
            content = tf.constant(file.read())
        return tf.io.decode_png(content, dtype=tf.uint16).numpy()


def _is_photograph(image: Image.Image) -> bool:
    """Returns whether the file may hold an orientation, which only cameras write.

    In a PNG file, reading it would decode the whole image.
    """
    return image.format in ("JPEG", "MPO")


def _upright(image: Image.Image) -> Image.Image:
    if _is_photograph(image):
        ImageOps.exif_transpose(image, in_place=True)
    return image


def _without_palette(image: Image.Image) -> Image.Image:
    """Returns an image in mode "L" or "RGB", or "LA" or "RGBA" if it has alpha."""
    colours = "L" if image.mode in GREY_MODES else "RGB"
    mode = colours + ("A" if image.has_transparency_data else "")
    return image if image.mode == mode else image.convert(mode)


def _pixels(image: Image.Image) -> np.ndarray:
    """Returns `(H, W, C)` uint8: grey or RGB, with or without alpha."""
    pixels = np.asarray(_without_palette(image))
    return pixels[..., None] if pixels.ndim == 2 else pixels
