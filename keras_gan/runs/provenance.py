"""Collects the facts in a run's folder that an export of its generator records."""

from __future__ import annotations

import os
from typing import Any

from keras_gan import data
from keras_gan.evaluation.evaluation import conditions_of, read_evaluation
from keras_gan.export import Provenance
from keras_gan.runs.folder import RunFolder


def provenance_of(
    run: str | os.PathLike[str], licence: str | None = None
) -> Provenance:
    """Returns the facts that are known of a training.

    Args:
        run: A run's folder; of a `.keras` file nothing is known.
        licence: The licence of the data; None for the one that `data.licence` knows.
    """
    folder = RunFolder(run)
    if not folder.config.is_file():
        return Provenance(licence=licence)
    config = folder.read_config()
    recipe, about = config["recipe"], config.get("data", {})
    evaluation = read_evaluation(folder.evaluation)
    memorization: Any = folder.read_memorization() or {}
    names = folder.class_names() if recipe.get("labels") else None
    return Provenance(
        name=config.get("name"),
        data=recipe.get("data"),
        split=recipe.get("split"),
        num_examples=about.get("num_examples"),
        licence=licence or data.licence(recipe.get("data")),
        class_names=None if names is None else tuple(names),
        recipe=recipe,
        figures=None if evaluation is None else dict(evaluation.values),
        conditions=None if evaluation is None else f"{conditions_of(evaluation)}.",
        memorization=memorization.get("verdict"),
    )
