"""The callbacks that write a run's log, pictures, model and checkpoints."""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import keras

from keras_gan import callbacks, data
from keras_gan._checks import DivergenceError
from keras_gan.callbacks.run_record import save_gan
from keras_gan.evaluation.evaluation import metric_names
from keras_gan.evaluation.reference_data import ReferenceData
from keras_gan.experiment.pretrained import Pretrained
from keras_gan.presets import Recipe
from keras_gan.runs.folder import RunFolder
from keras_gan.training import GAN, FitHooks, Progress, is_chief

# "step" records in the log of each epoch: enough points for a curve.
RECORDS_PER_EPOCH = 10
_CHECKPOINT_SECONDS = 60.0
# Steps between two looks for NaN within an epoch; there is one at its end, too.
_STEPS_TO_CHECK = 100
# Points that are drawn after each epoch.
_POINTS = 2500
# Samples that are compared with the data after each epoch.
_EVALUATED = 2000


def run_callbacks(
    folder: RunFolder,
    recipe: Recipe,
    reference: ReferenceData,
    *,
    metrics: Sequence[str],
    steps_per_epoch: int,
    checkpoint_steps: int | None,
    pretrained: Pretrained | None = None,
) -> list[keras.callbacks.Callback]:
    """Returns the callbacks that fill the folder of a run, in their order.

    Args:
        folder: The folder to fill.
        recipe: The recipe of the run.
        reference: The data to compare samples with.
        metrics: Names of `evaluation.METRICS` to compute after each epoch. Known modes
            are counted in any case.
        steps_per_epoch: Spaces the records of the log.
        checkpoint_steps: Steps between two checkpoints; None for one a minute.
        pretrained: The GAN that the run starts from, if it does.
    """
    metrics = metric_names(metrics)
    figures: list[keras.callbacks.Callback] = []
    evaluate = None
    if metrics:
        evaluator = reference.evaluator(_EVALUATED, metrics)
        evaluate = callbacks.Evaluate(evaluator, n=_EVALUATED, best=folder.best)
        figures = [evaluate]
    if "mode_coverage" not in metrics:
        count = reference.mode_coverage()
        figures += [] if count is None else [callbacks.EvaluateMetrics(count)]
    log = callbacks.JSONLog(
        folder.log,
        every=math.ceil(steps_per_epoch / RECORDS_PER_EPOCH),
        batch_size=recipe.batch_size,
        times=folder.times,
    )
    pictures = callbacks.SampleGrid(folder.samples)
    if (mixture := data.mixture(recipe.data)) is not None:
        points, _ = mixture.draw(_POINTS, seed=0)
        pictures = callbacks.PointCloud(folder.samples, points, n=_POINTS)
    checkpoint = RunCheckpoint(
        folder,
        pretrained,
        every_steps=checkpoint_steps,
        every_seconds=_CHECKPOINT_SECONDS if checkpoint_steps is None else None,
    )
    every = min(_STEPS_TO_CHECK, checkpoint_steps or _STEPS_TO_CHECK)
    stop = StopRunOnNaN(folder, every, checkpoint)
    warn = WarnInRun(evaluate)
    return [stop, *figures, warn, log, pictures, SaveGAN(folder), checkpoint]


class WarnInRun(callbacks.WarnOnDefeat):
    """Warns in the words of a recipe when the generator loses for long."""

    remedies: Mapping[str, str] = {
        "rate": "a smaller `learning_rate` of `discriminator_optimizer`",
        "penalties": "a penalty (`penalties=[{'name': 'R1', 'gamma': 1.0}]`)",
        "augment": "`augment={'name': 'DiffAugment'}`",
        "data": "more data",
    }
    opening = "Start another run with"


class RunCheckpoint(callbacks.Checkpoint):
    """The checkpoints of a run; a run that has none to go on from starts anew."""

    def __init__(
        self, folder: RunFolder, pretrained: Pretrained | None, **options: Any
    ) -> None:
        super().__init__(folder.checkpoints, **options)
        self.folder = folder
        self.pretrained = pretrained

    def before_fit(self, gan: GAN) -> Progress | None:
        """Restores the newest checkpoint, or removes what an earlier start has left."""
        progress = super().before_fit(gan)
        if progress is None and self.pretrained is not None:
            self.pretrained.start_anew(gan)
        if progress is None and is_chief(gan.distribute_strategy):
            self.drop_all()
            if self.folder.results():
                warnings.warn(
                    f"'{self.folder}' has no checkpoint to go on from: the run starts "
                    "anew, and the results of its earlier start are removed.",
                    stacklevel=2,
                )
            self.folder.reset()
        return progress


class StopRunOnNaN(callbacks.StopOnNaN):
    """Ends a run that diverged, and keeps its last finite GAN in `gan.keras`."""

    def __init__(
        self, folder: RunFolder, every: int, checkpoint: callbacks.Checkpoint
    ) -> None:
        super().__init__(every, checkpoint)
        self.folder = folder
        self.newest = checkpoint

    def when_broken(self, step: int, parts: Sequence[str]) -> None:
        """Saves the newest checkpoint's GAN if no epoch after it was saved.

        Raises:
            DivergenceError: Always, with what to try.
        """
        epochs = self.folder.read_log("epoch")
        saved = epochs[-1]["step"] if epochs and self.folder.gan.is_file() else 0
        restored = self.newest.restore(self.gan) or 0
        if restored > saved:
            SaveGAN(self.folder).save(self.gan)
        kept = max(restored, saved)
        keeping = f"keeps the GAN of step {kept}" if kept else "holds no trained GAN"
        raise DivergenceError(
            f"the training stopped after step {step}: NaN or infinity in "
            f"{', '.join(parts)}; '{self.folder}' {keeping}. Start another run with "
            "smaller learning rates (`learning_rate` of `generator_optimizer` and "
            "`discriminator_optimizer`), with gradient clipping (their "
            "`global_clipnorm`), with a penalty (`penalties`), or with `precision` "
            "float32."
        )


class SaveGAN(keras.callbacks.Callback):
    """Saves the GAN after each epoch, whole or not at all."""

    def __init__(self, folder: RunFolder) -> None:
        super().__init__()
        self.folder = folder

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Saves the GAN of the run."""
        self.save(self.model)

    def save(self, gan: Any) -> None:
        """Saves a GAN in the folder, in the process that writes files."""
        if is_chief(gan.distribute_strategy):
            save_gan(gan, self.folder)


class StopAfter(FitHooks, keras.callbacks.Callback):
    """Ends the training after a number of steps; put it before the checkpoints."""

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
        """Returns the number of steps that are left."""
        return self.left
