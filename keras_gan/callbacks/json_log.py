"""Logs the figures of a training, one JSON object per line."""

from __future__ import annotations

import json
import math
import os
import time
from pathlib import Path
from typing import Any

from keras_gan._checks import check_positive_int_or_none
from keras_gan._files import named_errors
from keras_gan.callbacks._gan_callback import GANCallback
from keras_gan.callbacks._growing_files import append, cut, stored_length, sum_of
from keras_gan.callbacks._interval_means import IntervalMeans
from keras_gan.distribution.watch import step_times
from keras_gan.training import GAN


class JSONLog(GANCallback):
    """Appends a record to a JSON-lines file at the end of each epoch.

    A record holds "event" ("epoch" or "step"), "epoch" from 1, "step" (training steps
    that the GAN has done in all), with `batch_size` also "images" (seen in all), and
    the logs: their means over the epoch, or in a "step" record since the record before.
    A figure that is not finite is null. Nothing in the file depends on the clock, so
    two equal trainings write equal files; "seconds" since the epoch began and
    "images_per_second" go to a file of their own. Of several workers it also holds, at
    the end of an epoch, the median time of a step in seconds, "step_seconds", the
    longest, "slowest_step_seconds", and "waited_seconds", by which all steps together
    took longer than the median.

    Each line is written at once, so a killed run leaves whole lines. With
    `callbacks.Checkpoint`, a resumed training cuts off the records that it will write
    again.

    Put it before callbacks that draw pictures, so that their time is not counted. Those
    that add figures to the logs, such as `EvaluateMetrics`, run first wherever they
    stand; their time is counted.

    Args:
        path: The file; new records are appended.
        every: Steps between two "step" records; None writes none.
        batch_size: Images per step, to count images.
        times: The file of the times; None writes none.

    Raises:
        ValueError: If a number is not positive, or `fit` trains no GAN.

    Example:
        >>> gan.fit(train, callbacks=[keras_gan.callbacks.JSONLog("run/log.jsonl")])
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        every: int | None = None,
        batch_size: int | None = None,
        times: str | os.PathLike[str] | None = None,
    ) -> None:
        super().__init__()
        self.path = Path(path)
        self.every = check_positive_int_or_none("every", every)
        self.batch_size = check_positive_int_or_none("batch_size", batch_size)
        self.times = None if times is None else Path(times)
        self._epoch = 0
        # When the epoch began; None between two epochs.
        self._began: float | None = None
        self._first_step = 0
        self._interval = IntervalMeans(self.every)

    def get_state(self) -> dict[str, Any]:
        """Returns lengths and sums of the files, and the start of the next record.

        What it tells is on the disk then, so that no checkpoint counts a record that a
        power cut takes.
        """
        lengths = [stored_length(file) for file in self._files]
        places = zip(self._files, lengths, strict=True)
        sums = [sum_of(file, length) for file, length in places]
        return {
            "lengths": lengths,
            "sums": sums,
            "window": self._interval.get_state(),
            "passed": None if self._began is None else [*self._passed()],
        }

    def fault_of_state(self, state: dict[str, Any]) -> str | None:
        """Returns which file does not begin with the records of a checkpoint."""
        sums = state.get("sums", [])
        for file, length, sum_then in zip(
            self._files, state["lengths"], sums, strict=False
        ):
            if sum_of(file, length) != sum_then:
                return f"'{file}' has lost or changed records that it counts"
        return None

    def set_state(self, state: dict[str, Any]) -> None:
        """Cuts off the records after the checkpoint."""
        self._interval.set_state(state["window"])
        if self._began is not None:
            seconds, steps = state.get("passed") or (0.0, 0)
            self._began -= seconds
            self._first_step -= steps
        if self.writes_files:
            for file, length in zip(self._files, state["lengths"], strict=False):
                cut(file, length)

    @property
    def _files(self) -> list[Path]:
        return [self.path] if self.times is None else [self.path, self.times]

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Starts the clock of the epoch."""
        self._epoch = epoch + 1
        self._began = time.perf_counter()
        self._first_step = int(self.gan.step)
        self._interval.restart()

    def on_train_batch_begin(
        self, batch: int, logs: dict[str, Any] | None = None
    ) -> None:
        """Writes a "step" record of the steps before this one, where it is due.

        A callback that listens at the end of a batch would make Keras fetch the logs
        after every step.
        """
        if self._interval.is_due(batch):
            running = self.gan.get_metrics_result()
            self._append("step", self._interval.means(batch, running))

    def steps_until_due(self, gan: GAN, batch: int) -> int | None:
        """Returns the steps to the next "step" record."""
        return self._interval.steps_left(batch)

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Writes the "epoch" record."""
        self._append("epoch", {k: float(value) for k, value in (logs or {}).items()})
        self._began = None

    def _passed(self) -> tuple[float, int]:
        """Returns the seconds and the steps of the epoch so far."""
        seconds = time.perf_counter() - (self._began or 0.0)
        return round(seconds, 3), int(self.gan.step) - self._first_step

    def _append(self, event: str, logs: dict[str, float]) -> None:
        if not self.writes_files:
            return
        step = int(self.gan.step)
        place: dict[str, Any] = {"event": event, "epoch": self._epoch, "step": step}
        seconds, steps = self._passed()
        times: dict[str, Any] = {"seconds": seconds}
        record = dict(place)
        if self.batch_size is not None:
            record["images"] = step * self.batch_size
            images = steps * self.batch_size
            times["images_per_second"] = round(images / max(seconds, 1e-9), 1)
        record |= {k: v if math.isfinite(v) else None for k, v in logs.items()}
        _append_line(self.path, record)
        if self.times is not None:
            if event == "epoch":
                times |= step_times(self.gan.distribute_strategy)
            _append_line(self.times, place | times)


def _append_line(path: Path, record: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with named_errors(path):
        append(path, (json.dumps(record, allow_nan=False) + "\n").encode())
