"""The figures of a training, one JSON object a line."""

from __future__ import annotations

import json
import math
import os
import time
from pathlib import Path
from typing import Any

from keras_gan._checks import check_positive_int
from keras_gan.callbacks._base import GANCallback

_LOGS = ("d_loss", "g_loss", "d_real", "d_fake")


class JSONLog(GANCallback):
    """Appends a record to a JSON-lines file at the end of each epoch.

    A record holds "event" ("epoch" or "step"), "epoch" from 1, "step" (training steps
    that the GAN has done in all), "seconds" since the epoch began, and the logs: their
    means over the epoch, or in a "step" record since the record before it. With
    `batch_size` also "images" (seen in all) and "images_per_second". A figure that is
    not finite is null. Each line is written at once, so that a killed run leaves whole
    lines.

    Put it first among the callbacks, so that it does not count the others' time.

    Args:
        path: The file; what it holds stays.
        every: Steps between two "step" records; None writes none.
        batch_size: Images per step, to count images.

    Raises:
        ValueError: If an argument cannot be used, or `fit` trains no GAN.

    Example:
        >>> gan.fit(train, callbacks=[keras_gan.callbacks.JSONLog("run/log.jsonl")])
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        every: int | None = None,
        batch_size: int | None = None,
    ) -> None:
        super().__init__()
        self.path = Path(path)
        self.every = None if every is None else check_positive_int("every", every)
        self.batch_size = (
            None if batch_size is None else check_positive_int("batch_size", batch_size)
        )
        self._epoch = 0
        self._began = 0.0
        self._first_step = 0
        self._last: tuple[int, dict[str, float]] = (0, {})

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Starts the clock."""
        self._epoch = epoch + 1
        self._began = time.perf_counter()
        self._first_step = int(self.gan.step)
        self._last = (0, {})

    def on_train_batch_begin(
        self, batch: int, logs: dict[str, Any] | None = None
    ) -> None:
        """Writes a "step" record of the steps before this one, when it is due.

        Not at the end of a batch: a callback that listens there makes Keras fetch the
        logs after every step.
        """
        if self.every is None or batch - self._last[0] < self.every:
            return
        means = {
            name: float(value)
            for name, value in self.gan.get_metrics_result().items()
            if name in _LOGS
        }
        done, before = self._last
        # Keras keeps means over the epoch: take out what was there before.
        window = {
            name: (batch * mean - done * before.get(name, 0.0)) / (batch - done)
            for name, mean in means.items()
        }
        self._last = (batch, means)
        self._append("step", window)

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Writes the "epoch" record."""
        self._append("epoch", {k: float(value) for k, value in (logs or {}).items()})

    def _append(self, event: str, logs: dict[str, float]) -> None:
        step = int(self.gan.step)
        seconds = time.perf_counter() - self._began
        record: dict[str, Any] = {
            "event": event,
            "epoch": self._epoch,
            "step": step,
            "seconds": round(seconds, 3),
        }
        if self.batch_size is not None:
            images = (step - self._first_step) * self.batch_size
            record["images"] = step * self.batch_size
            record["images_per_second"] = round(images / max(seconds, 1e-9), 1)
        record |= {k: v if math.isfinite(v) else None for k, v in logs.items()}
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(record, allow_nan=False) + "\n")
