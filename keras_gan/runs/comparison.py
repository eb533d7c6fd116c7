"""Writes a page that shows several runs side by side."""

from __future__ import annotations

import os
from typing import Any

from keras_gan._checks import InputError
from keras_gan._files import write_text
from keras_gan.evaluation.evaluation import (
    Evaluation,
    conditions_of,
    read_evaluation,
)
from keras_gan.pages.template import data_uri, page_template, plain
from keras_gan.runs.folder import RunFolder

Cells = list[tuple[str, bool]]  # for each run its text, and whether it is the best


def write_comparison(folders: list[RunFolder], out: str | os.PathLike[str]) -> None:
    """Writes one page with the figures, pictures and differing recipes of runs.

    The best figure of `keras-gan evaluate` is marked if all were made in the same way;
    otherwise the page says what differs.

    Args:
        folders: At least two.
        out: The HTML file; it needs nothing beside it.

    Raises:
        ValueError: If there are fewer than two, or a folder holds no run.
    """
    if len(folders) < 2:
        raise InputError("Give at least two runs to compare.")
    configs = [folder.read_config() for folder in folders]
    evaluations = [read_evaluation(folder.evaluation) for folder in folders]
    page = page_template("comparison.html").render(
        names=_names_of(folders),
        grids=[_last_grid(folder) for folder in folders],
        reals=_real_images(folders),
        curves=[data_uri(folder.curves) for folder in folders],
        figures=_log_figures(folders),
        evaluations=_evaluation_rows(evaluations),
        conditions=[
            "not evaluated" if each is None else conditions_of(each)
            for each in evaluations
        ],
        objection=_objection(evaluations),
        recipes=_differences([config["recipe"] for config in configs]),
    )
    write_text(out, page)


def _names_of(folders: list[RunFolder]) -> list[str]:
    """Returns the folders' names, or their paths if two share a name."""
    names = [folder.path.resolve().name for folder in folders]
    return names if len(set(names)) == len(names) else [str(f) for f in folders]


def _last_grid(folder: RunFolder) -> str | None:
    samples = folder.epoch_samples()
    return data_uri(samples[max(samples)]) if samples else None


def _real_images(folders: list[RunFolder]) -> dict[str, list[str]]:
    """Returns the pictures of real images, each with the runs that it is of."""
    pictures: dict[str, list[str]] = {}
    for name, folder in zip(_names_of(folders), folders, strict=True):
        if (picture := data_uri(folder.real)) is not None:
            pictures.setdefault(picture, []).append(name)
    return pictures


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
