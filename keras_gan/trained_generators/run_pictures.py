"""Draws the pictures of a whole run into its folder, and writes its report."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from keras_gan import plotting, priors
from keras_gan._checks import InputError
from keras_gan._files import write_json
from keras_gan.callbacks import Interpolation
from keras_gan.evaluation.reference_data import ReferenceData
from keras_gan.runs.folder import RunFolder
from keras_gan.runs.report import write_report
from keras_gan.trained_generators.quality_pictures import (
    class_picture,
    compare_with_training,
    truncation_picture,
)

if TYPE_CHECKING:
    from keras_gan.training import GAN

_FRAMES = 60  # of the film: few, because the report contains the film
_ROWS, _TRUNCATION_SEEDS, _NEIGHBORS = 8, (1, 2, 3, 4), 18
# These keep the comparison within seconds, and its images within 256 MiB.
_SAMPLES, _HELD_OUT, _TRAIN, _ENTRIES = 1000, 1000, 10_000, 1 << 25


def draw_run(
    gan: GAN, folder: RunFolder, reference: ReferenceData, failure: object = None
) -> None:
    """Writes the pictures of the whole run, and the report.

    Args:
        gan: The trained GAN, of the run's best epoch if it has one.
        folder: The folder of the run, with its samples and its log.
        reference: The data that the GAN was trained on.
        failure: The error that ended the training, for the report; None for none.
    """
    if frames := list(folder.epoch_samples(_FRAMES).values()):
        plotting.save_animation(folder.animation, frames)
    if gan.value_range is not None:
        Interpolation(folder.path).write(gan, folder.interpolation)
        if gan.num_classes is not None:
            names = folder.class_names()
            picture = class_picture(gan, rows=_ROWS, seed=0, names=names)
            plotting.save_picture(folder.classes, picture)
        picture = truncation_picture(gan, _TRUNCATION_SEEDS)
        plotting.save_picture(folder.truncation, picture)
        _draw_neighbors(gan, folder, reference)
    log = folder.read_log()
    plotting.curves(folder.read_log("step") or log, folder.curves)
    write_report(folder, failure)


def _draw_neighbors(gan: GAN, folder: RunFolder, reference: ReferenceData) -> None:
    """Draws samples beside their nearest training images, and records the verdict."""
    folder.neighbors.unlink(missing_ok=True)
    try:
        compared = compare_with_training(
            gan,
            reference,
            priors.spawn_seeds(0, _SAMPLES),
            n=_NEIGHBORS,
            nearest=True,
            limit=min(_TRAIN, max(1, _ENTRIES // math.prod(gan.image_shape))),
            held_out=_HELD_OUT,
        )
    except InputError as error:  # such as samples that are not finite
        record = {"verdict": f"There is no comparison: {error}"}
    else:
        compared.save(folder.neighbors)
        record = {"step": int(gan.step), **compared.to_dict()}
    write_json(folder.memorization, record)
