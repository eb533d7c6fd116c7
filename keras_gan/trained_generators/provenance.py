"""Collects the facts in a run's folder that an export of its generator records."""

from __future__ import annotations

import os
import warnings
from dataclasses import replace
from pathlib import Path
from typing import Any

from keras_gan import data
from keras_gan.evaluation.evaluation import conditions_of, read_evaluation
from keras_gan.export import Provenance
from keras_gan.runs.folder import RunFolder
from keras_gan.trained_generators.file_kinds import bundled_card, find_generator
from keras_gan.trained_generators.hub_manifest import recorded_provenance


def provenance_of(
    run: str | os.PathLike[str],
    licence: str | None = None,
    *,
    step: int | None = None,
) -> Provenance:
    """Returns the facts that are known of a training.

    Args:
        run: A run's folder, an address on a hub, whose manifest knows, or the name of a
            GAN that comes with the package; of another `.keras` file nothing is known.
        licence: The licence of the data; None for the one that `data.licence` knows.
        step: The training steps of the exported GAN. Figures and the test for copies of
            another step are left out, the figures with a warning. None takes both.
    """
    folder = RunFolder(run)
    if not folder.config.is_file():
        known = _known_of_file(find_generator(run).path)
        return known if licence is None else replace(known, licence=licence)
    config = folder.read_config()
    values = config.get("recipe") or config["training"]
    about = config.get("data", {})
    evaluation = read_evaluation(folder.evaluation)
    if evaluation is not None and not folder.describes(step, evaluation.step):
        evaluation = None
        warnings.warn(
            f"'{folder.evaluation}' was made at another step of the training than the "
            f"GAN of step {step}, so its figures are left out; evaluate the run again.",
            stacklevel=2,
        )
    memorization: Any = folder.read_memorization() or {}
    if not folder.describes(step, memorization.get("step")):
        memorization = {}
    names = folder.class_names() if values.get("labels") else None
    return Provenance(
        name=config.get("name"),
        data=values.get("data"),
        split=values.get("split"),
        num_examples=about.get("num_examples"),
        licence=licence or data.licence(values.get("data")),
        class_names=None if names is None else tuple(names),
        recipe=config.get("recipe"),
        figures=None if evaluation is None else dict(evaluation.values),
        conditions=None if evaluation is None else f"{conditions_of(evaluation)}.",
        memorization=memorization.get("verdict"),
        begun_from=folder.begun_from(),
    )


def begun_from(pretrained: str | os.PathLike[str]) -> str:
    """Returns a phrase on a GAN that another begins with: its data and their licence.

    It names what that GAN itself was begun from too.

    Args:
        pretrained: A run's folder, a `.keras` file, also one in a run's folder, or the
            name of a GAN that comes with the package; or an address on a hub.
    """
    place = find_generator(pretrained).path
    folder = RunFolder(place if place.is_dir() else place.parent)
    known = _known_of_file(place) if place.is_file() else Provenance()
    if known.data is None and folder.config.is_file():
        name, source = folder.read_name(), folder.read_values().get("data")
        licence, earlier = data.licence(source), folder.begun_from()
    else:
        name, source = known.name or place.name, known.data
        licence, earlier = known.licence, known.begun_from
    trained = f"trained on {source}" if source else "whose data are not known"
    phrase = f"{name}, {trained}; licence: {licence or 'not known'}"
    return phrase if earlier is None else f"{phrase}; begun from {earlier}"


def _known_of_file(path: Path) -> Provenance:
    """Returns what the manifest of a hub, or the card of a bundled GAN, says of it."""
    recorded, card = recorded_provenance(path), bundled_card(path)
    return recorded or Provenance(
        name=card.get("Name"), data=card.get("Data"), licence=card.get("Licence")
    )
