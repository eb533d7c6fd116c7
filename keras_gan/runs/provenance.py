"""What a run's folder knows of the generator in it, for its exports."""

from __future__ import annotations

import json
import os
from typing import Any

from keras_gan import data
from keras_gan.evaluation import Evaluation
from keras_gan.export import Provenance
from keras_gan.runs.folder import RunFolder


def provenance_of(
    run: str | os.PathLike[str], licence: str | None = None
) -> Provenance:
    """Returns what is known of the training.

    Args:
        run: A run's folder, or a `.keras` file, which knows nothing.
        licence: Of the data; None for what `data.licence` says of the run's.
    """
    folder = RunFolder(run)
    if not folder.config.is_file():
        return Provenance(licence=licence)
    config = folder.read_config()
    recipe, about = config["recipe"], config.get("data", {})
    figures, conditions = _figures(folder)
    memorization: Any = folder.read_memorization() or {}
    names = about.get("class_names") if recipe.get("labels") else None
    return Provenance(
        name=config.get("name"),
        data=recipe.get("data"),
        split=recipe.get("split"),
        num_examples=about.get("num_examples"),
        licence=licence or data.licence(recipe.get("data")),
        class_names=None if names is None else tuple(names),
        recipe=recipe,
        figures=figures,
        conditions=conditions,
        memorization=memorization.get("verdict"),
    )


def _figures(folder: RunFolder) -> tuple[dict[str, float] | None, str | None]:
    """The figures of `keras-gan evaluate`, and how they were made."""
    if not folder.evaluation.is_file():
        return None, None
    found = Evaluation.from_dict(json.loads(folder.evaluation.read_text("utf-8")))
    conditions = (
        f"{found.fake_count} samples (seed {found.seed}) against {found.real_count} of "
        f"{found.data}; features: {found.extractor}, resize: {found.resize}."
    )
    return dict(found.values), conditions
