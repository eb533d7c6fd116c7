"""What watches the training of a run and fills its folder."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import keras

from keras_gan import callbacks, data
from keras_gan._files import atomic_path
from keras_gan.evaluation.known_modes import known_modes
from keras_gan.evaluation.source_evaluator import evaluator_for
from keras_gan.experiment.building import DataDir
from keras_gan.presets import Recipe
from keras_gan.runs.folder import RunFolder
from keras_gan.training import GAN, FitHooks, is_chief

# "step" records in the log of each epoch: enough points for a curve.
_RECORDS_PER_EPOCH = 10
_CHECKPOINT_SECONDS = 60.0
# Samples that are drawn, and by which the coverage of modes is counted.
_POINTS = 2500
# Samples compared to the data after each epoch.
_EVALUATED = 2000
# Stacks of digits by which it is counted: enough for a thousand triples.
_STACKS = 10_000


def watchers_of(
    folder: RunFolder,
    recipe: Recipe,
    per_epoch: int,
    checkpoint_steps: int | None,
    data_dir: DataDir = None,
    *,
    count_modes: bool = True,
) -> list[keras.callbacks.Callback]:
    """The callbacks that fill the folder of a run.

    The coverage of known modes is among the figures, unless another callback already
    counts them.
    """
    pictures = callbacks.SampleGrid(folder.samples)
    if (mixture := data.mixture(recipe.data)) is not None:
        points, _ = mixture.draw(_POINTS, seed=0)
        pictures = callbacks.PointCloud(folder.samples, points, n=_POINTS)
    coverage = coverage_of(recipe, data_dir) if count_modes else None
    figures = [] if coverage is None else [callbacks.EvaluateMetrics(coverage)]
    log = callbacks.JSONLog(
        folder.log,
        every=math.ceil(per_epoch / _RECORDS_PER_EPOCH),
        batch_size=recipe.batch_size,
        times=folder.times,
    )
    checkpoint = callbacks.Checkpoint(
        folder.checkpoints,
        every_steps=checkpoint_steps,
        every_seconds=_CHECKPOINT_SECONDS if checkpoint_steps is None else None,
    )
    return [*figures, log, pictures, _Save(folder), checkpoint]


def evaluate_into(
    folder: RunFolder,
    recipe: Recipe,
    gan: GAN,
    metrics: Sequence[str],
    data_dir: DataDir = None,
) -> callbacks.Evaluate:
    """The callback that compares samples to the data, and keeps the best GAN."""
    evaluator = evaluator_for(
        recipe.data,
        recipe.split,
        _EVALUATED,
        image_shape=gan.image_shape,
        value_range=recipe.value_range,
        metrics=metrics,
        data_dir=data_dir,
    )
    return callbacks.Evaluate(evaluator, n=_EVALUATED, best=folder.best)


def coverage_of(
    recipe: Recipe, data_dir: DataDir = None
) -> Callable[[GAN], dict[str, float]] | None:
    """How well samples of the same seeds cover the modes of data that have known ones.

    Args:
        recipe: Whose data it is about.
        data_dir: Where tensorflow-datasets keeps its data.

    Returns:
        From a GAN to figures by name; None where the modes are not known.
    """
    count = known_modes(
        recipe.data,
        recipe.split,
        value_range=recipe.value_range,
        image_size=recipe.image_size,
        data_dir=data_dir,
    )
    if count is None:
        return None
    n = _STACKS if data.mixture(recipe.data) is None else _POINTS
    return lambda gan: count(gan.sample(n, seed=0))


class _Save(keras.callbacks.Callback):
    """Saves the GAN after each epoch, whole or not at all."""

    def __init__(self, folder: RunFolder) -> None:
        super().__init__()
        self.folder = folder

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        gan: Any = self.model
        if is_chief(gan.distribute_strategy):
            with atomic_path(self.folder.gan) as temporary:
                gan.save(temporary)


class StopAfter(FitHooks, keras.callbacks.Callback):
    """Ends the training after a number of steps; stands before the checkpoints."""

    def __init__(self, steps: int) -> None:
        super().__init__()
        self.left = steps
        self.counting = False

    def between_steps(self, gan: GAN, steps: int) -> None:
        """Counts the steps, and ends the training after the last."""
        if not self.counting:
            self.left, self.counting = self.left - int(gan.step), True
        self.left -= steps
        if self.left <= 0:
            gan.stop_training = True

    def steps_until_due(self, gan: GAN, batch: int) -> int:
        """Returns how many steps are left."""
        return self.left
