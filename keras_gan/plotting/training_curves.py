"""The two curves that tell how a training went."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from keras_gan._checks import InputError
from keras_gan._files import atomic_path
from keras_gan.plotting._png import SOFTWARE

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_INK, _GRID, _HALF = "#333333", "#e4e4e4", "#888888"
# Blue is the data and its judge, orange the forger; apart for colour-blind eyes too.
_BLUE, _ORANGE = "#2a6fb0", "#d9731a"
_LOSSES = {
    "d_loss": ("discriminator", _BLUE),
    "g_loss": ("generator", _ORANGE),
}
_OUTPUTS = {
    "d_real": ("on data, D(x)", _BLUE),
    "d_fake": ("on samples, D(G(z))", _ORANGE),
}


def curves(
    log_records: Iterable[Mapping[str, Any]], path: str | os.PathLike[str]
) -> None:
    """Draws the losses, and beside them D's two outputs, which must meet at 1/2.

    Args:
        log_records: Mappings with "step" and any of "d_loss", "g_loss", "d_real" and
            "d_fake", as `callbacks.JSONLog` writes them. None and NaN leave a gap.
        path: The PNG file; replaced whole or not at all.

    Raises:
        ValueError: If no record has a step.

    Source: Goodfellow et al. 2014, §4: at the optimum D(x) = 1/2 everywhere.
    """
    from matplotlib.figure import Figure

    records = [record for record in log_records if record.get("step") is not None]
    if not records:
        raise InputError("`log_records` holds no record with a `step`; train first.")
    figure = Figure(figsize=(10, 3.6), layout="constrained", facecolor="white")
    left, right = figure.subplots(1, 2)
    _draw(left, records, _LOSSES)
    left.set_title("Losses", loc="left", color=_INK)
    right.axhline(0.5, color=_HALF, linewidth=1, linestyle=(0, (4, 3)))
    right.annotate(
        "1/2",
        (1, 0.5),
        xycoords=("axes fraction", "data"),
        xytext=(4, 0),
        textcoords="offset points",
        va="center",
        color=_HALF,
    )
    _draw(right, records, _OUTPUTS)
    right.set_ylim(0, 1)
    right.set_title("Discriminator's output, mean", loc="left", color=_INK)
    with atomic_path(path) as temporary:
        figure.savefig(
            temporary, format="png", dpi=120, metadata={"Software": SOFTWARE}
        )


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
        axes.legend(frameon=False, labelcolor=_INK, fontsize=9)
    axes.set_xlabel("training step", color=_INK)
    axes.grid(color=_GRID, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.tick_params(colors=_INK, length=0)
    axes.spines[:].set_visible(False)
