"""Tells pictures from other arrays, makes pixels of them and writes PNG files.

Images of 1, 2, 3 and 4 channels are grey, grey with alpha, red-green-blue, and the same
with alpha. Of images with more channels the first three are drawn as colours.
"""

from __future__ import annotations

import io
import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from keras_gan._checks import InputError
from keras_gan._files import write_bytes
from keras_gan._version import __version__

if TYPE_CHECKING:
    from PIL import Image

# Text chunks of PNG files.
SOFTWARE = f"keras_gan {__version__}"
"""The text "Software" of the PNG files that this package writes."""
SYNTHETIC = "synthetic: drawn by a generative adversarial network"
"""The text "Source" of PNG files with generated images."""
REAL = "real: images of the data, not drawn by a generator"
"""The text "Source" of PNG files with images of the data."""
# The most channels of a PNG file, and how many are drawn of images with more.
MOST_CHANNELS, _DRAWN = 4, 3
# An image in (0, 1) has a value at most this far from black somewhere, nearly always.
_NEAR_BLACK, _ROUNDING = 0.05, 1e-3
# The squares that show through transparent parts: their side, and their two greys.
_SQUARE, _LIGHT, _DARK = 8, 255, 230


def shown_channels(image_shape: Sequence[int]) -> str:
    """Returns which channels a picture shows, in a few words; "" if it shows all.

    Example:
        >>> shown_channels((8, 8, 5))
        'channels 1 to 3 of 5'
    """
    channels = image_shape[-1] if len(image_shape) == 3 else 0
    return f"channels 1 to {_DRAWN} of {channels}" if channels > MOST_CHANNELS else ""


def picture_range(
    image_shape: Sequence[int], value_range: tuple[float, float] | None
) -> tuple[float, float]:
    """Returns the range that is drawn as black and white, if images are pictures.

    A picture has the shape (height, width, channels) and a range of values. Points and
    tables are no pictures.

    Args:
        image_shape: The shape of one image.
        value_range: (low, high) of its values; None if they have no range.

    Raises:
        ValueError: If the images are no pictures.
    """
    if value_range is None or len(image_shape) != 3:
        raise InputError(
            "Pictures need images (height, width, channels) in a `value_range`; these "
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


def evident_range(images: npt.ArrayLike) -> tuple[float, float]:
    """Returns the range that is drawn as black and white, as the images show it.

    A range that only might be right is refused, because it would give a wrong picture
    that looks like a right one. Floats from 0.3 to 1, say, are bright images in (0, 1)
    or white ones in (-1, 1).

    Args:
        images: `(N, H, W, C)` or `(N, H, W)`.

    Returns:
        (0, 255) of bytes, (-1, 1) of floats with values clearly below 0, (0, 1) of
        floats with values near 0 and none below.

    Raises:
        ValueError: If the values could have another range, or are none of these.
    """
    array = np.asarray(images)
    if array.dtype == np.uint8:
        return 0.0, 255.0
    if array.dtype == bool:
        return 0.0, 1.0
    finite = array[np.isfinite(array)] if array.dtype.kind == "f" else array[:0]
    low, high = (finite.min(), finite.max()) if finite.size else (np.nan, np.nan)
    if 0.0 <= low <= _NEAR_BLACK and high <= 1.0 + _ROUNDING:
        return 0.0, 1.0
    # Values of (0, 1) that a filter has taken slightly below it are no (-1, 1).
    is_signed = low < -_NEAR_BLACK or (low < 0 and high < 0.5)
    if is_signed and max(-low, high) <= 1.0 + _ROUNDING:
        return -1.0, 1.0
    between = f" from {low:.3g} to {high:.3g}" if finite.size else ""
    raise InputError(
        f"`value_range` must be given, as {array.dtype} values{between} do not show "
        "it: the (low, high) that is drawn as black and white, such as (-1, 1), "
        "(0, 1), (0, 255) or `gan.value_range`."
    )


def to_pixels(
    images: npt.ArrayLike, value_range: tuple[float, float], argument: str = "images"
) -> np.ndarray:
    """Returns the pixels of pictures, `(N, H, W, C)` uint8, of 1 to 4 channels.

    Args:
        images: `(N, H, W, C)` or `(N, H, W)`; see the module for the meaning of C. Of
            more than four channels the first three are returned.
        value_range: (low, high), mapped to 0 and 255. Values outside are clipped; NaN
            becomes 0.
        argument: The name of `images` in an error message.

    Raises:
        ValueError: If the images are no pictures, or there are none.
    """
    array = np.asarray(images)
    if array.ndim == 3:
        array = array[..., np.newaxis]
    if array.size == 0 or array.ndim != 4:
        raise InputError(
            f"`{argument}` must have shape (N, H, W) or (N, H, W, C), and hold an "
            f"image; got {np.shape(images)}."
        )
    if array.shape[-1] > MOST_CHANNELS:
        array = array[..., :_DRAWN]
    low, high = value_range
    unit = (array.astype(np.float64) - low) / (high - low)
    unit = np.nan_to_num(unit, nan=0.0, posinf=1.0, neginf=0.0)
    return np.rint(255.0 * np.clip(unit, 0.0, 1.0)).astype(np.uint8)


def opaque(picture: Image.Image) -> Image.Image:
    """Returns a picture laid over a light checkerboard, if it has transparency.

    For what holds no alpha, such as a GIF, or text beside the images. The mode is "RGB"
    then; a picture without transparency is returned as it is.

    Example:
        >>> from PIL import Image
        >>> opaque(Image.new("RGBA", (9, 1), (0, 0, 0, 0))).getpixel((8, 0))
        (230, 230, 230)
    """
    from PIL import Image

    if picture.mode not in ("LA", "RGBA"):
        return picture
    down, across = (np.arange(size) // _SQUARE for size in picture.size[::-1])
    is_dark = (down[:, np.newaxis] + across) % 2 == 1
    board = Image.fromarray(np.where(is_dark, _DARK, _LIGHT).astype(np.uint8))
    laid = Image.alpha_composite(board.convert("RGBA"), picture.convert("RGBA"))
    return laid.convert("RGB")


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
        >>> grid = plotting.image_grid(images, value_range=(-1, 1))
        >>> plotting.save_picture("grid.png", grid)
    """
    write_bytes(path, png_bytes(picture, metadata=metadata))


def png_bytes(
    picture: Image.Image, *, metadata: Mapping[str, str] | None = None
) -> bytes:
    """Returns the content of the PNG file that `save_picture` writes.

    Pillow is the only library that this needs beside NumPy, for servers that answer
    with pictures.

    Args:
        picture: A PIL image, such as that of `image_grid`.
        metadata: As in `save_picture`.

    Returns:
        The bytes of the file.

    Example:
        >>> image = np.zeros((1, 28, 28, 1))
        >>> picture = plotting.image_grid(image, padding=0, scale=1)
        >>> plotting.png_bytes(picture)[1:4]
        b'PNG'
    """
    from PIL.PngImagePlugin import PngInfo

    chunks = PngInfo()
    metadata = {"Source": SYNTHETIC} if metadata is None else metadata
    for key, text in {"Software": SOFTWARE, **metadata}.items():
        chunks.add_text(key, text)
    stream = io.BytesIO()
    picture.save(stream, format="PNG", pnginfo=chunks)
    return stream.getvalue()
