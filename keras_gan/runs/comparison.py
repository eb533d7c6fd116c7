"""Shows several runs side by side, in a table or on a page."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from keras_gan._checks import InputError, one_line
from keras_gan._files import write_text
from keras_gan.evaluation.evaluation import (
    Evaluation,
    conditions_of,
    read_evaluation,
)
from keras_gan.notebooks.tables import html_table
from keras_gan.pages.template import data_uri, page_template, plain
from keras_gan.runs.folder import RunFolder

Cells = list[tuple[str, bool]]  # for each run its text, and whether it is the best


@dataclass(frozen=True, repr=False)
class RunComparison:
    """Several runs side by side; the attributes have a value or a cell for each.

    Attributes:
        names: The runs' names.
        evaluations: The figures of `keras-gan evaluate` by name.
        conditions: How each run was evaluated.
        objection: Why the evaluations cannot be compared; None if they can, and the
            best figures are marked.
        figures: The figures that each run logged last, by name.
        recipes: The fields of the recipes that differ, as text.
        grids: The samples after the last epoch, as data URIs; None without any.
        curves: The curves of the training, likewise.
    """

    names: list[str]
    evaluations: dict[str, Cells]
    conditions: list[str]
    objection: str | None
    figures: dict[str, Cells]
    recipes: dict[str, list[str]]
    grids: list[str | None]
    curves: list[str | None]

    def __repr__(self) -> str:
        return one_line(f"RunComparison({', '.join(self.names)})", None)

    def _repr_html_(self) -> str:
        """Returns the figures and the differing recipes as tables for notebooks."""
        evaluated = [
            (name, *(f"{text} (best)" if best else text for text, best in cells))
            for name, cells in self.evaluations.items()
        ]
        logged = [
            (name, *(text for text, _ in cells)) for name, cells in self.figures.items()
        ]
        differing = [(name, *values) for name, values in self.recipes.items()]
        tables = [
            ("Evaluation", evaluated, [self.objection] if self.objection else []),
            ("Last figures of the training", logged, []),
            ("Differences between the recipes", differing, []),
        ]
        return "".join(
            html_table(rows, header=("", *self.names), title=title, notes=notes)
            for title, rows, notes in tables
            if rows
        )

    def write(self, out: str | os.PathLike[str]) -> None:
        """Writes one page with the figures, pictures and differing recipes.

        Args:
            out: The HTML file; it needs nothing beside it.
        """
        write_text(out, page_template("comparison.html").render(**vars(self)))


def compare_runs(folders: Sequence[str | os.PathLike[str]]) -> RunComparison:
    """Puts runs side by side: their figures, pictures and differing recipes.

    The best figure of `keras-gan evaluate` is marked if all were made in the same way;
    otherwise the comparison says what differs.

    Args:
        folders: At least two.

    Raises:
        ValueError: If there are fewer than two, or a folder holds no run.

    Example:
        >>> experiment.compare_runs(["runs/a", "runs/b"]).write("compared.html")
    """
    if len(folders) < 2:
        raise InputError("Give at least two runs to compare.")
    runs = [RunFolder(folder) for folder in folders]
    configs = [run.read_config() for run in runs]
    evaluations = [read_evaluation(run.evaluation) for run in runs]
    return RunComparison(
        names=_names_of(runs),
        evaluations=_evaluation_rows(evaluations),
        conditions=[
            "not evaluated" if each is None else conditions_of(each)
            for each in evaluations
        ],
        objection=_objection(evaluations),
        figures=_log_figures(runs),
        recipes=_differences([config["recipe"] for config in configs]),
        grids=[_last_grid(run) for run in runs],
        curves=[data_uri(run.curves) for run in runs],
    )


def _names_of(folders: list[RunFolder]) -> list[str]:
    """Returns the folders' names, or their paths if two share a name."""
    names = [folder.path.resolve().name for folder in folders]
    return names if len(set(names)) == len(names) else [str(f) for f in folders]


def _last_grid(folder: RunFolder) -> str | None:
    samples = folder.epoch_samples()
    return data_uri(samples[max(samples)]) if samples else None


def _log_figures(folders: list[RunFolder]) -> dict[str, Cells]:
    """Returns the figures that each run logged last, and the minutes it trained."""
    last = [next(iter(folder.read_log("epoch")[-1:]), {}) for folder in folders]
    rows: dict[str, Cells] = {}
    for name in dict.fromkeys(name for record in last for name in record):
        if name not in ("event", "images"):
            rows[name] = [(_number(record.get(name)), False) for record in last]
    seconds = [sum(r["seconds"] for r in f.read_times("epoch")) for f in folders]
    rows["minutes"] = [(f"{each / 60:.1f}", False) for each in seconds]
    return rows


def _evaluation_rows(evaluations: list[Evaluation | None]) -> dict[str, Cells]:
    """Returns the figures of each metric; the best is marked if all can be compared."""
    known = [evaluation for evaluation in evaluations if evaluation is not None]
    comparable = len(known) > 1 and _objection(evaluations) is None
    rows: dict[str, Cells] = {}
    for name in dict.fromkeys(name for each in known for name in each.values):
        having = [each for each in known if name in each.values]
        best = having[0]
        for each in having if comparable else []:
            if each.is_better_than(best, name):
                best = each
        rows[name] = [
            (_beside_real(each, name), comparable and each is best)
            for each in evaluations
        ]
    return rows


def _beside_real(evaluation: Evaluation | None, name: str) -> str:
    """Returns a figure, and in brackets that of data against data where it is known."""
    if evaluation is None:
        return _number(None)
    real = (evaluation.real or {}).get(name)
    beside = "" if real is None else f" (real {real:.4g})"
    return _number(evaluation.values.get(name)) + beside


def _objection(evaluations: list[Evaluation | None]) -> str | None:
    """Returns why the evaluations cannot be compared; None if they can."""
    known = [evaluation for evaluation in evaluations if evaluation is not None]
    for other in known[1:]:
        try:
            known[0].check_comparable(other)
        except InputError as error:
            return str(error)
    return None


def _differences(recipes: list[dict[str, Any]]) -> dict[str, list[str]]:
    """Returns the fields of the recipes that differ, with the value of each run."""
    rows: dict[str, list[str]] = {}
    for name in dict.fromkeys(name for recipe in recipes for name in recipe):
        values = [plain(recipe.get(name)) for recipe in recipes]
        if len(set(values)) > 1:
            rows[name] = values
    return rows


def _number(value: Any) -> str:
    """Returns a number with six digits, and a dash for anything else."""
    if isinstance(value, (int, float)):
        return f"{value:.6g}"
    return "–"
