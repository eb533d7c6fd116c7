"""Writes matplotlib figures as PNG, PDF or SVG files, by their suffix."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from keras_gan._checks import InputError
from keras_gan._files import atomic_path
from keras_gan.plotting._fonts import give_fonts
from keras_gan.plotting.picture import SOFTWARE, SYNTHETIC

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from PIL import Image

FIGURE_SUFFIXES = (".png", ".pdf", ".svg")
# Publishers refuse the Type 3 fonts that matplotlib writes into a PDF by default. The
# salt makes the identifiers in an SVG the same in every process.
_SETTINGS: Any = {"pdf.fonttype": 42, "svg.hashsalt": "keras_gan"}


def check_figure_path(path: str | os.PathLike[str]) -> str:
    """Returns the format of a figure's file, by its suffix: "png", "pdf" or "svg".

    Raises:
        ValueError: If the file has another suffix.

    Example:
        >>> check_figure_path("run/curves.PDF")
        'pdf'
    """
    suffix = Path(path).suffix.lower()
    if suffix not in FIGURE_SUFFIXES:
        raise InputError(
            f"'{os.fspath(path)}': a figure is a .png, .pdf or .svg file; give it one "
            "of these suffixes."
        )
    return suffix.removeprefix(".")


def save_figure(
    path: str | os.PathLike[str], figure: Figure, *, dpi: int, synthetic: bool = False
) -> None:
    """Writes a figure to a file; equal figures are equal files.

    Args:
        path: The `.png`, `.pdf` or `.svg` file; replaced whole or not at all.
        figure: The figure.
        dpi: Dots per inch of a PNG file, and of what a PDF or SVG holds as pixels.
        synthetic: Whether the file says that its contents are drawn by a generator.

    Raises:
        ValueError: If the file has another suffix.
    """
    import matplotlib

    kind = check_figure_path(path)
    give_fonts(figure)
    with matplotlib.rc_context(_SETTINGS), atomic_path(path) as temporary:
        figure.savefig(
            temporary, format=kind, dpi=dpi, metadata=_metadata(kind, synthetic)
        )


def save_pixels(
    path: str | os.PathLike[str], picture: Image.Image, *, synthetic: bool
) -> None:
    """Writes a picture into a PDF or SVG, whose viewers then show sharp pixels.

    Args:
        path: The `.pdf` or `.svg` file; replaced whole or not at all.
        picture: A PIL image; the file is as large as it is at 72 pixels an inch.
        synthetic: Whether the file says that its contents are drawn by a generator.

    Raises:
        ValueError: If the file has another suffix.
    """
    import numpy as np
    from matplotlib.figure import Figure

    width, height = picture.size
    figure = Figure(figsize=(width / 72, height / 72))
    axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    axes.set_axis_off()
    axes.imshow(np.asarray(picture.convert("RGBA")), interpolation="none")
    save_figure(path, figure, dpi=72, synthetic=synthetic)


def _metadata(kind: str, synthetic: bool) -> dict[str, Any]:
    """Returns the texts of a file under the names that its format has for them."""
    program, source, date = {
        "png": ("Software", "Source", None),
        "pdf": ("Creator", "Subject", "CreationDate"),
        "svg": ("Creator", "Source", "Date"),
    }[kind]
    texts: dict[str, Any] = {program: SOFTWARE}
    if synthetic:
        texts[source] = SYNTHETIC
    if date is not None:
        texts[date] = None  # none at all, so that equal figures are equal files
    return texts
