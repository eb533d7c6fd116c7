"""Curves of a training: both losses, and the two means of the discriminator."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from keras_gan._checks import InputError
from keras_gan.plotting._captions import with_note
from keras_gan.plotting._figures import (
    BLUE,
    INK,
    ORANGE,
    draw_frame,
    draw_limit,
    figure_picture,
    two_panels,
)
from keras_gan.plotting.figure_files import save_figure
from keras_gan.plotting.picture import opaque

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from PIL import Image

# Larger grids are reduced to stand beside the curves.
_LARGEST_GRID = (480, 360)
_LOSSES = {
    "d_loss": ("discriminator", BLUE),
    "g_loss": ("generator", ORANGE),
}
_OUTPUTS = {
    "d_real": ("on data, D(x)", BLUE),
    "d_fake": ("on samples, D(G(z))", ORANGE),
}


def curves(
    log_records: Iterable[Mapping[str, Any]], path: str | os.PathLike[str]
) -> None:
    """Draws both losses, and beside them D(x) and D(G(z)), which must meet at 1/2.

    Args:
        log_records: Mappings with "step" and any of "d_loss", "g_loss", "d_real" and
            "d_fake", as `callbacks.JSONLog` writes them. None and NaN leave a gap.
        path: The `.png`, `.pdf` or `.svg` file; replaced whole or not at all.

    Raises:
        ValueError: If no record has a step, or the file has another suffix.

    Example:
        >>> records = [{"step": 100, "d_loss": 1.3, "g_loss": 0.8,
        ...             "d_real": 0.6, "d_fake": 0.4}, {"step": 200, "d_real": 0.5}]
        >>> curves(records, "curves.png")

    Source: Goodfellow et al. 2014, §4: at the optimum D(x) = 1/2 everywhere.
    """
    records = [record for record in log_records if record.get("step") is not None]
    if not records:
        raise InputError("`log_records` holds no record with a `step`; train first.")
    save_figure(path, _figure(records, two_panels()), dpi=120)


def beside_curves(
    grid: Image.Image,
    records: Sequence[Mapping[str, Any]],
    *,
    metric: str | None = None,
    note: str = "",
) -> Image.Image:
    """Returns a grid of samples with the curves of its training to the right.

    Args:
        grid: A picture, which is made smaller if it is large.
        records: As in `curves`; without any, there are no curves yet.
        metric: A figure of the records to draw in place of the losses.
        note: A line below.

    Example:
        >>> logs = [{"step": 1, "d_real": 0.6, "d_fake": 0.4}]
        >>> beside_curves(gan.show(16, seed=7), logs).save("live.png")
    """
    from PIL import Image

    grid = opaque(grid).convert("RGB")
    grid.thumbnail(_LARGEST_GRID, Image.Resampling.LANCZOS)
    if not records:
        return with_note(grid, note)
    panels = two_panels(width=7.2, height=2.6)
    drawn = figure_picture(_figure(records, panels, metric), dpi=96)
    size = grid.width + drawn.width, max(grid.height, drawn.height)
    canvas = Image.new("RGB", size, "white")
    canvas.paste(grid, (0, (size[1] - grid.height) // 2))
    canvas.paste(drawn, (grid.width, (size[1] - drawn.height) // 2))
    return with_note(canvas, note)


def _figure(
    records: Sequence[Mapping[str, Any]],
    panels: tuple[Figure, Axes, Axes],
    metric: str | None = None,
) -> Figure:
    """Returns the figure of the losses, or of a metric, beside the outputs of D."""
    figure, left, right = panels
    _draw(left, records, _LOSSES if metric is None else {metric: (metric, INK)})
    left.set_title("Losses" if metric is None else metric, loc="left", color=INK)
    draw_limit(right, 0.5, "1/2")
    _draw(right, records, _OUTPUTS)
    right.set_ylim(0, 1)
    right.set_title("Discriminator's output, mean", loc="left", color=INK)
    return figure


def _draw(
    axes: Axes,
    records: Sequence[Mapping[str, Any]],
    lines: Mapping[str, tuple[str, str]],
) -> None:
    """Draws each of `lines` that the records have, over the training step."""
    marker = "o" if len(records) < 15 else None
    for key, (label, colour) in lines.items():
        points = [
            (record["step"], float("nan") if record[key] is None else record[key])
            for record in records
            if key in record
        ]
        if points:
            axes.plot(
                *zip(*points, strict=True),
                label=label,
                color=colour,
                linewidth=1.6,
                marker=marker,
                markersize=3.5,
            )
    if axes.get_legend_handles_labels()[0]:
        axes.legend(frameon=False, labelcolor=INK, fontsize=9)
    axes.set_xlabel("training step", color=INK)
    draw_frame(axes)
