"""Finds installed fonts for names that the usual one cannot write, as Korean ones."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from PIL.ImageFont import FreeTypeFont, ImageFont

_USUAL = "DejaVu Sans"


@functools.cache
def _file_for(text: str) -> str | None:
    """Returns the file of the first font that has all characters of a text."""
    from matplotlib.font_manager import findfont, findSystemFonts

    # matplotlib's own list of fonts is that of the day when it was first imported.
    files = [str(findfont(_USUAL)), *sorted(findSystemFonts())]
    wanted = {ord(character) for character in text if not character.isspace()}
    having = [file for file in files if wanted <= _characters(file)]
    return min(having, key=_is_bold_or_slanted, default=None)


def _is_bold_or_slanted(file: str) -> bool:
    from matplotlib.ft2font import FT2Font

    return FT2Font(file).style_name.lower() not in (
        "regular",
        "book",
        "roman",
        "medium",
    )


@functools.cache
def _characters(file: str) -> frozenset[int]:
    """Returns the code points that a font has; none, if it cannot be read."""
    from matplotlib.ft2font import FT2Font

    try:
        return frozenset(FT2Font(file).get_charmap())
    except (OSError, RuntimeError):
        return frozenset()


def picture_font(text: str, size: int) -> FreeTypeFont | ImageFont:
    """Returns a font of Pillow for a text: its own, unless that lacks characters."""
    from PIL import ImageFont

    file = None if text.isascii() else _file_for(text)
    if file is None:
        return ImageFont.load_default(size)
    return ImageFont.truetype(file, size)


def give_fonts(figure: Figure) -> None:
    """Gives the texts of a figure that the usual font cannot write a second one."""
    from matplotlib.font_manager import FontProperties, fontManager
    from matplotlib.text import Text

    for text in figure.findobj(Text):
        written = text.get_text()
        file = None if written.isascii() else _file_for(written)
        if file is None:
            continue
        name = FontProperties(fname=file).get_name()
        if name not in fontManager.get_font_names():
            fontManager.addfont(file)
        text.set_fontfamily([_USUAL, name])
