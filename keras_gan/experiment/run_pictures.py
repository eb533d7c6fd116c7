"""The pictures of a finished run that look at what it has learnt."""

from __future__ import annotations

import json
import math
from typing import Any

from keras_gan import plotting, priors
from keras_gan._checks import InputError
from keras_gan._files import write_text
from keras_gan.evaluation.reference_data import DataDir, ReferenceData, load_reference
from keras_gan.generators.pictures import (
    SOURCE,
    Comparison,
    class_picture,
    compare,
    range_of,
    truncation_picture,
    verdict_of,
)
from keras_gan.presets import Recipe
from keras_gan.runs.folder import RunFolder
from keras_gan.training import GAN

_ROWS, _TRUNCATION_SEEDS, _NEIGHBORS = 8, (1, 2, 3, 4), 18
# What keeps the comparison within seconds, and the images within 256 MiB.
_SAMPLES, _HELD_OUT, _TRAIN, _ENTRIES = 1000, 1000, 10_000, 1 << 25


def draw_pictures(
    gan: GAN, folder: RunFolder, recipe: Recipe, data_dir: DataDir
) -> None:
    """Writes the classes, the truncations, and the neighbours with their verdict."""
    if gan.num_classes is not None:
        names = folder.read_config()["data"].get("class_names")
        picture = class_picture(gan, rows=_ROWS, seed=0, names=names)
        plotting.save_picture(folder.classes, picture)
    picture = truncation_picture(gan, _TRUNCATION_SEEDS)
    plotting.save_picture(folder.truncation, picture)
    folder.neighbors.unlink(missing_ok=True)
    try:
        compared, known = _compare(gan, recipe, data_dir)
    except InputError as error:  # such as samples that are not finite
        record: dict[str, Any] = {"verdict": f"There is no comparison: {error}"}
    else:
        plotting.save_picture(folder.neighbors, compared.picture, metadata=SOURCE)
        record = _record(compared, known)
    write_text(folder.memorization, json.dumps(record, indent=2) + "\n")


def _compare(
    gan: GAN, recipe: Recipe, data_dir: DataDir
) -> tuple[Comparison, ReferenceData]:
    """Compares samples with the data of the run."""
    samples = gan.sample(seeds=priors.spawn_seeds(0, _SAMPLES))
    known = load_reference(
        recipe.data,
        recipe.split,
        image_shape=gan.image_shape,
        value_range=range_of(gan, samples),
        limit=min(_TRAIN, max(1, _ENTRIES // math.prod(gan.image_shape))),
        held_out=_HELD_OUT,
        data_dir=data_dir,
    )
    return compare(samples, known, n=_NEIGHBORS, k=1, nearest=True), known


def _record(compared: Comparison, known: ReferenceData) -> dict[str, Any]:
    """What the report says of it, and whoever reads the run with a program."""
    record: dict[str, Any] = {"verdict": verdict_of(compared, known)}
    if (result := compared.result) is not None:
        record |= {
            "memorized": result.memorized,
            "p_value": result.p_value,
            "copy_p_value": result.copy_p_value,
            "nearer": result.nearer,
            "share": result.share,
            "samples": _SAMPLES,
        }
    return record
