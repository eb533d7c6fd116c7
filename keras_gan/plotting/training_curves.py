"""Curves of a training: both losses, and the two means of the discriminator."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from keras_gan._checks import InputError
from keras_gan.plotting._figures import (
    BLUE,
    INK,
    ORANGE,
    draw_frame,
    draw_limit,
    two_panels,
)
from keras_gan.plotting.figure_files import save_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes

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

    Source: Goodfellow et al. 2014, §4: at the optimum D(x) = 1/2 everywhere.
    """
    records = [record for record in log_records if record.get("step") is not None]
    if not records:
        raise InputError("`log_records` holds no record with a `step`; train first.")
    figure, left, right = two_panels()
    _draw(left, records, _LOSSES)
    left.set_title("Losses", loc="left", color=INK)
    draw_limit(right, 0.5, "1/2")
    _draw(right, records, _OUTPUTS)
    right.set_ylim(0, 1)
    right.set_title("Discriminator's output, mean", loc="left", color=INK)
    save_figure(path, figure, dpi=120)


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
