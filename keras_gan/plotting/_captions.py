"""Text in pictures: captions below images, a header above columns, a note below all."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from keras_gan._checks import printable
from keras_gan.plotting._fonts import picture_font

if TYPE_CHECKING:
    from PIL import Image

_INK, _FONT_SIZE = 0x33, 13
# The height of a line of captions.
LINE = 20


def write_line(
    picture: Image.Image, captions: Sequence[str], left: float, across: float, top: int
) -> None:
    """Writes captions side by side into the line below `top`.

    Args:
        picture: The picture to write on.
        captions: One for each column; one that is too wide is cut off with "…".
        left: Where the first column begins, in pixels.
        across: The width of a column.
        top: The upper edge of the line.
    """
    from PIL import ImageDraw

    draw = ImageDraw.Draw(picture)
    font = picture_font("".join(captions), _FONT_SIZE)
    ink = _INK if picture.mode == "L" else (_INK,) * 3
    for index, given in enumerate(captions):
        # A name may come from a file: one line, and no longer than could be seen.
        caption = printable(given, max(1, int(across)))
        if font.getlength(caption) > across:
            while caption and font.getlength(f"{caption}…") > across:
                caption = caption[:-1]
            caption += "…"
        middle = left + (index + 0.5) * across
        draw.text((middle, top + LINE / 2), caption, fill=ink, font=font, anchor="mm")


def with_note(picture: Image.Image, note: str) -> Image.Image:
    """Returns a picture with a line below that says something of all; "" adds none.

    The picture becomes as wide as the note, where it is narrower.
    """
    from PIL import Image

    if not note:
        return picture
    across = math.ceil(picture_font(note, _FONT_SIZE).getlength(note)) + 4
    size = max(picture.width, across), picture.height + LINE
    canvas = Image.new(picture.mode, size, "white")
    canvas.paste(picture)
    write_line(canvas, [note], 0, size[0], picture.height)
    return canvas


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
