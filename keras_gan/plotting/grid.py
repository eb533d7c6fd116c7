"""A picture of many images in rows and columns."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from keras_gan._checks import check_memory, check_positive_int, check_value_range
from keras_gan._limits import LIMITS
from keras_gan.plotting._captions import with_note
from keras_gan.plotting.picture import save_picture, shown_channels, to_pixels

if TYPE_CHECKING:
    from PIL import Image

# The colour of the gaps: white, because the images of most data sets are dark.
_BACKGROUND = 255
# Without a given scale, small images are enlarged to about this many pixels.
_LEGIBLE_SIZE = 64


def legible_scale(height: int, width: int) -> int:
    """Returns the whole factor by which a small image is enlarged to be legible."""
    return max(1, _LEGIBLE_SIZE // max(height, width))


def image_grid(
    images: npt.ArrayLike,
    *,
    value_range: tuple[float, float],
    columns: int | None = None,
    padding: int = 1,
    scale: int | None = 1,
) -> Image.Image:
    """Returns a picture of all images, row by row.

    Args:
        images: `(N, H, W, C)`, grey, grey with alpha, RGB or RGBA by C, or `(N, H, W)`.
            Of more than four channels the first three are drawn as colours, and a line
            below says so. Values outside `value_range` are clipped; NaN is drawn as its
            lower end.
        value_range: (low, high), drawn as black and white.
        columns: Images in a row; by default as many as make a square.
        padding: Pixels between the images and around them.
        scale: The side of the square that each pixel is drawn as; None enlarges small
            images to about 64 pixels.

    Returns:
        A PIL image of mode "L", "LA", "RGB" or "RGBA". What is transparent in an image
        is so in the picture; the gaps are white.

    Raises:
        ValueError: If the images are no pictures, a number is out of its range, or the
            picture would not fit in memory.

    Example:
        >>> import numpy as np
        >>> image_grid(np.zeros((6, 28, 28, 1)), value_range=(-1, 1), columns=3).size
        (88, 59)
    """
    from PIL import Image

    pixels = to_pixels(images, check_value_range(value_range))
    count, height, width, channels = pixels.shape
    if columns is None:
        columns = math.ceil(math.sqrt(count))
    columns = min(check_positive_int("columns", columns), count)
    padding = check_positive_int("padding", padding, minimum=0)
    if scale is None:
        scale = legible_scale(height, width)
    scale = check_positive_int("scale", scale)
    down, across = height * scale + padding, width * scale + padding
    rows = math.ceil(count / columns)
    shape = (rows * down + padding, columns * across + padding, channels)
    check_memory(
        f"A grid of {shape[1]} x {shape[0]} pixels",
        # The picture, and the images as they are enlarged.
        2 * math.prod(shape),
        LIMITS.memory_bytes,
        "draw fewer images, or give a smaller `scale` or `padding`",
    )
    pixels = pixels.repeat(scale, axis=1).repeat(scale, axis=2)
    canvas = np.full(shape, _BACKGROUND, np.uint8)
    for index, tile in enumerate(pixels):
        row, column = divmod(index, columns)
        top, left = row * down + padding, column * across + padding
        canvas[top : top + height * scale, left : left + width * scale] = tile
    picture = Image.fromarray(canvas[..., 0] if channels == 1 else canvas)
    return with_note(picture, shown_channels(np.shape(images)[1:]))


def save_image_grid(
    path: str | os.PathLike[str],
    images: npt.ArrayLike,
    *,
    value_range: tuple[float, float],
    columns: int | None = None,
    padding: int = 1,
    scale: int | None = 1,
    metadata: Mapping[str, str] | None = None,
) -> None:
    """Writes `image_grid` to a PNG file that says where it comes from.

    Args:
        path: The file; replaced whole or not at all.
        images: `(N, H, W, C)` or `(N, H, W)`; see `image_grid`.
        value_range: See `image_grid`.
        columns: See `image_grid`.
        padding: See `image_grid`.
        scale: See `image_grid`.
        metadata: Text chunks besides "Software"; by default a "Source" that says that
            the images are synthetic. Real images want another.

    Raises:
        ValueError: As in `image_grid`.

    Example:
        >>> import numpy as np
        >>> save_image_grid("grey.png", np.zeros((6, 28, 28, 1)), value_range=(-1, 1))
    """
    grid = image_grid(
        images, value_range=value_range, columns=columns, padding=padding, scale=scale
    )
    save_picture(path, grid, metadata=metadata)
