"""Makes the folder of a `fit` script a run, as `keras-gan train` leaves one."""

from __future__ import annotations

import dataclasses
import json
import math
import os
import warnings
from collections.abc import Mapping
from typing import Any

from keras_gan import data as data_sources
from keras_gan import plotting
from keras_gan._checks import InputError, check_seed
from keras_gan._files import atomic_path
from keras_gan.callbacks._interval_means import IntervalMeans
from keras_gan.callbacks.json_log import JSONLog
from keras_gan.callbacks.pictures import SampleGrid
from keras_gan.distribution.environment import environment, versions, with_environment
from keras_gan.runs.folder import RunFolder, check_name
from keras_gan.runs.report import write_report
from keras_gan.training import GAN
from keras_gan.training.description import describe_gan
from keras_gan.training.savable import check_savable

# "step" records in the log of each epoch, and the steps between two where the length of
# an epoch is not known.
_RECORDS_PER_EPOCH, _USUAL_STEPS = 10, 100


class RunRecord(JSONLog):
    """Makes the folder of a `fit` script a run for `keras-gan compare` and `evaluate`.

    The folder gets `config.json` (all that the compiled GAN knows of the training, the
    versions and the machine), `log.jsonl` and `times.jsonl` as `JSONLog` writes them,
    `samples/epoch_0001.png`, ... as `SampleGrid` does, `gan.keras` after each epoch,
    and `curves.png` and `report.html` at the end. `experiment.train` needs none of
    this: it takes recipes, and this callback is for networks and loops of one's own.

    Two scripts whose config differs in the seed alone are seeds of one row in
    `keras-gan compare`. Networks are compared by their structure, and all that the GAN
    does not know by `settings`.

    It stands in place of a `JSONLog` and a `SampleGrid` of the same files. Callbacks
    that add figures to the logs, such as `Evaluate`, run before it wherever they stand;
    the `best` of `Evaluate` may be `FOLDER/best.keras`. With `Checkpoint` the same
    script continues a training that was killed; without it a folder that holds a
    training is refused.

    Args:
        folder: The folder, made where it is missing.
        name: The name of the run in tables and reports; None for the folder's.
        data: The source of the data as `data.load` names it, with which `keras-gan
            evaluate FOLDER` then compares; None for other data.
        split: The part of it that is trained on.
        seed: The seed of the script; None for the GAN's own.
        settings: Further values, of JSON, by which runs differ. Where `test_split`,
            `resize` and `source_range` are among them, `evaluate` reads `data` so.

    Raises:
        ValueError: If an argument is of the wrong kind or the data are unknown; in
            `fit`, if the folder holds another training.

    Example:
        >>> record = keras_gan.callbacks.RunRecord(
        ...     "runs/wide_0", name="wide", settings={"width": 64})
        >>> gan.fit(train, epochs=3, callbacks=[record])
    """

    def __init__(
        self,
        folder: str | os.PathLike[str],
        *,
        name: str | None = None,
        data: str | None = None,
        split: str = "train",
        seed: int | None = None,
        settings: Mapping[str, Any] | None = None,
    ) -> None:
        self.folder = RunFolder(folder)
        super().__init__(self.folder.log, times=self.folder.times)
        self.name = None if name is None else check_name(name)
        self.data = data
        self.split = split
        self.seed = None if seed is None else check_seed("seed", seed)
        self.settings = _checked(settings)
        self._about = {}
        if data is not None:
            self._about = dataclasses.asdict(data_sources.info(data, split=split))
        self._grid = SampleGrid(self.folder.samples)
        self._savable, self._begun = True, False

    def set_model(self, model: Any) -> None:
        """Takes the model of `fit`, which must be a GAN."""
        super().set_model(model)
        with warnings.catch_warnings():
            try:
                check_savable(model)
            except InputError:  # `compile` has warned of it
                self._savable = False

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Takes the batch size and the length of an epoch from `fit`."""
        self._begun = False
        params: Mapping[str, Any] = self.params or {}
        if self.batch_size is None:
            self.batch_size = params.get("batch_size")
        steps = params.get("steps")
        self.every = math.ceil(steps / _RECORDS_PER_EPOCH) if steps else _USUAL_STEPS
        self._interval = IntervalMeans(self.every)

    def on_train_batch_begin(
        self, batch: int, logs: dict[str, Any] | None = None
    ) -> None:
        """Writes `config.json` before the first step, then the records of the log.

        A training that goes on from a checkpoint has cut the log by then.

        Raises:
            ValueError: If the folder holds another training.
        """
        if not self._begun and self.writes_files:
            self._check_folder()
            config = self._config(self.params or {})
            self.folder.path.mkdir(parents=True, exist_ok=True)
            self.folder.write_config(config)
        self._begun = True
        super().on_train_batch_begin(batch, logs)

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Writes the record of the epoch, samples and the GAN."""
        super().on_epoch_end(epoch, logs)
        if not self.writes_files:
            return
        if self.gan.value_range is not None and len(self.gan.image_shape) == 3:
            file = self.folder.samples / f"epoch_{epoch + 1:04d}.png"
            self._grid.write(self.gan, file)
        if self._savable:
            save_gan(self.gan, self.folder)

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        """Draws the curves, and writes the report."""
        if self.writes_files and (log := self.folder.read_log()):
            plotting.curves(self.folder.read_log("step") or log, self.folder.curves)
            write_report(self.folder)

    def _check_folder(self) -> None:
        """Refuses a folder with another training than the one that begins."""
        if self.folder.config.is_file() and "recipe" in self.folder.read_config():
            raise InputError(
                f"'{self.folder}': it holds a run of a recipe, which `keras-gan train "
                "--resume` continues; give another folder."
            )
        logged = max((each["step"] for each in self.folder.read_log()), default=0)
        step = int(self.gan.step)
        if logged > step:
            raise InputError(
                f"'{self.folder}': it holds a training of {logged} steps, and this GAN "
                f"has done {step}. Give another folder, or remove it; with "
                "`callbacks.Checkpoint` the script would go on from there."
            )

    def _config(self, params: Mapping[str, Any]) -> dict[str, Any]:
        """Returns what `config.json` holds."""
        training = {
            "data": self.data,
            "split": self.split,
            **describe_gan(self.gan),
            "batch_size": self.batch_size,
            "epochs": params.get("epochs", 1),
            "seed": self.gan.seed if self.seed is None else self.seed,
            **self.settings,
        }
        earlier = self.folder.read_config() if self.folder.config.is_file() else {}
        now = environment(self.gan.distribute_strategy)
        return {
            "name": self.name or self.folder.path.resolve().name,
            "training": training,
            "data": self._about,
            "versions": versions(),
            "environments": with_environment(earlier.get("environments", []), now),
        }


def save_gan(gan: GAN, folder: RunFolder) -> None:
    """Saves a GAN as that of the last epoch, whole or not at all.

    Args:
        gan: The GAN.
        folder: The folder of the run.
    """
    with atomic_path(folder.gan) as temporary:
        gan.save(temporary)


def _checked(settings: Mapping[str, Any] | None) -> dict[str, Any]:
    """Returns settings as JSON holds them."""
    try:
        return json.loads(json.dumps(dict(settings or {}), allow_nan=False))
    except (TypeError, ValueError) as error:
        raise InputError(
            f"`settings` must be a mapping of names to values of JSON; {error}."
        ) from None
