"""Opens the trackers that a run is to be recorded by."""

from __future__ import annotations

import math
from collections.abc import Sequence

import keras

from keras_gan import callbacks, data
from keras_gan._checks import check_choice
from keras_gan.experiment.run_folder_callbacks import RECORDS_PER_EPOCH
from keras_gan.presets import Recipe
from keras_gan.runs.folder import RunFolder

TRACKERS = ("wandb", "mlflow", "tensorboard")


def open_trackers(
    names: Sequence[str],
    folder: RunFolder,
    recipe: Recipe,
    steps_per_epoch: int,
    chief: bool,
) -> list[keras.callbacks.Callback]:
    """Returns a callback for each of the trackers.

    Args:
        names: Some of `TRACKERS`.
        folder: The folder of the run.
        recipe: The recipe of the run.
        steps_per_epoch: Spaces the records.
        chief: Whether this process writes, and so must reach the trackers.

    Raises:
        ValueError: If a name is unknown, a library is missing, or a tracker cannot be
            reached.
    """
    every = math.ceil(steps_per_epoch / RECORDS_PER_EPOCH)
    # Points in the plane are no pictures.
    samples = 64 if data.mixture(recipe.data) is None else 0
    trackers: list[keras.callbacks.Callback] = []
    for name in [check_choice("track", name, TRACKERS) for name in names]:
        if name == "tensorboard":
            place = folder.tracking
            tracker = callbacks.TensorBoard(place, every=every, samples=samples)
        else:
            kind = {"wandb": callbacks.Wandb, "mlflow": callbacks.MLflow}[name]
            tracker = kind(folder.path, every=every, samples=samples)
            if chief:
                tracker.check()
        trackers.append(tracker)
    return trackers
