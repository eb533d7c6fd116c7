"""What watches the training of a run and fills its folder."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import keras

from keras_gan import callbacks, data, metrics
from keras_gan._files import atomic_path
from keras_gan._run_folder import RunFolder
from keras_gan.presets import Recipe
from keras_gan.training import GAN, FitHooks, is_chief

# "step" records in the log of each epoch: enough points for a curve.
_RECORDS_PER_EPOCH = 10
_CHECKPOINT_SECONDS = 60.0
# Samples that are drawn, and by which the coverage of modes is counted.
_POINTS = 2500


def watchers_of(
    folder: RunFolder,
    recipe: Recipe,
    per_epoch: int,
    checkpoint_steps: int | None,
) -> list[keras.callbacks.Callback]:
    """The callbacks that fill the folder of a run."""
    figures: list[keras.callbacks.Callback] = []
    pictures = callbacks.SampleGrid(folder.samples)
    if (mixture := data.mixture(recipe.data)) is not None:
        figures = [callbacks.EvaluateMetrics(_coverage_of(mixture))]
        points, _ = mixture.draw(_POINTS, seed=0)
        pictures = callbacks.PointCloud(folder.samples, points, n=_POINTS)
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


def _coverage_of(mixture: data.Mixture) -> Callable[[GAN], dict[str, float]]:
    """How well the samples of the same seeds cover the modes, by PacGAN's rule."""

    def coverage(gan: GAN) -> dict[str, float]:
        samples = gan.sample(_POINTS, seed=0)
        modes, share, kl = metrics.mode_coverage(samples, mixture.centres, mixture.std)
        return {"modes": modes, "high_quality": share, "mode_kl": kl}

    return coverage


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
        if not self.counting:
            self.left, self.counting = self.left - int(gan.step), True
        self.left -= steps
        if self.left <= 0:
            gan.stop_training = True
