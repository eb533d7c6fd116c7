"""Writes a comparison of runs as a page, a CSV table, or curves."""

from __future__ import annotations

import csv
import io
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from keras_gan import plotting
from keras_gan._files import write_text
from keras_gan.evaluation.evaluation import Evaluation, conditions_of
from keras_gan.pages.template import data_uri, page_template
from keras_gan.runs.columns import columns_of
from keras_gan.runs.comparison import REAL, ComparedRuns, Comparison, arrow
from keras_gan.runs.folder import RunFolder
from keras_gan.runs.summary import RunSummary

# Columns of the conditions, and the attributes of an evaluation that they hold.
_CONDITIONS = {
    "data": "data",
    "examples": "real_count",
    "samples": "fake_count",
    "samples_seed": "seed",
    "truncation": "truncation",
    "extractor": "extractor",
    "extractor_sha256": "extractor_sha256",
}


def write_page(
    comparison: Comparison,
    path: str | os.PathLike[str],
    *,
    metrics: Sequence[str] = (),
) -> None:
    """Writes an HTML page of samples, figures, curves and differing recipes.

    Args:
        comparison: The result of `compare`.
        path: The file; it needs nothing beside it.
        metrics: The figures of the evaluation to show; none for all.

    Raises:
        ValueError: If one of `metrics` is no figure of these runs.

    Example:
        >>> comparison = keras_gan.runs.compare(["runs/a", "runs/b"])
        >>> keras_gan.runs.write_page(comparison, "compare.html")
    """
    names = comparison.metrics(metrics)
    runs = [run for row in comparison.rows for run in row.runs]
    logged = dict.fromkeys(name for run in runs for name in run.logs)
    page = page_template("comparison.html").render(
        comparison=comparison,
        runs=runs,
        grids=[_last_grid(run.folder) for run in runs],
        reals=_real_images(comparison),
        metrics=columns_of(
            names, [*(row.figures for row in comparison.rows), comparison.real]
        ),
        arrow=arrow,
        best={name: comparison.best(name) for name in names},
        logs=columns_of(logged, [row.logs for row in comparison.rows]),
        while_training=while_training(comparison),
        curves=_embedded_curves(comparison, metrics),
        real=REAL,
    )
    write_text(path, page)


def _real_images(comparison: Comparison) -> dict[str, list[str]]:
    """Returns the pictures of real images, each with the rows that it is of."""
    pictures: dict[str, list[str]] = {}
    for row in comparison.rows:
        of_row: dict[str, list[RunSummary]] = {}
        for run in row.runs:
            if (picture := data_uri(run.folder.real)) is not None:
                of_row.setdefault(picture, []).append(run)
        for picture, runs in of_row.items():
            pictures.setdefault(picture, []).append(row.name_of(runs))
    return pictures


def while_training(comparison: Comparison) -> list[str]:
    """Returns with which samples and data the last epochs were evaluated, if they were.

    The logged metrics of a training are of other samples, and often of other data, than
    the figures of `keras-gan evaluate`.
    """
    ways = [
        conditions_of(run.best)
        for row in comparison.rows
        for run in row.runs
        if run.best is not None
    ]
    return list(dict.fromkeys(ways))


def write_csv(
    comparison: Comparison,
    path: str | os.PathLike[str],
    *,
    metrics: Sequence[str] = (),
) -> None:
    """Writes a CSV table: a line for each row, one for data against data.

    A figure has a column for its mean and one, `…_std`, for the standard deviation over
    the runs, which is empty for one run. `data`, `examples`, `samples`, `samples_seed`,
    `truncation`, `extractor` and `extractor_sha256` are the conditions of the figures.
    The columns `last_…` are the means of the last epoch of the training; the metrics
    among them have conditions of their own, `last_data`, `last_samples` and so on, and
    are not to be mixed with the others.

    Args:
        comparison: The result of `compare`.
        path: The file, in UTF-8; replaced whole or not at all.
        metrics: The figures of the evaluation to write; none for all.

    Raises:
        ValueError: If one of `metrics` is no figure of these runs.

    Example:
        >>> comparison = keras_gan.runs.compare(["runs/a", "runs/b"])
        >>> keras_gan.runs.write_csv(comparison, "table.csv")
    """
    names = comparison.metrics(metrics)
    lines = [_csv_line(comparison, row, names) for row in comparison.rows]
    if comparison.real:
        real = {
            name: comparison.real[name] for name in names if name in comparison.real
        }
        lines.append({"run": REAL, **_columns(real)})
    columns = list(dict.fromkeys(column for line in lines for column in line))
    text = io.StringIO()
    table = csv.DictWriter(text, columns, restval="", lineterminator="\n")
    table.writeheader()
    table.writerows(lines)
    write_text(path, text.getvalue())


def _csv_line(
    comparison: Comparison, row: ComparedRuns, names: Sequence[str]
) -> dict[str, Any]:
    """Returns the cells of a row by their columns."""
    first, minutes = row.runs[0], _columns({"minutes": row.minutes})
    early = first.ended_early
    figures = {name: row.figures[name] for name in names if name in row.figures}
    during = comparison.while_training
    evaluations = [run.best if during else run.evaluation for run in row.runs]
    return {
        "run": row.label,
        "n": len(row.runs),
        "seeds": " ".join(map(str, row.seeds)),
        "folders": ";".join(str(run.folder) for run in row.runs),
        "epochs": first.epochs,
        "steps": first.steps,
        **({"minutes": ""} if row.duration == "unknown" else minutes),
        "ended_early": "" if early is None else str(early).lower(),
        "evaluated": row.evaluated,
        **_conditions(row, evaluations, ""),
        **_columns(figures),
        **_conditions(row, [run.best for run in row.runs], "last_"),
        **_columns({f"last_{name}": spread for name, spread in row.logs.items()}),
    }


def _conditions(
    row: ComparedRuns, evaluations: Sequence[Evaluation | None], prefix: str
) -> dict[str, Any]:
    """Returns the conditions of the figures under their columns; several with ";"."""
    found = [each.to_dict() for each in evaluations if each is not None]
    return {
        f"{prefix}{column}": ";".join(
            dict.fromkeys(str(each[name]) for each in found if each[name] is not None)
        )
        for column, name in _CONDITIONS.items()
    }


def _columns(figures: dict[str, Any]) -> dict[str, Any]:
    """Returns the mean and the deviation of each figure under their columns."""
    cells: dict[str, Any] = {}
    for name, spread in figures.items():
        cells[name] = repr(spread.mean)
        deviation = spread.deviation
        cells[f"{name}_std"] = "" if deviation is None else repr(deviation)
    return cells


def write_curves(
    comparison: Comparison,
    path: str | os.PathLike[str],
    *,
    metrics: Sequence[str] = (),
    width: float | None = None,
) -> None:
    """Draws the losses, D's outputs and metrics of the runs on shared axes.

    Args:
        comparison: The result of `compare`.
        path: The `.png`, `.pdf` or `.svg` file; replaced whole or not at all.
        metrics: The metrics to draw beside the losses and D's outputs, where they are
            logged; none for all.
        width: The width in inches; see `plotting.compared_curves`.

    Raises:
        ValueError: If the file has another suffix, or no run has logged a step.

    Example:
        >>> comparison = keras_gan.runs.compare(["runs/a", "runs/b"])
        >>> keras_gan.runs.write_curves(comparison, "curves.pdf", width=3.3)
    """
    plotting.compared_curves(
        {
            row.label: [run.folder.read_log() for run in row.runs]
            for row in comparison.rows
        },
        path,
        metrics=comparison.metrics(metrics) if metrics else None,
        width=width,
    )


def _embedded_curves(comparison: Comparison, metrics: Sequence[str]) -> str | None:
    """Returns the curves for a page; None if nothing was trained."""
    if not any(run.steps for row in comparison.rows for run in row.runs):
        return None
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "curves.png")
        write_curves(comparison, path, metrics=metrics)
        return data_uri(path)


def _last_grid(folder: RunFolder) -> str | None:
    samples = folder.epoch_samples()
    return data_uri(samples[max(samples)]) if samples else None
