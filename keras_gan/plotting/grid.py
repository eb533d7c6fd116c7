"""A picture of many images in rows and columns."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from keras_gan._checks import (
    InputError,
    check_memory,
    check_positive_int,
    check_value_range,
)
from keras_gan._limits import LIMITS
from keras_gan.plotting._captions import with_note
from keras_gan.plotting.figure_files import save_pixels
from keras_gan.plotting.picture import (
    SYNTHETIC,
    evident_range,
    save_picture,
    shown_channels,
    to_pixels,
)

if TYPE_CHECKING:
    from PIL import Image

# The grey of the gaps stands out from white images as from black ones.
_GAP, _BLANK = 160, 255
# The last axis of a single image; two grey images of one row are more usual with 2.
_CHANNELS = (1, 3, 4)
# Without a given scale, small images are enlarged to about this many pixels.
_LEGIBLE_SIZE = 64
# A grid may be this many times as many images wide as it is high, to have whole rows.
_WIDEST = 7


def legible_scale(height: int, width: int) -> int:
    """Returns the whole factor by which a small image is enlarged to be legible."""
    return max(1, _LEGIBLE_SIZE // max(height, width))


def whole_rows(count: int) -> int:
    """Returns the columns of about a square whose last row lacks the fewest images.

    Example:
        >>> [whole_rows(count) for count in (7, 10, 11, 16, 18)]
        [7, 5, 4, 4, 6]
    """
    columns = range(math.ceil(math.sqrt(count)), math.isqrt(_WIDEST * count) + 1)
    return min(columns, key=lambda each: -count % each)


def image_grid(
    images: npt.ArrayLike,
    *,
    value_range: tuple[float, float] | None = None,
    columns: int | None = None,
    padding: int = 1,
    scale: int | None = None,
) -> Image.Image:
    """Returns a picture of all images, row by row.

    Args:
        images: `(N, H, W, C)`, grey, grey with alpha, RGB or RGBA by C, or `(N, H, W)`;
            also one image, `(H, W)` or `(H, W, C)` with C of 1, 3 or 4. Of more than
            four channels the first three are drawn as colours, and a line below says
            so. Values outside `value_range` are clipped; NaN is drawn as its lower end.
        value_range: (low, high), drawn as black and white. By default (0, 255) of
            bytes; (-1, 1) of floats in it, some of them negative; (0, 1) of floats in
            it, some of them near 0. Any other images need it.
        columns: Images in a row; by default about as many as make a square, with whole
            rows where the number of images allows.
        padding: Pixels between the images and around them.
        scale: The side of the square that each pixel is drawn as; None enlarges small
            images to about 64 pixels.

    Returns:
        A PIL image of mode "L", "LA", "RGB" or "RGBA". What is transparent in an image
        is so in the picture; the gaps are grey, and an unfinished row is white.

    Raises:
        ValueError: If the images are no pictures or do not show their range, a number
            is out of its range, or the picture would not fit in memory.

    Example:
        >>> import numpy as np
        >>> image_grid(np.zeros((6, 28, 28, 1))).size
        (172, 115)
    """
    images = _several(images)
    if value_range is None:
        value_range = evident_range(images)
    pixels = to_pixels(images, check_value_range(value_range))
    if columns is None:
        columns = whole_rows(len(pixels))
    picture = lay_out(pixels, columns=columns, padding=padding, scale=scale)
    return with_note(picture, shown_channels(np.shape(images)[1:]))


def _several(images: npt.ArrayLike) -> np.ndarray:
    """Returns images as an array that begins with their number.

    Raises:
        ValueError: If there is none, or they are of different sizes.
    """
    try:
        array = np.asarray(images)
    except ValueError as error:  # NumPy makes no array of lists of different lengths
        raise InputError(
            "`images` must be of one size; draw each by itself, or resize them."
        ) from error
    if array.size == 0:
        raise InputError("`images` must hold at least one image; it holds none.")
    is_one = array.ndim == 2 or (
        array.ndim == 3 and array.shape[-1] in _CHANNELS and min(array.shape[:2]) > 4
    )
    return array[np.newaxis] if is_one else array


def lay_out(
    pixels: np.ndarray,
    *,
    columns: int,
    padding: int,
    scale: int | None,
    gap: int = _GAP,
) -> Image.Image:
    """Returns images in rows and columns.

    Args:
        pixels: `(N, H, W, C)` uint8, of 1 to 4 channels.
        columns: As in `image_grid`, but a number, like the others.
        padding: As in `image_grid`.
        scale: As in `image_grid`.
        gap: The grey of the gaps.
    """
    from PIL import Image

    count, height, width, channels = pixels.shape
    columns = min(check_positive_int("columns", columns), count)
    padding = check_positive_int("padding", padding, minimum=0)
    if scale is None:
        scale = legible_scale(height, width)
    scale = check_positive_int("scale", scale)
    height, width = height * scale, width * scale
    rows = math.ceil(count / columns)
    down, across = height + padding, width + padding
    shape = (rows * down + padding, columns * across + padding, channels)
    check_memory(
        f"A grid of {shape[1]} x {shape[0]} pixels",
        # The picture, and the images as they are enlarged.
        2 * math.prod(shape),
        LIMITS.memory_bytes,
        "draw fewer images, or give a smaller `scale` or `padding`",
    )
    canvas = np.full(shape, gap, np.uint8)
    if channels in (2, 4):
        canvas[..., -1] = 255  # the gaps are opaque
    pixels = pixels.repeat(scale, axis=1).repeat(scale, axis=2)
    for index in range(rows * columns):
        row, column = divmod(index, columns)
        top, left = row * down + padding, column * across + padding
        tile = pixels[index] if index < count else _BLANK
        canvas[top : top + height, left : left + width] = tile
    return Image.fromarray(canvas[..., 0] if channels == 1 else canvas)


def save_image_grid(
    path: str | os.PathLike[str],
    images: npt.ArrayLike,
    *,
    value_range: tuple[float, float] | None = None,
    columns: int | None = None,
    padding: int = 1,
    scale: int | None = None,
    metadata: Mapping[str, str] | None = None,
) -> None:
    """Writes `image_grid` to a file that says where it comes from.

    Args:
        path: A PNG file or, for papers, a `.pdf` or `.svg` file, in which pixels are
            not smoothed; replaced whole or not at all.
        images: `(N, H, W, C)` or `(N, H, W)`; see `image_grid`.
        value_range: See `image_grid`.
        columns: See `image_grid`.
        padding: See `image_grid`.
        scale: See `image_grid`.
        metadata: Text chunks of a PNG file besides "Software"; by default a "Source"
            that says that the images are synthetic. Real images want another.

    Raises:
        ValueError: As in `image_grid`.

    Example:
        >>> import numpy as np
        >>> save_image_grid("grey.png", np.zeros((6, 28, 28, 1)), value_range=(-1, 1))
    """
    grid = image_grid(
        images, value_range=value_range, columns=columns, padding=padding, scale=scale
    )
    if Path(path).suffix.lower() in (".pdf", ".svg"):
        synthetic = metadata is None or metadata.get("Source") == SYNTHETIC
        save_pixels(path, grid, synthetic=synthetic)
    else:
        save_picture(path, grid, metadata=metadata)
