"""Shows how far a `fit` is, on a terminal, in a notebook or in plain lines."""

from __future__ import annotations

import atexit
import html
import time
from collections.abc import Mapping, Sequence
from typing import IO, TYPE_CHECKING, Any

import keras

from keras_gan._checks import check_positive_int_or_none
from keras_gan.distribution.workers import is_chief
from keras_gan.notebooks.display import Display
from keras_gan.notebooks.kernel import in_notebook, started_in_notebook
from keras_gan.training.fitting.hooks import FitHooks

if TYPE_CHECKING:
    from rich.progress import Progress

_REFRESH_SECONDS = 0.25
# Plain lines come no more often than this, since logs and notebooks keep all of them.
_LINE_SECONDS = 5.0
# Within an epoch a line comes after so many seconds without one.
_LONGEST_SILENCE = 30.0
# Steps are timed for so long before a line tells how long the training will take.
_TIMED_SECONDS = 2.0
_LONGEST_BAR, _SHORTEST_BAR = 40, 8


class FitProgress(FitHooks, keras.callbacks.Callback):
    """Shows epoch, step, speed, remaining time and the discriminator's two means.

    Args:
        batch_size: Images per step; None shows steps per second.
        steps: The steps after which the training ends, if that is before the end of
            the last epoch; None for all of its epochs.
        file: The file to write to; None for standard output.

    Raises:
        ValueError: If an argument cannot be used.
    """

    shows_progress = True

    def __init__(
        self,
        *,
        batch_size: int | None = None,
        steps: int | None = None,
        file: IO[str] | None = None,
    ) -> None:
        super().__init__()
        self.batch_size = check_positive_int_or_none("batch_size", batch_size)
        self.steps = check_positive_int_or_none("steps", steps)
        self.file = file
        self._bar: Progress | None = None
        self._display: Display | None = None
        self._epoch = 0
        # The first step of the epoch, and the steps of it before a resumed training.
        self._first_step, self._skipped = 0, 0
        self._is_new_epoch = True
        self._first_epoch: int | None = None
        self._done_before = 0
        self._train_began = self._epoch_began = self._refreshed = 0.0
        # The time and the steps done when the timing began; None before and after it.
        self._timed_from: tuple[float, int] | None = None
        self._times = False
        # When the last plain line was printed, and the line that came too soon after.
        self._printed, self._held = float("-inf"), ""

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Opens the bar in a notebook or on a terminal."""
        self._first_epoch = None
        self._train_began = time.perf_counter()
        self._timed_from, self._times = None, True
        self._printed, self._held = float("-inf"), ""
        self._display = None
        if not self._shows:
            return
        if self.file is None and in_notebook():
            self._display = Display()
        elif not started_in_notebook():
            self._open_bar()

    def _open_bar(self) -> None:
        """Opens a bar if the output is a terminal."""
        from rich.console import Console

        console = Console(file=self.file, force_jupyter=False)
        if console.is_interactive:
            self._bar = _bar(console)
            self._bar.add_task("", total=None, rest="")
            self._bar.start()
            # A training may break off, and only closing the bar shows the cursor again.
            atexit.register(self.close)

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Starts the epoch's clock."""
        self._epoch, self._first_step = epoch, int(self.gan.step)
        self._epoch_began = time.perf_counter()
        self._is_new_epoch, self._skipped = True, 0

    def on_train_batch_begin(
        self, batch: int, logs: dict[str, Any] | None = None
    ) -> None:
        """Moves the bar, four times a second at most, or times the first steps."""
        now = time.perf_counter()
        if not self._shows:
            return
        if self._is_new_epoch:
            self._begin_epoch(batch)
        if self._bar is None and self._display is None:
            # The first call compiles, and says nothing of the speed.
            if self._times and self._total is not None and batch > self._skipped:
                self._time(now, batch)
            elif batch > self._skipped and now - self._printed > _LONGEST_SILENCE:
                self._print_state(batch)
        elif now - self._refreshed > _REFRESH_SECONDS:
            self._refreshed = now
            self._move(batch, self.gan.get_metrics_result() if batch else {})

    def _begin_epoch(self, batch: int) -> None:
        """Takes the steps that a resumed epoch had done, which count for no speed."""
        self._is_new_epoch, self._skipped = False, batch
        self._first_step -= batch
        if self._first_epoch is None:
            self._first_epoch = self._epoch
            self._done_before = self._done(batch)
            if self._bar is not None:
                self._bar.reset(self._bar.task_ids[0], completed=self._done_before)
            elif self._display is None and self._done_before and int(self.gan.step):
                text = f"continues after {self._step_text(batch)}"
                print(text, file=self.file, flush=True)

    def steps_until_due(self, gan: Any, batch: int) -> int | None:
        """Returns None, because the bar can move after any number of steps."""
        return None

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Moves the bar to the end of the epoch, or writes a line."""
        logs = logs or {}
        batches = int(self.gan.step) - self._first_step
        if not self._shows:
            return
        if self._bar is not None or self._display is not None:
            self._move(batches, logs)
            return
        self._times = False  # the line says how much is left
        self._print_state(batches, _outputs(logs))

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        """Closes the bar, or writes the last line."""
        if self._held:
            print(self._held, file=self.file, flush=True)
        self._held = ""
        self.close()

    def close(self) -> None:
        """Closes the bar, also after a training that broke off."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None
            atexit.unregister(self.close)

    @property
    def gan(self) -> Any:
        """The GAN in training."""
        return self.model

    @property
    def _shows(self) -> bool:
        return is_chief(self.gan.distribute_strategy)

    @property
    def _epochs(self) -> int:
        return (self.params or {}).get("epochs") or self._epoch + 1

    @property
    def _steps_per_epoch(self) -> int | None:
        return (self.params or {}).get("steps")

    @property
    def _total(self) -> int | None:
        """The steps of the whole training, if they are known."""
        steps = self._steps_per_epoch and self._steps_per_epoch * self._epochs
        return min(filter(None, (steps, self.steps)), default=None)

    def _done(self, batches: int) -> int:
        """Returns the steps done after so many of the epoch."""
        return self._epoch * (self._steps_per_epoch or batches) + batches

    @property
    def _epoch_text(self) -> str:
        return f"epoch {self._epoch + 1}/{self._epochs}"

    def _step_text(self, batches: int) -> str:
        total = "" if self._total is None else f"/{self._total}"
        return f"step {self._done(batches)}{total}"

    def _move(self, batches: int, logs: dict[str, Any]) -> None:
        """Moves the bar that there is."""
        if self._bar is not None:
            self._move_on_terminal(self._bar, batches, logs)
        elif self._display is not None:
            self._move_in_notebook(self._display, batches, logs)

    def _move_in_notebook(
        self, display: Display, batches: int, logs: dict[str, Any]
    ) -> None:
        """Shows a bar of the whole training, and all logs below."""
        left = self._seconds_left(batches)
        passed = time.perf_counter() - self._train_began
        parts = [
            self._epoch_text,
            self._step_text(batches),
            self._speed(batches),
            f"{_duration(left)} left" if left else f"{_duration(passed)} in all",
        ]
        head = "  ".join(filter(None, parts))
        share = self._done(batches) / self._total if self._total else 0.0
        display.show(_content(head, share, logs))

    def _move_on_terminal(
        self, bar: Progress, batches: int, logs: dict[str, Any]
    ) -> None:
        """Moves the bar, and writes beside it what the terminal has room for."""
        task, done = bar.tasks[0], self._done(batches)
        bar.update(task.id, total=self._total, completed=done)
        left = task.time_remaining
        parts = {
            "epoch": self._epoch_text,
            "step": self._step_text(batches),
            "rate": self._rate(task.speed) if task.speed else "",
            "left": "" if left is None else f"{_duration(left)} left",
            "outputs": _outputs(logs),
        }
        width = bar.console.width - 2
        kept = _fitting(parts, width, least_first=("rate", "epoch", "outputs", "left"))
        room = width - len("  ".join(kept.values()))
        column: Any = bar.columns[1]
        column.bar_width = min(room, _LONGEST_BAR) if room >= _SHORTEST_BAR else 0
        head = [kept.pop(name) for name in ("epoch", "step") if name in kept]
        bar.update(task.id, description="  ".join(head), rest="  ".join(kept.values()))

    def _time(self, now: float, batch: int) -> None:
        """Times steps after the first call, which compiles; then tells the total."""
        done = self._done(batch)
        if self._timed_from is None:
            self._timed_from = now, done
            return
        began, before = self._timed_from
        if now - began < _TIMED_SECONDS or done <= before or self._total is None:
            return
        self._times = False
        steps = self._total - self._done_before
        seconds = (now - began) / (done - before) * steps
        self._print(
            f"about {_duration(seconds)} for {steps} steps on this machine, without "
            "the figures and pictures of each epoch"
        )

    def _print_state(self, batches: int, outputs: str = "") -> None:
        """Prints how far the epoch is, how long it took, and how much is left."""
        seconds = time.perf_counter() - self._epoch_began
        self._print(
            self._epoch_text,
            self._step_text(batches),
            f"{seconds:.1f} s",
            self._speed(batches),
            f"{_duration(self._seconds_left(batches))} left",
            outputs,
        )

    def _print(self, *parts: str) -> None:
        """Prints a line, or holds it back if it comes too soon after the last."""
        line, now = "  ".join(filter(None, parts)), time.perf_counter()
        if now - self._printed < _LINE_SECONDS:
            self._held = line
            return
        self._printed, self._held = now, ""
        print(line, file=self.file, flush=True)

    def _speed(self, batches: int) -> str:
        """Returns the speed over so many steps of the epoch; nothing before any."""
        seconds, done = time.perf_counter() - self._epoch_began, batches - self._skipped
        return self._rate(done / max(seconds, 1e-9)) if done else ""

    def _rate(self, steps_per_second: float) -> str:
        if self.batch_size is None:
            return f"{steps_per_second:.1f} steps/s"
        return f"{steps_per_second * self.batch_size:.0f} images/s"

    def _seconds_left(self, batches: int) -> float:
        """Returns the expected seconds after so many steps of the epoch."""
        passed = time.perf_counter() - self._train_began
        done = self._done(batches)
        if self._total is None:
            epochs = self._epoch + 1 - (self._first_epoch or 0)
            return passed / epochs * (self._epochs - self._epoch - 1)
        return passed / max(1, done - self._done_before) * (self._total - done)


def _fitting(
    parts: dict[str, str], width: int, *, least_first: Sequence[str]
) -> dict[str, str]:
    """Returns the parts of a line that fit, with two spaces between them.

    Args:
        parts: The parts by name, in their order; empty ones are left out.
        width: The columns that there are.
        least_first: The names that may be left out, the least important first.
    """
    kept = {name: part for name, part in parts.items() if part}
    for name in least_first:
        if len("  ".join(kept.values())) > width:
            kept.pop(name, None)
    return kept


def _bar(console: Any) -> Progress:
    from rich.progress import BarColumn, Progress, Task, TextColumn

    class FittedBar(BarColumn):
        """A bar that is not there where it has no room."""

        def render(self, task: Task) -> Any:
            return super().render(task) if self.bar_width else ""

    return Progress(
        TextColumn("{task.description}", markup=False),
        FittedBar(),
        TextColumn("{task.fields[rest]}", markup=False),
        console=console,
    )


def _content(head: str, share: float, logs: Mapping[str, Any]) -> dict[str, str]:
    """Returns what a notebook shows: the bar of a share, a text, and the logs."""
    figures = "  ".join(f"{name} {float(value):.4g}" for name, value in logs.items())
    spaced = html.escape(head).replace("  ", " &ensp;")
    below = html.escape(figures).replace("  ", " &ensp;")
    shown = (
        f'<div style="font-variant-numeric:tabular-nums"><progress value="{share:.4f}" '
        f'style="width:16em"></progress>&ensp;{spaced}<br>{below}</div>'
    )
    return {"text/plain": f"{head}  {figures}".rstrip(), "text/html": shown}


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
