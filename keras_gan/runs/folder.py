"""Names the files in the folder of a run, and reads and writes its records."""

from __future__ import annotations

import json
import os
import shlex
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from keras_gan._checks import InputError, check_choice, missing_error, printable
from keras_gan._files import LOCK, FolderLock, write_text
from keras_gan.presets import Recipe
from keras_gan.runs.records import read_json, read_records

# What defines a training: the recipe of a run, or the values of a `fit` script.
_DEFINITIONS = ("recipe", "training")
# A name is a heading of pages and a cell of tables.
LONGEST_NAME = 80


def check_name(name: object) -> str:
    """Returns the name of a run if it is one short line of text.

    Raises:
        ValueError: If it is empty, too long, or holds line ends or other characters
            that cannot be printed.
    """
    is_text = isinstance(name, str) and name.isprintable() and bool(name.strip())
    if not is_text or len(str(name)) > LONGEST_NAME:
        shown = printable(repr(name), LONGEST_NAME)
        raise InputError(
            f"`name` must be 1 to {LONGEST_NAME} printable characters in one line, "
            f"such as 'my faces'; got {shown}."
        )
    return str(name)


class SavedGAN(NamedTuple):
    """A GAN that a run has saved.

    Attributes:
        file: The `.keras` file.
        epoch: The number of the best epoch; None for the last one.
        metric: The figure by which that epoch is best; None for the last one.
    """

    file: Path
    epoch: int | None = None
    metric: str | None = None

    @property
    def choice(self) -> str | None:
        """A phrase that names the best epoch; None for the last one."""
        if self.epoch is None:
            return None
        return f"epoch {self.epoch}, the best by {self.metric}"


class RunFolder:
    """The folder of one training.

    Attributes:
        path: The folder; the other attributes are paths inside it.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self.config = self.path / "config.json"
        self.log = self.path / "log.jsonl"
        self.times = self.path / "times.jsonl"
        self.checkpoints = self.path / "checkpoints"
        self.samples = self.path / "samples"
        self.tracking = self.path / "tracking"
        self.real = self.path / "real.png"
        self.interpolation = self.path / "interpolation.png"
        self.classes = self.path / "classes.png"
        self.truncation = self.path / "truncation.png"
        self.neighbors = self.path / "neighbors.png"
        self.memorization = self.path / "memorization.json"
        self.animation = self.path / "samples.gif"
        self.curves = self.path / "curves.png"
        self.gan = self.path / "gan.keras"
        self.best = self.path / "best.keras"
        self.best_figures = self.path / "best.json"
        self.evaluation = self.path / "evaluation.json"
        self.report = self.path / "report.html"

    def __str__(self) -> str:
        return str(self.path)

    def __repr__(self) -> str:
        return f"RunFolder({str(self.path)!r})"

    def saved_gan(self, which: str | None = None) -> SavedGAN:
        """Returns the GAN of the best epoch if metrics found one, else of the last.

        Args:
            which: "best" or "last", to choose one of them.

        Raises:
            ValueError: If the folder holds no run, the run has saved no model yet, or
                "best" is asked of a run without metrics.
        """
        self.read_config()
        if which is not None:
            check_choice("which", which, ("best", "last"))
        best = self.read_best() if self.best.is_file() else None
        if best is not None and which != "last":
            return SavedGAN(self.best, best["epoch"], next(iter(best["values"])))
        if which == "best":
            raise InputError(
                f"'{self}': the run has no best epoch, which `train --metrics` finds; "
                "leave out `which`."
            )
        if not self.gan.is_file():
            raise InputError(
                f"'{self}': the run has saved no model yet; it does after each epoch."
            )
        return SavedGAN(self.gan)

    def commands(
        self, program: str = "keras-gan", options: Sequence[str] = ()
    ) -> list[str]:
        """Returns the command lines that are useful after a training.

        Args:
            program: The words that start the command line.
            options: What every command needs that opens the run.
        """
        run = shlex.quote(str(self.path))
        inside = {
            name: shlex.quote(str(self.path / name))
            for name in (
                "images.png",
                "path.png",
                "saved_model",
                "generator.onnx",
                "page",
            )
        }
        opening = [
            f"sample {run} --n 64 --seed 7 --out {inside['images.png']}",
            f"interpolate {run} --from 1 --to 5 --out {inside['path.png']}",
            f"evaluate {run}",
            f"export saved-model {run} {inside['saved_model']}",
            f"export onnx {run} {inside['generator.onnx']}",
        ]
        values = self.read_values() if self.config.is_file() else {"value_range": ()}
        if values.get("value_range") is not None:  # pictures, not points
            opening.append(f"export web {run} {inside['page']} --serve")
        own = [shlex.quote(option) for option in options]
        return [
            *(" ".join([program, command, *own]) for command in opening),
            f"{program} verify {inside['generator.onnx']}",
        ]

    def is_free(self) -> bool:
        """Returns whether the folder is empty or missing; raises if it is a file."""
        if self.path.exists() and not self.path.is_dir():
            raise InputError(f"'{self}': it is a file; a run needs a folder.")
        if not self.path.is_dir():
            return True
        return all(path.name == LOCK for path in self.path.iterdir())

    def lock(self) -> FolderLock:
        """Returns the lock that keeps a second training out of the folder."""
        return FolderLock(self.path, "train")

    def check_inside(self) -> None:
        """Refuses links in the folder, by which a training would write elsewhere.

        Raises:
            ValueError: If there is one.
        """
        for folder in (self.path, self.samples, self.checkpoints, self.tracking):
            for path in folder.iterdir() if folder.is_dir() else ():
                if path.is_symlink():
                    raise InputError(
                        f"'{path}': it is a link, and a training writes inside its own "
                        "folder alone; put the file itself there."
                    )

    def results(self) -> list[Path]:
        """Returns the files and folders that a training has left.

        Its recipe, its data and its checkpoints are not among them.
        """
        paths = [path for path in vars(self).values() if isinstance(path, Path)]
        kept = {self.path, self.config, self.real, self.checkpoints}
        return [path for path in paths if path not in kept and path.exists()]

    def reset(self) -> None:
        """Removes the results of an earlier start."""
        for path in self.results():
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()

    def check_free(self) -> None:
        """Raises `InputError` if there is anything in the folder."""
        if not self.is_free():
            raise InputError(
                f"'{self}': the folder is not empty; give another one, or continue "
                "the run that is in it with `--resume`."
            )

    def write_config(self, config: dict[str, Any]) -> None:
        """Writes the record of the recipe, the data and the versions."""
        write_text(self.config, json.dumps(config, indent=2, allow_nan=False) + "\n")

    def read_config(self) -> dict[str, Any]:
        """Reads the record that `write_config` wrote.

        Raises:
            ValueError: If the folder holds no run, or its record is damaged.
        """
        if not self.path.exists():
            raise missing_error(self.path, "run")
        if not self.config.is_file():
            raise InputError(f"'{self}': it is no run; it holds no config.json.")
        config = read_json(self.config)
        parts = config if isinstance(config, dict) else {}
        if not any(isinstance(parts.get(name), dict) for name in _DEFINITIONS):
            raise InputError(f"'{self.config}': it holds no recipe.")
        return config

    def read_values(self) -> dict[str, Any]:
        """Returns by name the values that define the training.

        They are all fields of a recipe; of a `fit` script, what
        `callbacks.RunRecord` found, which has those fields in part, and others.

        Raises:
            ValueError: If the folder holds no run, or its record is damaged.
        """
        values = self.read_config().get("training")
        if isinstance(values, dict):
            return values
        return Recipe.from_file(self.config).to_dict()

    def read_name(self) -> str:
        """Returns the name of the run, or of its architecture if it has none."""
        config = self.read_config()
        name = config.get("name") or config.get("recipe", {}).get("architecture")
        return printable(name, LONGEST_NAME)

    def describes(self, step: int | None, recorded: int | None) -> bool:
        """Returns whether a record describes the GAN of a step.

        Args:
            step: The training steps of the GAN; None for any.
            recorded: The steps in the record. A record of an older version, without
                them, describes the last GAN.
        """
        if step is None or recorded == step:
            return True
        return recorded is None and not self.best.is_file()

    def class_names(self) -> list[str] | None:
        """Returns the names of the classes in the run's data; None if unknown."""
        return self.read_config().get("data", {}).get("class_names")

    def begun_from(self) -> str | None:
        """Returns a phrase on the GAN that the run began with; None if with none.

        It names the data of that GAN and their licence.
        """
        record = self.read_config().get("pretrained")
        return record.get("begun_from") if isinstance(record, dict) else None

    def read_log(self, event: str | None = None) -> list[dict[str, Any]]:
        """Returns the records of the log, or those of one event, "step" or "epoch"."""
        return read_records(self.log, event)

    def read_times(self, event: str | None = None) -> list[dict[str, Any]]:
        """Returns the records of the times, of all events or of one."""
        needed = ("seconds", "images_per_second")
        return read_records(self.times, event, needed)

    def read_memorization(self) -> dict[str, Any] | None:
        """Returns the result of the test for copies; None if there was no test."""
        return read_json(self.memorization) if self.memorization.is_file() else None

    def read_best(self) -> dict[str, Any] | None:
        """Returns the evaluation of the best epoch; None if none was made."""
        return read_json(self.best_figures) if self.best_figures.is_file() else None

    def epoch_samples(self, limit: int | None = None) -> dict[int, Path]:
        """Returns the files of sample grids by their epoch, in order.

        Args:
            limit: The largest number of files, evenly chosen, with the first and the
                last; None for all.
        """
        paths = sorted(self.samples.glob("epoch_*.png"))
        if limit is not None and len(paths) > limit:
            last = len(paths) - 1
            paths = [paths[round(i * last / (limit - 1))] for i in range(limit)]
        return {int(path.stem.removeprefix("epoch_")): path for path in paths}
