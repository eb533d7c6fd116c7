"""The composer: from a recipe to a trained GAN and the folder that shows it."""

from __future__ import annotations

import dataclasses
import importlib.metadata
import math
import os
import platform
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import tensorflow as tf

from keras_gan import data, plotting
from keras_gan._checks import InputError, check_positive_int
from keras_gan._version import __version__
from keras_gan.callbacks import Interpolation, ProgressBar
from keras_gan.distribution.strategies import open_strategy
from keras_gan.experiment import building
from keras_gan.experiment.run_callbacks import StopAfter, evaluate_into, watchers_of
from keras_gan.experiment.run_pictures import draw_pictures
from keras_gan.presets import Recipe
from keras_gan.runs.folder import RunFolder
from keras_gan.runs.report import write_report
from keras_gan.training import GAN, is_chief
from keras_gan.training.loading import load_gan

_PACKAGES = ("tensorflow", "keras", "numpy")
_FRAMES = 60  # of the film at most, which the report holds
# What a run that is continued may be given anew; the second changes no result.
_FREE_FIELDS = ("epochs", "steps_per_execution")


@dataclass(frozen=True)
class Run:
    """A training and the folder that holds it.

    Attributes:
        folder: Where its files are.
        recipe: What was trained.
        gan: The trained model.
    """

    folder: RunFolder
    recipe: Recipe
    gan: GAN


def train(
    recipe: Recipe,
    run_directory: str | os.PathLike[str],
    *,
    name: str | None = None,
    steps: int | None = None,
    data_dir: str | os.PathLike[str] | None = None,
    resume: bool = False,
    strategy: str | tf.distribute.Strategy = "none",
    checkpoint_steps: int | None = None,
    progress: bool = True,
    metrics: Sequence[str] = (),
    callbacks: Sequence[keras.callbacks.Callback] = (),
) -> Run:
    """Trains a GAN as `recipe` says and leaves a folder that shows and continues it.

    The folder holds `config.json`, `log.jsonl`, `times.jsonl`,
    `samples/epoch_0001.png`, ..., `interpolation.png`, `truncation.png`, of classes
    `classes.png`, `neighbors.png` and `memorization.json` (see
    `metrics.memorization_test`), `samples.gif`, a film of the samples, `curves.png`,
    `report.html`, `checkpoints/` and, saved after each epoch, `gan.keras`. Of points
    in the plane the film is the only picture of the whole run. Nothing is written
    before the recipe and the data are known to fit; of several workers the chief
    writes.

    Args:
        recipe: What to train.
        run_directory: The folder; must be empty or new, unless `resume`.
        name: What the report calls it; None for the architecture's name.
        steps: Stops after this many training steps, if the epochs take more.
        data_dir: Where tensorflow-datasets keeps its data.
        resume: Continues the run in the folder, if there is one, from its newest
            checkpoint and with its recipe, of which only `epochs` may differ. The run
            ends as it would have, had it never been interrupted.
        strategy: "none", "mirrored", "multi-worker" or a strategy of TensorFlow's; the
            batch size of the recipe is that of all replicas together.
        checkpoint_steps: Steps between two checkpoints; None for one a minute.
        progress: Whether to show a progress bar.
        metrics: Names of `evaluation.METRICS` for figures after each epoch, of 2,000
            samples against as many images of the data. The GAN of the epoch that is
            best by the first figure is kept as `best.keras`, with its figures in
            `best.json`. A run that is continued keeps its own, if it has any.
        callbacks: More of them, which come before the run's own: what they add to the
            logs of an epoch, such as `callbacks.Evaluate`, is in `log.jsonl` too.

    Returns:
        The run, with the trained GAN.

    Raises:
        ValueError: If the recipe, the data, the folder or the arguments do not fit.

    Example:
        >>> recipe = presets.get("digits").recipe.replace(epochs=3)
        >>> run = experiment.train(recipe, "runs/short")
        >>> run.gan.sample(16, seed=7).shape
        (16, 28, 28, 1)
    """
    folder = RunFolder(run_directory)
    steps = None if steps is None else check_positive_int("steps", steps)
    topology: Any = open_strategy(strategy) if isinstance(strategy, str) else strategy
    chief = is_chief(topology)
    if chief and resume and not folder.is_free():
        name = _check_same(recipe, folder) or name
    elif chief:
        folder.check_free()
    if resume and folder.config.is_file():  # of every worker
        metrics = folder.read_config().get("metrics") or metrics
    info = data.info(recipe.data, split=recipe.split, data_dir=data_dir)
    dataset = building.load_data(recipe, data_dir)
    with topology.scope():
        gan = building.build_gan(recipe, dataset, info.num_classes, data_dir)
    evaluate = (
        [evaluate_into(folder, recipe, gan, metrics, data_dir)] if metrics else []
    )
    if chief:
        folder.write_config(_config(recipe, name, steps, metrics, info))
    per_epoch = int(dataset.cardinality())
    total = recipe.epochs * per_epoch
    watchers = watchers_of(
        folder,
        recipe,
        per_epoch,
        checkpoint_steps,
        data_dir,
        count_modes="mode_coverage" not in metrics,
    )
    bar = ProgressBar(batch_size=recipe.batch_size)
    try:
        _fit(
            gan,
            dataset,
            folder,
            total if steps is None else min(steps, total),
            [*([bar] if progress else []), *callbacks, *evaluate, *watchers],
            lambda: _draw(gan, folder, recipe, data_dir),
        )
    finally:
        bar.close()
    return Run(folder, recipe, gan)


def make_deterministic() -> None:
    """Makes every later operation repeatable to the bit, on GPUs too, and slower.

    Call it first. TensorFlow then refuses random operations without a seed, so it gets
    one; the package's own are functions of seed and step anyway.
    """
    keras.utils.set_random_seed(0)
    tf.config.experimental.enable_op_determinism()


def load_run(run_directory: str | os.PathLike[str]) -> Run:
    """Loads the run in a folder, its GAN as it was at the end of the last epoch.

    Raises:
        ValueError: If the folder holds no run, or a file of it is damaged.
    """
    folder = RunFolder(run_directory)
    file = folder.saved_gan()
    return Run(folder, Recipe.from_file(folder.config), load_gan(file))


def _check_same(recipe: Recipe, folder: RunFolder) -> str | None:
    """Refuses to continue a run with another recipe; returns the run's name."""
    name = folder.read_config().get("name")
    recorded = Recipe.from_file(folder.config).to_dict()
    for field, given in recipe.to_dict().items():
        if given != recorded[field] and field not in _FREE_FIELDS:
            raise InputError(
                f"'{folder}': the run was started with `{field}` {recorded[field]!r}, "
                f"and {given!r} was given; of a run that is continued only `epochs` "
                "and `steps_per_execution` may change. Leave it out, or start another "
                "run."
            )
    return name


def _config(
    recipe: Recipe,
    name: str | None,
    steps: int | None,
    metrics: Sequence[str],
    info: data.DataInfo,
) -> dict[str, Any]:
    """Everything that one must know to do it again."""
    return {
        "name": name or recipe.architecture,
        "recipe": recipe.to_dict(),
        "steps": steps,
        "metrics": list(metrics),
        "data": dataclasses.asdict(info),
        "versions": {
            "keras_gan": __version__,
            "python": platform.python_version(),
            **{package: importlib.metadata.version(package) for package in _PACKAGES},
        },
    }


def _fit(
    gan: GAN,
    dataset: tf.data.Dataset,
    folder: RunFolder,
    steps: int,
    watchers: list[keras.callbacks.Callback],
    draw: Callable[[], None],
) -> None:
    """Trains from where the run is, and draws what there is to see at the end."""
    chief = is_chief(gan.distribute_strategy)
    try:
        gan.fit(
            dataset,
            epochs=math.ceil(steps / int(dataset.cardinality())),
            callbacks=[StopAfter(steps), *watchers],
            verbose=0,
        )
    except KeyboardInterrupt:
        if chief and folder.gan.is_file():
            draw()
        raise
    if chief:
        draw()


def _draw(
    gan: GAN,
    folder: RunFolder,
    recipe: Recipe,
    data_dir: str | os.PathLike[str] | None,
) -> None:
    """Writes the pictures of the whole run, and the report."""
    if frames := list(folder.epoch_samples(_FRAMES).values()):
        plotting.save_animation(folder.animation, frames)
    if gan.value_range is not None:
        Interpolation(folder.path).write(gan, folder.interpolation)
        draw_pictures(gan, folder, recipe, data_dir)
    log = folder.read_log()
    plotting.curves(folder.read_log("step") or log, folder.curves)
    write_report(folder)
