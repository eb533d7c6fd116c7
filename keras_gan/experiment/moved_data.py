"""Continues a run whose pictures lie in another place than when it began."""

from __future__ import annotations

import dataclasses
import json
import tempfile
from pathlib import Path

from PIL import Image

from keras_gan._checks import InputError
from keras_gan.experiment.real_images import draw_real_images
from keras_gan.experiment.recipe_data import RecipeData
from keras_gan.presets import Recipe
from keras_gan.runs.folder import RunFolder

# Kinds of sources that are files of the user's.
_FILES = ("folder", "idx", "npz")


def may_have_moved(recorded: str, given: str) -> bool:
    """Returns whether two sources are files of one kind, which may have moved."""
    kind = given.partition(":")[0]
    return kind in _FILES and kind == recorded.partition(":")[0]


def check_moved_data(folder: RunFolder, recipe: Recipe, data: RecipeData) -> None:
    """Refuses data in another place that are not those which the run began with.

    Args:
        folder: The folder of the run.
        recipe: Its recipe, with the new place.
        data: The data there.

    Raises:
        ValueError: If their number, shape or classes, or the first images differ.
    """
    config = folder.read_config()
    if recipe.data == config["recipe"]["data"]:
        return
    info = json.loads(json.dumps(dataclasses.asdict(data.info)))
    if config.get("data") == info and _has_first_images(folder.real, recipe, data):
        return
    raise InputError(
        f"'{recipe.data}' has other images than '{config['recipe']['data']}', with "
        f"which '{folder}' began; name the place where those are now, or start another "
        "run."
    )


def _has_first_images(real: Path, recipe: Recipe, data: RecipeData) -> bool:
    """Returns whether the data begin with the images of a run's picture, if any."""
    if not real.exists():
        return True
    with tempfile.TemporaryDirectory() as place:
        drawn = Path(place, real.name)
        draw_real_images(drawn, recipe, data)
        if not drawn.exists():  # none of the classes is among the first images
            return False
        with Image.open(drawn) as now, Image.open(real) as then:
            return now.size == then.size and now.tobytes() == then.tobytes()
