"""Names that the usual fonts cannot write are drawn in a font of the system."""

import matplotlib.font_manager
import numpy as np
import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from PIL import Image

from keras_gan import plotting
from keras_gan.plotting import _fonts
from keras_gan.plotting._captions import with_note

NAME = "실험 1"


@pytest.fixture
def korean_font(tmp_path, monkeypatch):
    """A font whose every letter is a black square, as the only one of the system."""
    characters = {ord(letter): f"u{ord(letter):x}" for letter in sorted(set(NAME))}
    pen = TTGlyphPen(None)
    for place, point in enumerate([(0, 0), (0, 700), (700, 700), (700, 0)]):
        (pen.lineTo if place else pen.moveTo)(point)
    pen.closePath()
    square, order = pen.glyph(), [".notdef", *characters.values()]
    font = FontBuilder(1000)
    font.setupGlyphOrder(order)
    font.setupCharacterMap(characters)
    font.setupGlyf(dict.fromkeys(order, square))
    font.setupHorizontalMetrics(dict.fromkeys(order, (750, 0)))
    font.setupHorizontalHeader(ascent=800, descent=-200)
    font.setupNameTable({"familyName": "Squares", "styleName": "Regular"})
    font.setupOS2()
    font.setupPost()
    font.save(tmp_path / "squares.ttf")
    files = [str(tmp_path / "squares.ttf")]
    monkeypatch.setattr(matplotlib.font_manager, "findSystemFonts", lambda: files)
    _fonts._file_for.cache_clear()
    yield
    _fonts._file_for.cache_clear()


@pytest.mark.usefixtures("korean_font")
def test_curves_with_a_korean_name_have_its_letters(tmp_path):
    log = [{"event": "step", "step": n, "d_real": 0.6, "d_fake": 0.4} for n in (1, 2)]
    # matplotlib warns of a letter that no font has, and warnings are errors here.
    plotting.compared_curves({NAME: [log]}, tmp_path / "curves.svg")


@pytest.mark.usefixtures("korean_font")
def test_captions_in_korean_have_its_letters():
    blank = Image.new("L", (80, 4), 255)
    ink = np.asarray(with_note(blank, NAME)) < 128
    assert ink.sum() > 3 * 7 * 7  # three filled squares
    assert (np.asarray(with_note(blank, "abc")) < 128).sum() < 3 * 7 * 7


def test_names_that_no_font_can_write_are_drawn_all_the_same(monkeypatch):
    monkeypatch.setattr(matplotlib.font_manager, "findSystemFonts", list)
    _fonts._file_for.cache_clear()
    with_note(Image.new("L", (80, 4), 255), NAME)
    _fonts._file_for.cache_clear()
