"""Finds the data that a generator was trained on, in its run or in its manifest."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from keras_gan._checks import InputError
from keras_gan.export import Provenance, manifest
from keras_gan.export.verification import unchanged
from keras_gan.presets import Recipe
from keras_gan.runs.folder import RunFolder
from keras_gan.trained_generators.file_kinds import (
    KERAS,
    LITERT,
    ONNX,
    RUN,
    SAVED_MODEL,
    FoundGenerator,
    find_generator,
)
from keras_gan.trained_generators.hub_manifest import recorded_provenance

# The fields of a recipe that say how data are read, as `ReferenceData` names them.
_READING = ("source_range", "resize", "test_split")


class TrainingData(NamedTuple):
    """Data to compare a generator with.

    Attributes:
        source: A source of `data.load`.
        split: The part of it that was trained on.
        reading: The way in which it was read, arguments of `ReferenceData` by name;
            empty for other data than those of the training.
        of_manifest: Whether only the manifest of an export or of a repository on a hub
            names the source.
    """

    source: str
    split: str
    reading: dict[str, Any]
    of_manifest: bool = False


def training_data(
    path: str | os.PathLike[str], source: str | None = None, split: str | None = None
) -> TrainingData:
    """Returns the data to compare a generator with.

    Args:
        path: A run, a file of a run, an export with its manifest, or an address on a
            hub.
        source: A source of `data.load`; None for the recorded one. The parts of the
            recorded one are also taken where both name the same folder.
        split: A part of it; None for the one that was trained on, of other data for
            "train".

    Raises:
        ValueError: If `source` is None and nothing says what the generator was trained
            on, or a manifest does not fit its artifact.
    """
    kind, place, _ = _kind_of(Path(path))
    recorded = _recipe_values(kind, place)
    known = recorded.get("data")
    if source is not None and not _is_same(source, known):
        return TrainingData(source, split or "train", {})
    if known is None:
        raise InputError(
            f"'{path}': it does not say what it was trained on; give `--data SOURCE`."
        )
    reading = {name: recorded.get(name) for name in _READING}
    reading = {k: tuple(v) if isinstance(v, list) else v for k, v in reading.items()}
    part = split or str(recorded.get("split") or "train")
    of_manifest = source is None and kind != RUN
    return TrainingData(source or str(known), part, reading, of_manifest)


def _kind_of(path: Path) -> FoundGenerator:
    """Returns the kind of a generator and its place; of a file of a run, the run."""
    found = find_generator(path)
    folder = RunFolder(found.path.parent)
    of_run = found.path.name in (folder.gan.name, folder.best.name)
    if found.kind == KERAS and of_run and folder.config.is_file():
        return FoundGenerator(RUN, folder.path)
    return found


def _recipe_values(kind: str, place: Path) -> Mapping[str, Any]:
    """Returns the fields of the recipe that is recorded of a generator, or none."""
    if kind == RUN:
        return RunFolder(place).read_values()
    if kind in (ONNX, LITERT) and not manifest.of_file(place).is_file():
        return {}
    if kind == SAVED_MODEL and not (place / manifest.FOLDER_MANIFEST).is_file():
        return {}
    if kind in (ONNX, LITERT, SAVED_MODEL):
        about = unchanged(place)[1].provenance
    else:
        about = recorded_provenance(place) or Provenance()
    if about.recipe is None:
        known = {"data": about.data, "split": about.split}
        return {name: text for name, text in known.items() if text is not None}
    # Exports of earlier versions came from runs that stretched the images of folders.
    recipe = Recipe.from_dict({"resize": "stretch", **about.recipe})
    return recipe.to_dict() | {"data": about.data or recipe.data}


def _is_same(source: str, known: Any) -> bool:
    """Returns whether two sources are one, however their paths are written."""
    if not isinstance(known, str):
        return False
    (kind, _, path), (other, _, place) = source.partition(":"), known.partition(":")
    if not path or not place or kind != other:
        return source == known
    first, second = (Path(each).expanduser().resolve() for each in (path, place))
    return first == second
