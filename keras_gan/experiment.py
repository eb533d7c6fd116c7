"""The composer: from a recipe to a trained GAN and the folder that shows it."""

from __future__ import annotations

import dataclasses
import importlib.metadata
import math
import os
import platform
from dataclasses import dataclass
from typing import Any

import keras

from keras_gan import _building, callbacks, data, plotting
from keras_gan._checks import InputError, check_positive_int
from keras_gan._files import atomic_path
from keras_gan._report import write_report
from keras_gan._run_folder import RunFolder
from keras_gan._version import __version__
from keras_gan.presets import Recipe
from keras_gan.training import GAN

_PACKAGES = ("tensorflow", "keras", "numpy")
# "step" records in the log of each epoch: enough points for a curve.
_RECORDS_PER_EPOCH = 10


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
    progress: bool = True,
) -> Run:
    """Trains a GAN as `recipe` says and leaves a folder that shows and continues it.

    The folder holds `config.json`, `log.jsonl`, `samples/epoch_0001.png`, ...,
    `interpolation.png`, `curves.png`, `report.html` and, saved after each epoch,
    `gan.keras`. Nothing is written before the recipe and the data are known to fit.

    Args:
        recipe: What to train.
        run_directory: The folder; must be empty or new, unless `resume`.
        name: What the report calls it; None for the architecture's name.
        steps: Stops after this many training steps, if the epochs take more.
        data_dir: Where tensorflow-datasets keeps its data.
        resume: Continues the run in the folder after its last whole epoch, with its
            recipe (of which only `epochs` may differ), weights and optimizers. The
            data is shuffled anew; the run is not the same as an unbroken one.
        progress: Whether to show a progress bar.

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
    if resume and not folder.is_free():
        name = _check_same(recipe, folder) or name
    else:
        folder.check_free()
    info = data.info(recipe.data, split=recipe.split, data_dir=data_dir)
    dataset = _building.load_data(recipe, data_dir)
    if resume and folder.gan.is_file():
        gan = load_gan(folder.gan)
    else:
        gan = _building.build_gan(recipe, dataset, info.num_classes, data_dir)
    folder.write_config(_config(recipe, name, steps, info))
    folder.cut_log(int(gan.step))
    _fit(gan, dataset, recipe, folder, steps, progress)
    return Run(folder, recipe, gan)


def load_run(run_directory: str | os.PathLike[str]) -> Run:
    """Loads the run in a folder, its GAN as it was at the end of the last epoch.

    Raises:
        ValueError: If the folder holds no run, or a file of it is damaged.
    """
    folder = RunFolder(run_directory)
    folder.read_config()
    recipe = Recipe.from_file(folder.config)
    if not folder.gan.is_file():
        raise InputError(
            f"'{folder}': the run has saved no model yet; it does after each epoch."
        )
    return Run(folder, recipe, load_gan(folder.gan))


def load_gan(path: str | os.PathLike[str]) -> GAN:
    """Loads a GAN from a `.keras` file.

    Raises:
        ValueError: If the file is missing, damaged, or holds another model.
    """
    if not os.path.isfile(path):
        raise InputError(f"'{path}': there is no such file.")
    try:
        model = keras.saving.load_model(path)
    except Exception as error:  # Keras raises many kinds for a damaged file
        reason = " ".join(str(error).split())[:200]
        raise InputError(f"'{path}': Keras cannot load it ({reason}).") from error
    if not isinstance(model, GAN):
        raise InputError(f"'{path}': it holds a {type(model).__name__}, not a GAN.")
    return model


def _check_same(recipe: Recipe, folder: RunFolder) -> str | None:
    """Refuses to continue a run with another recipe; returns the run's name."""
    name = folder.read_config().get("name")
    recorded = Recipe.from_file(folder.config).replace(epochs=recipe.epochs).to_dict()
    for field, given in recipe.to_dict().items():
        if given != recorded[field]:
            raise InputError(
                f"'{folder}': the run was started with `{field}` {recorded[field]!r}, "
                f"and {given!r} was given; of a run that is continued only `epochs` "
                "may change. Leave it out, or start another run."
            )
    return name


def _config(
    recipe: Recipe, name: str | None, steps: int | None, info: data.DataInfo
) -> dict[str, Any]:
    """Everything that one must know to do it again."""
    return {
        "name": name or recipe.architecture,
        "recipe": recipe.to_dict(),
        "steps": steps,
        "data": dataclasses.asdict(info),
        "versions": {
            "keras_gan": __version__,
            "python": platform.python_version(),
            **{package: importlib.metadata.version(package) for package in _PACKAGES},
        },
    }


def _fit(
    gan: GAN,
    dataset: Any,
    recipe: Recipe,
    folder: RunFolder,
    steps: int | None,
    progress: bool,
) -> None:
    """Trains from where `gan` is, and draws what there is to see at the end."""
    per_epoch = int(dataset.cardinality())
    total = recipe.epochs * per_epoch
    total = total if steps is None else min(steps, total)
    bar = callbacks.ProgressBar(batch_size=recipe.batch_size)
    watchers: list[keras.callbacks.Callback] = [
        callbacks.JSONLog(
            folder.log,
            every=math.ceil(per_epoch / _RECORDS_PER_EPOCH),
            batch_size=recipe.batch_size,
        ),
        *([bar] if progress else []),
        callbacks.SampleGrid(folder.samples),
        _Save(folder),
        _StopAfter(total - int(gan.step)),
    ]
    try:
        if int(gan.step) < total:
            gan.fit(
                dataset,
                epochs=math.ceil(total / per_epoch),
                initial_epoch=int(gan.step) // per_epoch,
                callbacks=watchers,
                verbose=0,  # pyright: ignore[reportArgumentType]
            )
    except KeyboardInterrupt:
        if folder.gan.is_file():
            _draw(gan, folder)
        raise
    finally:
        bar.close()
    _draw(gan, folder)


def _draw(gan: GAN, folder: RunFolder) -> None:
    """Writes the pictures of the whole run, and the report."""
    callbacks.Interpolation(folder.path).write(gan, folder.interpolation)
    log = folder.read_log()
    fine = [record for record in log if record["event"] == "step"]
    plotting.curves(fine or log, folder.curves)
    write_report(folder)


class _Save(keras.callbacks.Callback):
    """Saves the GAN after each epoch, whole or not at all."""

    def __init__(self, folder: RunFolder) -> None:
        super().__init__()
        self.folder = folder

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        model: Any = self.model
        with atomic_path(self.folder.gan) as temporary:
            model.save(temporary)


class _StopAfter(keras.callbacks.Callback):
    """Ends the training after a number of steps."""

    def __init__(self, steps: int) -> None:
        super().__init__()
        self.left = steps

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        self.left -= 1
        if self.left <= 0:
            model: Any = self.model
            model.stop_training = True  # after this batch
