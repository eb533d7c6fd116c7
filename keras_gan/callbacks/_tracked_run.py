"""Keeps one run of a tracker for one training, however often that is resumed."""

from __future__ import annotations

import importlib
import os
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from keras_gan._checks import InputError, one_line
from keras_gan._files import write_json
from keras_gan.callbacks._tracker import Tracker
from keras_gan.runs.folder import RunFolder
from keras_gan.runs.records import read_json
from keras_gan.training import GAN
from keras_gan.training.description import describe_gan
from keras_gan.training.savable import check_savable

if TYPE_CHECKING:
    from PIL import Image


class TrackedRun(Tracker):
    """Begins or continues the run of a tracker, and ends it with its files.

    The id of the run and its last step are kept in `tracking/` of the folder. A resumed
    training leaves out what is recorded already, so that each step is there once.

    A subclass talks to its library, in `_connect`, `_open_run`, `_write`, `_upload` and
    `_close_run`.

    Args:
        folder: The folder of the training.
        every: As in `Tracker`.
        samples: As in `Tracker`.
        seed: As in `Tracker`.
        samples_every: As in `Tracker`.

    Attributes:
        _title: The tracker's name in sentences.
        _module: Its library, also the name of the extra.
        _remedy: What to do if no run can be begun.
        _owns_run: Whether the run was begun by this callback, as `_open_run` says.

    Raises:
        ValueError: If an option is out of its range, or the library is not installed.
    """

    _title: str
    _module: str
    _remedy: str

    def __init__(
        self,
        folder: str | os.PathLike[str],
        *,
        every: int | None = 100,
        samples: int = 64,
        seed: int = 0,
        samples_every: int = 1,
    ) -> None:
        super().__init__(
            every=every, samples=samples, seed=seed, samples_every=samples_every
        )
        self.folder = RunFolder(folder)
        self._library = self._imported()
        self._memory = self.folder.tracking / f"{self._module}.json"
        self._resumed = self._begun = self._broken = False
        self._owns_run = False
        self._run: str | None = None
        self._recorded = -1

    def _connect(self) -> None:
        """Logs in or reaches the server, before a training begins."""

    def _open_run(self, run: str | None, name: str, settings: dict[str, Any]) -> str:
        """Begins a run of the tracker, or continues one; returns its id.

        Args:
            run: The id of the run to continue; None for a new one.
            name: The name of a new run.
            settings: What defines the training, in values of JSON.
        """
        raise NotImplementedError

    def _write(
        self, step: int, figures: dict[str, float], grid: Image.Image | None
    ) -> None:
        """Writes the record of a step, as `_record` gets it."""
        raise NotImplementedError

    def _upload(self, files: list[Path]) -> None:
        """Stores the files of the training with the run."""
        raise NotImplementedError

    def _close_run(self, complete: bool) -> None:
        """Ends the run, unless it was begun outside of this callback."""
        raise NotImplementedError

    def check(self) -> None:
        """Refuses a tracker that cannot be reached.

        Raises:
            ValueError: With what to do.
        """
        self._or_refuse("be reached", self._connect)

    def set_state(self, state: dict[str, Any]) -> None:
        """Takes the start of the next means, and knows that a training goes on."""
        super().set_state(state)
        self._resumed = True

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Forgets the run of an earlier training."""
        self._resumed = self._begun = self._broken = False

    def on_train_batch_begin(
        self, batch: int, logs: dict[str, Any] | None = None
    ) -> None:
        """Begins or continues the run before the first step; records later."""
        if self.writes_files:
            self._begin()
        super().on_train_batch_begin(batch, logs)

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Records the logs of the epoch, and the samples."""
        self._broken = False
        super().on_epoch_end(epoch, logs)

    def _record(
        self, step: int, figures: dict[str, float], grid: Image.Image | None
    ) -> None:
        """Writes the record of a step, unless the run has it.

        A tracker that fails is asked again at the end of the epoch, since each attempt
        may last.
        """
        self._begin()  # an epoch may go on at its end, without a step
        if step <= self._recorded or self._broken:
            return
        if self._goes(f"step {step}", lambda: self._write(step, figures, grid)):
            self._recorded = step
            self._remember()

    def after_fit(self, gan: GAN) -> None:
        """Stores the files of the training, and ends the run."""
        if self._run is not None:
            self._goes("the files of the training", self._store)
            self._end(complete=True)

    def after_end(self, gan: GAN) -> None:
        """Ends a run that is still open as one that failed."""
        self._end(complete=False)

    def _imported(self) -> Any:
        try:
            return importlib.import_module(self._module)
        except ImportError as error:
            raise InputError(
                f"{self._title} needs the library {self._module}: pip install "
                f"'.[{self._module}]' in the clone of keras-gan."
            ) from error

    def _begin(self) -> None:
        """Continues the run of this training, or begins another, once in a `fit`.

        Only a checkpoint takes a training back behind its last record; another GAN in
        the same folder is another run.
        """
        if self._begun:
            return
        run, recorded = self._remembered()
        if not self._resumed and recorded > int(self.gan.step):
            run = None
        recipe = self.folder.config.is_file()
        name = self.folder.read_name() if recipe else self.folder.path.resolve().name
        values = self.folder.read_values() if recipe else describe_gan(self.gan)
        self._or_refuse("begin a run", lambda: self._note(run, name, values))
        self._begun = True
        self._recorded = recorded if run == self._run else -1
        self._remember()

    def _note(self, run: str | None, name: str, settings: dict[str, Any]) -> None:
        self._run = self._open_run(run, name, settings)

    def _remembered(self) -> tuple[str | None, int]:
        """Returns the id of the last run in this folder, and its last step."""
        match read_json(self._memory) if self._memory.is_file() else None:
            case {"run": str(run), "step": int(step)}:
                return run, step
        return None, -1

    def _remember(self) -> None:
        write_json(self._memory, {"run": self._run, "step": self._recorded})

    def _or_refuse(self, what: str, action: Callable[[], None]) -> None:
        try:
            action()
        except Exception as error:
            kept = f", or remove '{self._memory}'" if self._memory.is_file() else ""
            raise InputError(
                f"{self._title} cannot {what}: {one_line(error).rstrip('.')}. "
                f"{self._remedy}{kept}."
            ) from error

    def _goes(self, what: str, action: Callable[[], None]) -> bool:
        """Returns whether an action went well; a training does not end by a tracker."""
        try:
            action()
        except Exception as error:
            self._broken = True
            warnings.warn(
                f"{self._title} has not recorded {what} ({one_line(error)}); the "
                "training goes on.",
                stacklevel=3,
            )
            return False
        return True

    def _store(self) -> None:
        """Stores the record of a run and its best GAN, else this GAN alone."""
        folder = self.folder
        if folder.config.is_file():
            best = folder.best.is_file()
            gan = (folder.best, folder.best_figures) if best else (folder.gan,)
            files = (folder.config, folder.log, *gan)
            self._upload([path for path in files if path.is_file()])
            return
        check_savable(self.gan)
        with tempfile.TemporaryDirectory() as temporary:
            path = Path(temporary) / folder.gan.name
            self.gan.save(path)
            self._upload([path])

    def _end(self, *, complete: bool) -> None:
        if self._run is not None:
            self._run = None
            self._goes("the end of the training", lambda: self._close_run(complete))
