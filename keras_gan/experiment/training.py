"""Trains the GAN of a recipe and fills the folder of the run."""

from __future__ import annotations

import contextlib
import dataclasses
import math
import os
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import keras
import tensorflow as tf

from keras_gan._checks import (
    DivergenceError,
    InputError,
    check_positive_int,
    one_line,
)
from keras_gan.callbacks import ProgressBar
from keras_gan.distribution.environment import environment, versions, with_environment
from keras_gan.distribution.strategies import open_strategy
from keras_gan.evaluation.evaluation import metric_names
from keras_gan.experiment.gan_from_recipe import build_gan
from keras_gan.experiment.moved_data import check_moved_data, may_have_moved
from keras_gan.experiment.pretrained import Pretrained
from keras_gan.experiment.real_images import draw_real_images
from keras_gan.experiment.recipe_data import RecipeData
from keras_gan.experiment.run_folder_callbacks import StopAfter, run_callbacks
from keras_gan.experiment.start_lines import start_lines
from keras_gan.experiment.trackers import open_trackers
from keras_gan.notebooks.tables import html_table
from keras_gan.pages.template import data_uri
from keras_gan.presets import Recipe
from keras_gan.runs.folder import RunFolder, check_name
from keras_gan.runs.report import report_page
from keras_gan.runs.room import check_room
from keras_gan.trained_generators.run_pictures import draw_run
from keras_gan.training import GAN, is_chief
from keras_gan.training.description import describe_optimizers
from keras_gan.training.loading import load_gan

# Fields that may change when a run is continued; no result depends on the second one.
_FREE_FIELDS = ("epochs", "steps_per_execution")


@dataclass(frozen=True, repr=False)
class Run:
    """A training and the folder that holds it.

    Attributes:
        folder: The folder, which names its files.
        recipe: The recipe of the training.
        gan: The trained model.
    """

    folder: RunFolder
    recipe: Recipe
    gan: GAN

    def __repr__(self) -> str:
        return one_line(f"Run({self.folder}, step {int(self.gan.step)})", None)

    def _repr_html_(self) -> str:
        """Returns the last figures and samples for notebooks."""
        epochs, samples = self.folder.read_log("epoch"), self.folder.epoch_samples()
        rows = [("recipe", repr(self.recipe))]
        rows += [
            (k, x) for k, x in (epochs[-1] if epochs else {}).items() if k != "event"
        ]
        table = html_table(rows, title=str(self.folder))
        if not samples:
            return table
        return f"{table}<img src='{data_uri(samples[max(samples)])}' alt='Samples'>"


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
    track: Sequence[str] = (),
    callbacks: Sequence[keras.callbacks.Callback] = (),
) -> Run:
    """Trains a GAN as `recipe` says and leaves a folder that shows and continues it.

    The folder holds `config.json`, `real.png` (images of the data), `log.jsonl`,
    `times.jsonl`, `samples/epoch_0001.png`, ..., `interpolation.png`, `truncation.png`,
    `classes.png` (if there are classes), `neighbors.png` and `memorization.json` (see
    `metrics.memorization_test`), `samples.gif` (a film of the samples), `curves.png`,
    `report.html`, `checkpoints/` and `gan.keras`, saved after each epoch. For points
    in the plane the film is the only picture of the whole run. Nothing is written
    before the recipe and the data are known to fit. Of several workers, only the chief
    writes.

    Args:
        recipe: The values that define the training.
        run_directory: The folder; must be empty or new, unless `resume`.
        name: The name of the run in its report, in comparisons and in the cards of its
            exports, of at most 80 printable characters; None for the architecture's
            name. A run that is continued keeps its name, unless another is given.
        steps: Stops after this many training steps, if the epochs take more.
        data_dir: The folder of tensorflow-datasets.
        resume: Continues the run in the folder, if there is one, from its newest
            checkpoint and with its recipe, of which only `epochs` may differ, and the
            place of the same data. The run ends as if it had never been interrupted.
        strategy: "none", "mirrored", "multi-worker" or a strategy of TensorFlow's; the
            batch size of the recipe is that of all replicas together.
        checkpoint_steps: Training steps between two checkpoints; None for one a minute.
        progress: Whether to show a progress bar.
        metrics: Names of `evaluation.METRICS` or of figures, such as "recall", for
            figures after each epoch, of 2,000
            samples against as many images of the data. The GAN of the epoch that is
            best by the first figure is kept as `best.keras`, with its figures in
            `best.json`; `load_run` and the pictures of the whole run take it. A run
            that is continued keeps its own metrics, if it has any.
        track: Names of trackers, "wandb", "mlflow" or "tensorboard", which record the
            run as `callbacks.Wandb`, `MLflow` and `TensorBoard` do, the last in
            `tracking/`. A run that is continued keeps its own, unless others are given.
        callbacks: More callbacks, which come before the run's own. The figures that
            they add to the logs of an epoch, as `callbacks.Evaluate` does, are in
            `log.jsonl` too.

    Returns:
        The run, with the trained GAN.

    Raises:
        ValueError: If the recipe and the data do not fit, the folder is not free, a
            name is unknown, or a number is not positive.
        DivergenceError: If weights or losses became NaN or infinite. The folder keeps
            the last finite GAN.

    Example:
        >>> recipe = presets.get("digits").recipe.replace(epochs=3)
        >>> run = experiment.train(recipe, "runs/short")
        >>> run.gan.sample(16, seed=7).shape
        (16, 28, 28, 1)
    """
    folder = RunFolder(run_directory)
    steps = None if steps is None else check_positive_int("steps", steps)
    name = None if name is None else check_name(name)
    topology: Any = open_strategy(strategy) if isinstance(strategy, str) else strategy
    chief = is_chief(topology)
    with folder.lock() if chief else contextlib.nullcontext():
        begun = folder.config.is_file() or (chief and not folder.is_free())
        continued = resume and begun
        if continued:
            recipe = _shaped_as_recorded(folder, recipe)
            name, metrics, track = _recorded(folder, recipe, name, metrics, track)
            folder.check_inside()
        elif chief:
            folder.check_free()
        pretrained = Pretrained.of(recipe, folder if continued else None, topology)
        data = RecipeData(recipe, data_dir)
        if continued:
            check_moved_data(folder, recipe, data)
        with topology.scope():
            gan = build_gan(recipe, data, pretrained)
        trackers = open_trackers(track, folder, recipe, data.steps_per_epoch, chief)
        own = run_callbacks(
            folder,
            recipe,
            data.reference(),
            metrics=metrics,
            steps_per_epoch=data.steps_per_epoch,
            checkpoint_steps=checkpoint_steps,
            pretrained=pretrained,
        )
        if chief:
            check_room(folder, gan)
            config = _config(recipe, name, steps, metrics, data, pretrained)
            folder.write_config(config | _start(folder, gan, checkpoint_steps, track))
            draw_real_images(folder.real, recipe, data)
            report_page(folder)  # what it cannot show is known before any step
        run, began = Run(folder, recipe, gan), pretrained and pretrained.summary
        _fit(run, data, steps, [*callbacks, *own, *trackers], progress, began)
    return run


def make_deterministic() -> None:
    """Makes every later operation repeatable to the bit, on GPUs too, and slower.

    Call it first. TensorFlow then refuses random operations without a seed, and so its
    global seed is set. The package's own draws depend on seed and step alone.

    Example:
        >>> experiment.make_deterministic()  # doctest: +SKIP
    """
    keras.utils.set_random_seed(0)
    tf.config.experimental.enable_op_determinism()


def load_run(run_directory: str | os.PathLike[str], which: str | None = None) -> Run:
    """Loads the run in a folder, with the GAN of its best or of its last epoch.

    Args:
        run_directory: The folder.
        which: "best" or "last"; None for the best if the run had `metrics`, which find
            it, else for the last.

    Returns:
        The run, whose `gan` draws samples and can be trained further.

    Raises:
        ValueError: If the folder holds no run, a file of it is damaged, or "best" is
            asked of a run without metrics.

    Example:
        >>> run = experiment.load_run("runs/short")  # doctest: +SKIP
        >>> run.gan.sample(16, seed=7).shape  # doctest: +SKIP
        (16, 28, 28, 1)
    """
    folder = RunFolder(run_directory)
    file = folder.saved_gan(which).file
    return Run(folder, Recipe.from_file(folder.config), load_gan(file))


def _shaped_as_recorded(folder: RunFolder, recipe: Recipe) -> Recipe:
    """Returns the recipe with the run's `resize`, where it names none of its own.

    Runs of earlier versions, and so the recipes that they were started with, have none
    and go on as they began, with images that are stretched.
    """
    if recipe.resize is not None or not folder.config.is_file():
        return recipe
    return recipe.replace(resize=Recipe.from_file(folder.config).resize)


def _recorded(
    folder: RunFolder,
    recipe: Recipe,
    name: str | None,
    metrics: Sequence[str],
    track: Sequence[str],
) -> tuple[str | None, Sequence[str], Sequence[str]]:
    """Returns the name, the metrics and the trackers of a run that is continued.

    Raises:
        ValueError: If the folder holds no run, or one of another recipe.
    """
    config = folder.read_config()
    recorded = Recipe.from_file(folder.config).to_dict()
    for field, given in recipe.to_dict().items():
        if field == "data" and may_have_moved(recorded[field], given):
            continue
        if given != recorded[field] and field not in _FREE_FIELDS:
            raise InputError(
                f"'{folder}': the run was started with `{field}` {recorded[field]!r}, "
                f"and {given!r} was given; of a run that is continued only `epochs` "
                "and `steps_per_execution` may change. Leave it out, or start another "
                "run."
            )
    return (
        name or config.get("name"),
        config.get("metrics") or metrics,
        track or config.get("track", ()),
    )


def _config(
    recipe: Recipe,
    name: str | None,
    steps: int | None,
    metrics: Sequence[str],
    data: RecipeData,
    pretrained: Pretrained | None,
) -> dict[str, Any]:
    """Returns all values that are needed to repeat the training."""
    return {
        "name": name or recipe.architecture,
        "recipe": recipe.to_dict(),
        "steps": steps,
        "metrics": metric_names(metrics),
        "pretrained": None if pretrained is None else pretrained.record,
        "data": dataclasses.asdict(data.info),
        "versions": versions(),
    }


def _start(
    folder: RunFolder, gan: GAN, checkpoint_steps: int | None, track: Sequence[str]
) -> dict[str, Any]:
    """Returns what a paper tells of a training beside what defines it.

    Each start of the run has its environment; an old one has told its versions alone.
    """
    earlier = folder.read_config() if folder.config.is_file() else {}
    known = [{"versions": earlier["versions"]}] if "versions" in earlier else []
    entries, now = earlier.get("environments", known), gan.distribute_strategy
    return {
        "checkpoint_steps": checkpoint_steps,
        "track": list(track),
        "optimizers": describe_optimizers(gan),
        "environments": with_environment(entries, environment(now)),
    }


def _fit(
    run: Run,
    data: RecipeData,
    steps: int | None,
    callbacks: Sequence[keras.callbacks.Callback],
    progress: bool,
    began: str | None,
) -> None:
    """Trains from the step that the run has reached, and draws the final pictures."""
    total = run.recipe.epochs * data.steps_per_epoch
    if steps is not None:
        total = min(steps, total)
    chief = is_chief(run.gan.distribute_strategy)
    bar = ProgressBar(batch_size=run.recipe.batch_size, steps=total)
    if progress and chief:
        lines = start_lines(run.folder, run.recipe, run.gan, data, total, began)
        print(lines, flush=True)
        if max((each["step"] for each in run.folder.read_log()), default=0) >= total:
            print("the training is complete; more `epochs` would go on", flush=True)
    try:
        with warnings.catch_warnings(), contextlib.closing(bar):
            # `StopRunOnNaN` says more.
            warnings.filterwarnings("ignore", r"Step \d+ has weights that are not fin")
            # A finished run may be continued, to draw its pictures again.
            warnings.filterwarnings("ignore", "`fit` trains nothing")
            run.gan.fit(
                data.batches,
                epochs=math.ceil(total / data.steps_per_epoch),
                callbacks=[StopAfter(total), *([bar] if progress else []), *callbacks],
                verbose=0,
            )
    except DivergenceError as error:
        if chief:
            # A report of an earlier start would not tell how the run ended.
            run.folder.report.unlink(missing_ok=True)
            if run.folder.gan.is_file():
                _draw(run, data, progress, error)
        raise
    except KeyboardInterrupt:
        if chief and run.folder.gan.is_file():
            _draw(run, data, progress)
        raise
    if chief:
        _draw(run, data, progress)


def _draw(run: Run, data: RecipeData, progress: bool, failure: object = None) -> None:
    """Draws the pictures of the whole run, with its best GAN if it has one."""
    if progress:
        print("drawing pictures…", flush=True)
    saved, best = run.folder.saved_gan(), run.folder.read_best()
    trained = int(run.gan.step) == best.get("step") if best and saved.epoch else True
    gan = run.gan if trained and failure is None else load_gan(saved.file)
    draw_run(gan, run.folder, data.reference(), failure)
