"""Curves of several trainings on shared axes."""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from keras_gan._checks import InputError, check_positive_float, printable
from keras_gan.plotting._figures import INK, draw_frame, draw_limit
from keras_gan.plotting.figure_files import check_figure_path, save_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# The colours of Okabe and Ito, which colour-blind eyes can tell apart; then they repeat
# with other dashes.
_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000")
_DASHES = ("-", "--", ":", "-.")
_TITLES = {
    "d_loss": "discriminator's loss",
    "g_loss": "generator's loss",
    "d_real": "D(x) on data",
    "d_fake": "D(G(z)) on samples",
}
_PLACES = ("event", "epoch", "step", "images")
# Three panels are as wide as the text of a paper. Letters have 7 points at any width.
_WIDTH, _POINTS = 7.2, 7
# The least width of a panel in inches, and the share of its width that is its height.
_NARROWEST, _ASPECT, _LOWEST = 1.6, 0.8, 1.3
_LONGEST_LABEL = 60

_Log = Sequence[Mapping[str, Any]]


def compared_curves(
    logs: Mapping[str, Sequence[Iterable[Mapping[str, Any]]]],
    path: str | os.PathLike[str],
    *,
    metrics: Sequence[str] | None = None,
    width: float | None = None,
) -> None:
    """Draws trainings over their steps: the losses, D's outputs, and each metric.

    Trainings of one label share a colour: each is a thin line, and a thick line is
    their mean, at the steps that all of them have logged.

    Args:
        logs: By their label the logs of trainings that differ in the seed alone. A log
            holds mappings as `callbacks.JSONLog` writes them: with "step", "event" and
            figures. None and NaN leave a gap. A figure `x_real` beside `x`, the same
            for all, is a dashed line in the panel of x.
        path: The `.png`, `.pdf` or `.svg` file; replaced whole or not at all.
        metrics: The metrics to draw beside the losses and D's outputs; those that are
            not logged are left out, and None draws all.
        width: The width in inches, 7.2 by default. A column of a paper has about 3.3:
            drawn in that width, and included without scaling, the letters have 7 points
            there.

    Raises:
        ValueError: If no record has a step, the file has another suffix, or the width
            is no number from 2 to 40.

    Example:
        >>> log = [{"step": step, "d_real": 0.7, "d_fake": 0.3} for step in range(9)]
        >>> compared_curves({"one run": [log]}, "curves.pdf")
    """
    check_figure_path(path)
    groups = {label: [list(log) for log in each] for label, each in logs.items()}
    every = [record for group in groups.values() for log in group for record in log]
    width = _check_width(_WIDTH if width is None else width)
    names = _names(every, metrics)
    if not names or not any(record.get("step") is not None for record in every):
        raise InputError("`logs` holds no record with a `step`; train first.")
    figure, panels = _panels(len(names), width)
    for axes, name in zip(panels, names, strict=True):
        for index, group in enumerate(groups.values()):
            _draw(axes, [_points(log, name) for log in group], index)
        _finish(axes, name, every)
    _draw_legend(figure, list(groups), columns=max(1, min(4, int(width / 1.1))))
    save_figure(path, figure, dpi=150)


def _check_width(width: float) -> float:
    """Returns the width of a figure in inches if it is one."""
    if not 2 <= check_positive_float("width", width) <= 40:
        raise InputError(f"`width` must be 2 to 40 inches; got {width!r}.")
    return float(width)


def _names(records: _Log, metrics: Sequence[str] | None) -> list[str]:
    """Returns the figures to draw: the losses, D's outputs, then the metrics."""
    found = dict.fromkeys(name for record in records for name in record)
    logged = [
        name
        for name in found
        if name not in (*_PLACES, *_TITLES) and not _is_of_data(name, found)
    ]
    drawn = [name for name in logged if metrics is None or name in metrics]
    return [name for name in _TITLES if name in found] + drawn


def _is_of_data(name: str, found: Iterable[str]) -> bool:
    """Returns whether a figure is that of data against data beside another figure."""
    return name.endswith("_real") and name.removesuffix("_real") in found


def _columns(count: int, width: float) -> int:
    """Returns the panels of a row: without a hole in the last row, where that goes.

    About three inches by two are best for a panel; rows of one are for narrow figures.
    """
    most = max(1, min(4, int(width / _NARROWEST)))
    usual = min(most, 3)
    fewest = 1 if usual < 3 else 2
    return min(
        range(min(fewest, count), min(most, count) + 1),
        key=lambda columns: (
            -count % columns,
            abs(columns - usual),
            columns if count <= usual + 1 else -columns,
        ),
    )


def _panels(count: int, width: float) -> tuple[Figure, list[Axes]]:
    """Returns a figure, and its panels row by row."""
    from matplotlib.figure import Figure

    columns = _columns(count, width)
    rows = math.ceil(count / columns)
    height = min(max(_ASPECT * width / columns, _LOWEST), 1.9 if columns > 1 else 1.5)
    size = (width, height * rows + 0.4)
    figure = Figure(figsize=size, layout="constrained", facecolor="white")
    panels = figure.subplots(rows, columns, squeeze=False).ravel()
    for unused in panels[count:]:
        unused.remove()
    return figure, list(panels[:count])


def _points(log: _Log, name: str) -> dict[int, float]:
    """Returns a figure by the step; the records within epochs, if they have it."""
    having = [r for r in log if name in r and r.get("step") is not None]
    within = [record for record in having if record.get("event") == "step"]
    return {
        record["step"]: math.nan if record[name] is None else float(record[name])
        for record in within or having
    }


def _style(index: int) -> dict[str, Any]:
    """Returns the colour and the dashes of the label of that number."""
    turn, colour = divmod(index, len(_COLOURS))
    return {"color": _COLOURS[colour], "linestyle": _DASHES[turn % len(_DASHES)]}


def _draw(axes: Axes, curves: Sequence[Mapping[int, float]], index: int) -> None:
    """Draws the curves of one label, and their mean if there are several."""
    style = _style(index)
    curves = [curve for curve in curves if curve]
    for curve in curves:
        alone = len(curves) == 1
        axes.plot(
            list(curve),
            list(curve.values()),
            **style,
            linewidth=1.2 if alone else 0.6,
            alpha=1.0 if alone else 0.4,
            marker="o" if len(curve) == 1 else None,
            markersize=3,
        )
    shared = (
        [step for step in curves[0] if all(step in c for c in curves)] if curves else []
    )
    if len(curves) > 1 and shared:
        means = [sum(curve[step] for curve in curves) / len(curves) for step in shared]
        axes.plot(shared, means, **style, linewidth=1.5)


def _finish(axes: Axes, name: str, records: _Log) -> None:
    """Draws the title, the frame, and the value that the curves should reach."""
    title = axes.set_title(_TITLES.get(name, name), loc="left", color=INK)
    title.set_fontsize(_POINTS + 1)
    title.set_parse_math(False)
    if name in ("d_real", "d_fake"):
        axes.set_ylim(0, 1)
        draw_limit(axes, 0.5, "½", size=_POINTS)
    real = {record[f"{name}_real"] for record in records if f"{name}_real" in record}
    if len(real) == 1 and (value := real.pop()) is not None:
        draw_limit(axes, value, "real", size=_POINTS)
    axes.set_xlabel("training step", color=INK, fontsize=_POINTS)
    draw_frame(axes)
    axes.tick_params(labelsize=_POINTS)


def _draw_legend(figure: Figure, labels: Sequence[str], *, columns: int) -> None:
    """Draws the labels below all panels, as text that matplotlib does not interpret."""
    from matplotlib.lines import Line2D

    legend = figure.legend(
        [Line2D([], [], **_style(index)) for index in range(len(labels))],
        [str(index) for index in range(len(labels))],
        loc="outside lower center",
        ncols=min(len(labels), columns),
        frameon=False,
        labelcolor=INK,
        fontsize=_POINTS + 1,
    )
    for text, label in zip(legend.get_texts(), labels, strict=True):
        text.set_parse_math(False)
        text.set_text(printable(label, _LONGEST_LABEL))
