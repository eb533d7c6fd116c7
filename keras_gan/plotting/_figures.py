"""The colours and the frame that the matplotlib figures share."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from keras_gan.plotting._fonts import give_fonts

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from PIL import Image

# Blue is the data and the discriminator, orange the generator; colour-blind eyes can
# tell them apart too.
BLUE, ORANGE = "#2a6fb0", "#d9731a"
INK, GREY = "#333333", "#888888"
_GRID = "#e4e4e4"


def two_panels(width: float = 10.0, height: float = 3.6) -> tuple[Figure, Axes, Axes]:
    """Returns a figure of two panels side by side, and the panels.

    Args:
        width: The width in inches.
        height: The height in inches.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained", facecolor="white")
    left, right = figure.subplots(1, 2)
    return figure, left, right


def draw_frame(axes: Axes) -> None:
    """Draws a pale grid behind the data instead of a frame around them."""
    axes.grid(color=_GRID, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.tick_params(colors=INK, length=0)
    axes.spines[:].set_visible(False)


def draw_limit(
    axes: Axes, height: float, name: str, *, size: float | None = None
) -> None:
    """Draws a dashed line at the height that curves should reach, with its name.

    Args:
        axes: The panel.
        height: The height.
        name: The name, to the right of the line.
        size: The size of its letters in points; None for the usual one.
    """
    axes.axhline(height, color=GREY, linewidth=1, linestyle=(0, (4, 3)), zorder=1)
    axes.annotate(
        name,
        (1, height),
        xycoords=("axes fraction", "data"),
        xytext=(4, 0),
        textcoords="offset points",
        va="center",
        color=GREY,
        fontsize=size,
    )


def figure_picture(figure: Figure, *, dpi: int) -> Image.Image:
    """Returns a figure as a PIL image of mode "RGB"."""
    from PIL import Image

    give_fonts(figure)
    stream = io.BytesIO()
    figure.savefig(stream, format="png", dpi=dpi)
    with Image.open(stream) as picture:
        return picture.convert("RGB")
