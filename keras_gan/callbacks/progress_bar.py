"""Shows the progress of a training: epoch, speed, remaining time, d_real and d_fake."""

from __future__ import annotations

import atexit
import time
from typing import IO, TYPE_CHECKING, Any

from keras_gan._checks import check_positive_int_or_none
from keras_gan.callbacks._gan_callback import GANCallback
from keras_gan.training import GAN

if TYPE_CHECKING:
    from rich.progress import Progress

_REFRESH_SECONDS = 0.25


class ProgressBar(GANCallback):
    """Shows epoch, images per second, remaining time, d_real and d_fake.

    A terminal shows a bar, any other output one plain line per epoch. Give `fit`
    `verbose=0`, or Keras shows its own bar too.

    Args:
        batch_size: Images per step; None shows steps per second.
        file: The file to write to; None for standard output.

    Raises:
        ValueError: If `batch_size` cannot be used, or `fit` trains no GAN.

    Example:
        >>> bar = keras_gan.callbacks.ProgressBar(batch_size=100)
        >>> gan.fit(train, epochs=3, callbacks=[bar], verbose=0)
    """

    def __init__(
        self, *, batch_size: int | None = None, file: IO[str] | None = None
    ) -> None:
        super().__init__()
        self.batch_size = check_positive_int_or_none("batch_size", batch_size)
        self.file = file
        self._bar: Progress | None = None
        self._epoch = 0
        self._first_step = 0
        self._first_epoch: int | None = None
        self._train_began = self._epoch_began = self._refreshed = 0.0

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Opens the bar if the output is a terminal."""
        from rich.console import Console

        console = Console(file=self.file)
        self._first_epoch = None
        self._train_began = time.perf_counter()
        if self.writes_files and (console.is_interactive or console.is_jupyter):
            self._bar = _bar(console)
            self._bar.add_task("", total=None, rate="", logs="")
            self._bar.start()
            # A training may break off, and only closing the bar shows the cursor again.
            atexit.register(self.close)

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Starts the epoch's clock."""
        self._epoch, self._first_step = epoch, int(self.gan.step)
        self._epoch_began = time.perf_counter()
        if self._first_epoch is None:
            self._first_epoch = epoch
            if self._bar is not None:
                # The steps before a resumed training do not count for its speed.
                done = epoch * (self._steps_per_epoch or 0)
                self._bar.reset(self._bar.task_ids[0], completed=done)

    def on_train_batch_begin(
        self, batch: int, logs: dict[str, Any] | None = None
    ) -> None:
        """Moves the bar, four times a second at most."""
        now = time.perf_counter()
        if self._bar is not None and now - self._refreshed > _REFRESH_SECONDS:
            self._refreshed = now
            logs = self.gan.get_metrics_result() if batch else {}
            self._move(self._bar, batch, logs)

    def steps_until_due(self, gan: GAN, batch: int) -> int | None:
        """Returns None, because the bar can move after any number of steps."""
        return None

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Moves the bar to the end of the epoch, or writes the line of the epoch."""
        logs = logs or {}
        batches = int(self.gan.step) - self._first_step
        if self._bar is not None:
            self._move(self._bar, batches, logs)
            return
        if not self.writes_files:
            return
        seconds = time.perf_counter() - self._epoch_began
        parts = [
            f"epoch {epoch + 1}/{self._epochs}",
            f"{seconds:.1f} s",
            self._rate(batches / max(seconds, 1e-9)),
            f"{_duration(self._seconds_left())} left",
            _outputs(logs),
        ]
        print("  ".join(filter(None, parts)), file=self.file, flush=True)

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        """Closes the bar."""
        self.close()

    def close(self) -> None:
        """Closes the bar, also after a training that broke off."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None
            atexit.unregister(self.close)

    @property
    def _epochs(self) -> int:
        return (self.params or {}).get("epochs") or self._epoch + 1

    @property
    def _steps_per_epoch(self) -> int | None:
        return (self.params or {}).get("steps")

    def _move(self, bar: Progress, batches: int, logs: dict[str, Any]) -> None:
        task, steps = bar.tasks[0], self._steps_per_epoch
        bar.update(
            task.id,
            total=steps and steps * self._epochs,
            completed=self._epoch * (steps or batches) + batches,
            description=f"epoch {self._epoch + 1}/{self._epochs}",
            rate=self._rate(task.speed) if task.speed else "",
            logs=_outputs(logs),
        )

    def _rate(self, steps_per_second: float) -> str:
        if self.batch_size is None:
            return f"{steps_per_second:.1f} steps/s"
        return f"{steps_per_second * self.batch_size:.0f} images/s"

    def _seconds_left(self) -> float:
        done = self._epoch + 1 - (self._first_epoch or 0)
        passed = time.perf_counter() - self._train_began
        return passed / done * (self._epochs - self._epoch - 1)


def _bar(console: Any) -> Progress:
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(compact=True),
        TextColumn("left"),
        TextColumn("{task.fields[logs]}"),
        console=console,
    )


def _outputs(logs: dict[str, Any]) -> str:
    return "  ".join(
        f"{name} {float(logs[name]):.2f}"
        for name in ("d_real", "d_fake")
        if name in logs
    )


def _duration(seconds: float) -> str:
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return (
        f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"
    )
