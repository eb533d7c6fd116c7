"""The page that shows several runs side by side."""

from __future__ import annotations

import json
import os
from typing import Any

from keras_gan._checks import InputError
from keras_gan._files import write_text
from keras_gan.evaluation import Evaluation
from keras_gan.pages.template import data_uri, page_template, plain
from keras_gan.runs.folder import RunFolder

Cells = list[tuple[str, bool]]  # a text for each run, and whether it is the best


def write_comparison(folders: list[RunFolder], out: str | os.PathLike[str]) -> None:
    """Writes one page with the figures, pictures and differing recipes of runs.

    Figures of `keras-gan evaluate` stand side by side, and the best is marked, only
    where they were made in the same way; otherwise the page says what differs.

    Args:
        folders: At least two.
        out: The HTML file; it needs nothing beside it.

    Raises:
        ValueError: If there are fewer than two, or a folder holds no run.
    """
    if len(folders) < 2:
        raise InputError("Give at least two runs to compare.")
    configs = [folder.read_config() for folder in folders]
    evaluations = [_evaluation_of(folder) for folder in folders]
    page = page_template("comparison.html").render(
        names=_names_of(folders),
        grids=[_last_grid(folder) for folder in folders],
        curves=[data_uri(folder.curves) for folder in folders],
        figures=_log_figures(folders),
        evaluations=_evaluation_rows(evaluations),
        conditions=_conditions(evaluations),
        objection=_objection(evaluations),
        recipes=_differences([config["recipe"] for config in configs]),
    )
    write_text(out, page)


def _names_of(folders: list[RunFolder]) -> list[str]:
    """The folders' names, or their paths where two share a name."""
    names = [folder.path.resolve().name for folder in folders]
    return names if len(set(names)) == len(names) else [str(f) for f in folders]


def _evaluation_of(folder: RunFolder) -> Evaluation | None:
    if not folder.evaluation.is_file():
        return None
    try:
        return Evaluation.from_dict(json.loads(folder.evaluation.read_text("utf-8")))
    except (ValueError, TypeError) as error:
        raise InputError(
            f"'{folder.evaluation}': it is damaged ({error}); run keras-gan evaluate "
            "again."
        ) from None


def _last_grid(folder: RunFolder) -> str | None:
    samples = folder.epoch_samples()
    return data_uri(samples[max(samples)]) if samples else None


def _log_figures(folders: list[RunFolder]) -> dict[str, Cells]:
    """What the last epoch of each logged, and how long the training took."""
    last = [next(iter(folder.read_log("epoch")[-1:]), {}) for folder in folders]
    rows: dict[str, Cells] = {}
    for name in dict.fromkeys(name for record in last for name in record):
        if name not in ("event", "images"):
            rows[name] = [(_number(record.get(name)), False) for record in last]
    seconds = [sum(r["seconds"] for r in f.read_times("epoch")) for f in folders]
    rows["minutes"] = [(f"{each / 60:.1f}", False) for each in seconds]
    return rows


def _evaluation_rows(evaluations: list[Evaluation | None]) -> dict[str, Cells]:
    """The figures of each metric; the best is marked where they can be compared."""
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
            (_number(each and each.values.get(name)), comparable and each is best)
            for each in evaluations
        ]
    return rows


def _objection(evaluations: list[Evaluation | None]) -> str | None:
    """Why the evaluations cannot be compared; None if they can."""
    known = [evaluation for evaluation in evaluations if evaluation is not None]
    for other in known[1:]:
        try:
            known[0].check_comparable(other)
        except InputError as error:
            return str(error)
    return None


def _conditions(evaluations: list[Evaluation | None]) -> list[str]:
    """How the figures of each run were made."""
    return [
        "not evaluated"
        if each is None
        else f"{each.fake_count} samples against {each.real_count} of {each.data}; "
        f"features: {each.extractor}, resize: {each.resize}"
        for each in evaluations
    ]


def _differences(recipes: list[dict[str, Any]]) -> dict[str, list[str]]:
    """The fields of the recipes that are not the same in all."""
    rows: dict[str, list[str]] = {}
    for name in dict.fromkeys(name for recipe in recipes for name in recipe):
        values = [plain(recipe.get(name)) for recipe in recipes]
        if len(set(values)) > 1:
            rows[name] = values
    return rows


def _number(value: Any) -> str:
    if isinstance(value, (int, float)):
        return f"{value:.6g}"
    return "–"
