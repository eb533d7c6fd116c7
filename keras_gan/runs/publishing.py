"""Writes a comparison of runs as a page, a CSV or LaTeX table, or curves."""

from __future__ import annotations

import csv
import io
import os
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from keras_gan import plotting
from keras_gan._checks import InputError
from keras_gan._files import write_text
from keras_gan.evaluation.evaluation import Evaluation
from keras_gan.pages.template import data_uri, page_template
from keras_gan.plotting.picture import SOFTWARE
from keras_gan.runs.comparison import ComparedRuns, Comparison
from keras_gan.runs.folder import RunFolder

REAL = "real against real"
# Signs of LaTeX. After the end of a row "[" and "*" would be arguments, and two hyphens
# would become a dash.
_LATEX = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': "{''}",
    "-": "{-}",
    "[": "{[}",
    "*": "{*}",
} | {sign: f"\\{sign}" for sign in "#$%&_{}"}


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
    page = page_template("comparison.html").render(
        comparison=comparison,
        runs=runs,
        grids=[_last_grid(run.folder) for run in runs],
        reals=_real_images(comparison),
        metrics={name: arrow(name) for name in names},
        best={name: comparison.best(name) for name in names},
        logs=list(dict.fromkeys(name for run in runs for name in run.logs)),
        curves=_embedded_curves(comparison),
        real=REAL,
    )
    write_text(path, page)


def _real_images(comparison: Comparison) -> dict[str, list[str]]:
    """Returns the pictures of real images, each with the rows that it is of."""
    pictures: dict[str, list[str]] = {}
    for row in comparison.rows:
        for picture in dict.fromkeys(data_uri(run.folder.real) for run in row.runs):
            if picture is not None:
                pictures.setdefault(picture, []).append(row.label)
    return pictures


def write_csv(
    comparison: Comparison,
    path: str | os.PathLike[str],
    *,
    metrics: Sequence[str] = (),
) -> None:
    """Writes a CSV table: a line for each row, one for data against data.

    A figure has a column for its mean and one, `…_std`, for the standard deviation over
    the runs, which is empty for one run. The columns `last_…` are the means of the last
    epoch of the training.

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
    lines = [_csv_line(row, names) for row in comparison.rows]
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


def _csv_line(row: ComparedRuns, names: Sequence[str]) -> dict[str, Any]:
    """Returns the cells of a row by their columns."""
    first = row.runs[0]
    figures = {name: row.figures[name] for name in names if name in row.figures}
    return {
        "run": row.label,
        "n": len(row.runs),
        "seeds": " ".join(map(str, row.seeds)),
        "folders": ";".join(str(run.folder) for run in row.runs),
        "epochs": first.epochs,
        "steps": first.steps,
        **_columns({"minutes": row.minutes}),
        "ended_early": str(first.ended_early).lower(),
        "evaluated": row.evaluated,
        **_columns(figures),
        **_columns({f"last_{name}": spread for name, spread in row.logs.items()}),
    }


def _columns(figures: dict[str, Any]) -> dict[str, Any]:
    """Returns the mean and the deviation of each figure under their columns."""
    cells: dict[str, Any] = {}
    for name, spread in figures.items():
        cells[name] = repr(spread.mean)
        deviation = spread.deviation
        cells[f"{name}_std"] = "" if deviation is None else repr(deviation)
    return cells


def write_latex(
    comparison: Comparison,
    path: str | os.PathLike[str],
    *,
    metrics: Sequence[str] = (),
) -> None:
    r"""Writes a LaTeX table, which needs `\usepackage{booktabs}`.

    The best mean of a figure is bold, if the runs were evaluated in one way. How they
    were evaluated stands above the table, in comments.

    Args:
        comparison: The result of `compare`.
        path: The file, in UTF-8; replaced whole or not at all.
        metrics: The figures of the evaluation to write; none for all.

    Raises:
        ValueError: If no run is evaluated, or one of `metrics` is no figure of these
            runs.

    Example:
        >>> comparison = keras_gan.runs.compare(["runs/a", "runs/b"])
        >>> keras_gan.runs.write_latex(comparison, "table.tex")
    """
    names = comparison.metrics(metrics)
    if not names:
        raise InputError(
            "There are no figures for a LaTeX table: no run is evaluated, or the seeds "
            "of one recipe are in different ways; run `keras-gan evaluate RUN` first."
        )
    write_text(path, _latex(comparison, names))


def _latex(comparison: Comparison, names: Sequence[str]) -> str:
    """Returns the table."""
    best = {name: comparison.best(name) for name in names}
    signs = {"↓": r" $\downarrow$", "↑": r" $\uparrow$"}
    heads = ["run", "$n$", *(escape_latex(n) + signs[arrow(n)] for n in names)]
    body = [
        [
            escape_latex(row.label),
            str(row.evaluated),
            *(
                row.figures[name].to_latex(bold=row in best[name])
                if name in row.figures
                else "--"
                for name in names
            ),
        ]
        for row in comparison.rows
    ]
    real = [comparison.real.get(name) for name in names]
    last = [[REAL, "", *("--" if each is None else each.to_latex() for each in real)]]
    notes = [
        f"Written by {SOFTWARE}; needs \\usepackage{{booktabs}}.",
        "n runs that differ in the seed alone: mean and standard deviation (n - 1).",
        *comparison.conditions,
        *([] if comparison.objection is None else [comparison.objection]),
    ]
    return "\n".join(
        [
            *(f"% {' '.join(note.split())}" for note in notes),
            rf"\begin{{tabular}}{{l{'r' * (1 + len(names))}}}",
            r"\toprule",
            _latex_row(heads),
            r"\midrule",
            *map(_latex_row, body),
            *([r"\midrule", *map(_latex_row, last)] if comparison.real else []),
            r"\bottomrule",
            r"\end{tabular}",
            "",
        ]
    )


def _latex_row(cells: Sequence[str]) -> str:
    return " & ".join(cells) + r" \\"


def escape_latex(text: str) -> str:
    """Returns text that LaTeX prints as it is."""
    return re.sub("|".join(map(re.escape, _LATEX)), lambda sign: _LATEX[sign[0]], text)


def write_curves(comparison: Comparison, path: str | os.PathLike[str]) -> None:
    """Draws the losses, D's outputs and all metrics of the runs on shared axes.

    Args:
        comparison: The result of `compare`.
        path: The `.png`, `.pdf` or `.svg` file; replaced whole or not at all.

    Raises:
        ValueError: If the file has another suffix, or no run has logged a step.

    Example:
        >>> comparison = keras_gan.runs.compare(["runs/a", "runs/b"])
        >>> keras_gan.runs.write_curves(comparison, "curves.pdf")
    """
    plotting.compared_curves(
        {
            row.label: [run.folder.read_log() for run in row.runs]
            for row in comparison.rows
        },
        path,
    )


def arrow(metric: str) -> str:
    """Returns an arrow to where a figure is better: "↓" or "↑"."""
    return "↓" if Evaluation.better(metric) == "less" else "↑"


def _embedded_curves(comparison: Comparison) -> str | None:
    """Returns the curves for a page; None if nothing was trained."""
    if not any(run.steps for row in comparison.rows for run in row.runs):
        return None
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "curves.png")
        write_curves(comparison, path)
        return data_uri(path)


def _last_grid(folder: RunFolder) -> str | None:
    samples = folder.epoch_samples()
    return data_uri(samples[max(samples)]) if samples else None
