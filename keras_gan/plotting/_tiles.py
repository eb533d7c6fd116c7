"""What the pictures of many images share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from keras_gan._checks import InputError

if TYPE_CHECKING:
    from PIL import Image

# How wide and high small images are drawn when the scale is left to us, in pixels.
_LEGIBLE_SIZE = 64
_INK, _FONT_SIZE = 0x33, 13
# The height of a line of captions.
LINE = 20


def to_pixels(
    images: npt.ArrayLike, value_range: tuple[float, float], argument: str = "images"
) -> np.ndarray:
    """Returns `(N, H, W, C)` uint8."""
    array = np.asarray(images)
    if array.ndim == 3:
        array = array[..., np.newaxis]
    if array.ndim != 4 or array.size == 0 or array.shape[-1] not in (1, 3):
        raise InputError(
            f"`{argument}` must have shape (N, H, W) or (N, H, W, C) with 1 or 3 "
            f"channels; got {np.shape(images)}."
        )
    low, high = value_range
    unit = (array.astype(np.float64) - low) / (high - low)
    unit = np.nan_to_num(unit, nan=0.0, posinf=1.0, neginf=0.0)
    return np.rint(255.0 * np.clip(unit, 0.0, 1.0)).astype(np.uint8)


def legible_scale(height: int, width: int) -> int:
    """How many pixels wide a pixel of a small image is to be drawn."""
    return max(1, _LEGIBLE_SIZE // max(height, width))


def write_line(
    picture: Image.Image, captions: Sequence[str], left: float, across: float, top: int
) -> None:
    """Writes each caption in the middle of its column, into the line below `top`."""
    from PIL import ImageDraw, ImageFont

    draw = ImageDraw.Draw(picture)
    font = ImageFont.load_default(_FONT_SIZE)
    ink = _INK if picture.mode == "L" else (_INK,) * 3
    for index, caption in enumerate(captions):
        if font.getlength(caption) > across:
            while caption and font.getlength(f"{caption}…") > across:
                caption = caption[:-1]
            caption += "…"
        middle = left + (index + 0.5) * across
        draw.text((middle, top + LINE / 2), caption, fill=ink, font=font, anchor="mm")


def with_header(
    picture: Image.Image, captions: Sequence[str], padding: int
) -> Image.Image:
    """Returns a grid of images with a caption above each of its columns."""
    from PIL import Image

    canvas = Image.new(picture.mode, (picture.width, picture.height + LINE), "white")
    canvas.paste(picture, (0, LINE))
    across = (picture.width - padding) / len(captions)
    write_line(canvas, captions, padding // 2, across, 0)
    return canvas
