"""The colours, the frame and the file that the matplotlib figures share."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from keras_gan._files import atomic_path
from keras_gan.plotting.picture import SOFTWARE, SYNTHETIC

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Blue is the data and the discriminator, orange the generator; colour-blind eyes can
# tell them apart too.
BLUE, ORANGE = "#2a6fb0", "#d9731a"
INK, GREY = "#333333", "#888888"
_GRID = "#e4e4e4"


def two_panels() -> tuple[Figure, Axes, Axes]:
    """Returns a figure of two panels side by side, and the panels."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10, 3.6), layout="constrained", facecolor="white")
    left, right = figure.subplots(1, 2)
    return figure, left, right


def draw_frame(axes: Axes) -> None:
    """Draws a pale grid behind the data instead of a frame around them."""
    axes.grid(color=_GRID, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.tick_params(colors=INK, length=0)
    axes.spines[:].set_visible(False)


def draw_limit(axes: Axes, height: float, name: str) -> None:
    """Draws a dashed line at the height that curves should reach, with its name."""
    axes.axhline(height, color=GREY, linewidth=1, linestyle=(0, (4, 3)), zorder=1)
    axes.annotate(
        name,
        (1, height),
        xycoords=("axes fraction", "data"),
        xytext=(4, 0),
        textcoords="offset points",
        va="center",
        color=GREY,
    )


def save_figure(
    path: str | os.PathLike[str], figure: Figure, *, dpi: int, synthetic: bool = False
) -> None:
    """Writes a figure to a PNG file.

    Args:
        path: The file; replaced whole or not at all.
        figure: The figure.
        dpi: Dots per inch.
        synthetic: Whether the file says that its contents are drawn by a generator.
    """
    metadata = {"Software": SOFTWARE} | ({"Source": SYNTHETIC} if synthetic else {})
    with atomic_path(path) as temporary:
        figure.savefig(temporary, format="png", dpi=dpi, metadata=metadata)
