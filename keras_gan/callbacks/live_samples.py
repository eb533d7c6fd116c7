"""Shows samples and the curves of a training in a notebook, while it trains."""

from __future__ import annotations

import io
import math
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from keras_gan._checks import (
    InputError,
    check_positive_float,
    check_positive_int,
    check_positive_int_or_none,
)
from keras_gan.callbacks._gan_callback import GANCallback
from keras_gan.callbacks._interval_means import IntervalMeans
from keras_gan.notebooks.display import Display
from keras_gan.notebooks.kernel import in_notebook
from keras_gan.plotting.picture import picture_range
from keras_gan.plotting.training_curves import beside_curves
from keras_gan.training import GAN

if TYPE_CHECKING:
    from PIL import Image

_SECONDS = 10.0
# Pictures by the clock take at most this share of the time.
_SHARE = 0.05
# The curves have a point a second, and fewer where these would be too many to draw.
_POINT_SECONDS, _MOST_POINTS = 1.0, 400


class LiveSamples(GANCallback):
    """Shows samples of the same seeds beside the curves, in one place of a notebook.

    The picture is replaced while `fit` runs, and needs no widgets. It is drawn before
    the first step, when it is due, and at the end. With `callbacks.Checkpoint`, a
    resumed training goes on with the curves that it had.

    Args:
        n: The number of images; each column of a conditional GAN is one class.
        seed: Stands for the n seeds, as in `GAN.sample`.
        every: Epochs between two pictures; None for none at the end of epochs.
        every_seconds: Seconds between two pictures; None for 10, or with `every` for
            none by the clock. Drawing takes at most a twentieth of the time.
        metric: A figure in the logs of epochs, such as "frechet" of `Evaluate`, to be
            drawn in place of both losses.
        show: A function that is given each picture, a PIL image, in place of the
            notebook.

    Raises:
        ValueError: If an argument cannot be used, `fit` trains something that is not a
            GAN of images, or does not run in a notebook and there is no `show`.

    Example:
        >>> gan.fit(train, epochs=9, callbacks=[keras_gan.callbacks.LiveSamples()])
    """

    def __init__(
        self,
        *,
        n: int = 16,
        seed: int = 0,
        every: int | None = None,
        every_seconds: float | None = None,
        metric: str | None = None,
        show: Callable[[Image.Image], None] | None = None,
    ) -> None:
        super().__init__()
        self.n = check_positive_int("n", n)
        self.seed = seed
        self.every = check_positive_int_or_none("every", every)
        if every_seconds is not None:
            every_seconds = check_positive_float("every_seconds", every_seconds)
        elif every is None:
            every_seconds = _SECONDS
        self.every_seconds = every_seconds
        self.metric = metric
        self.show = show
        self._records: list[dict[str, Any]] = []
        self._spacing = _POINT_SECONDS
        self._interval = IntervalMeans(None)
        self._epoch: int | None = None
        # The steps of the epoch at the last point, and the first step of the epoch.
        self._batch, self._first_step = 0, 0
        self._recorded = self._drawn = self._cost = 0.0
        self._shown_step: int | None = None
        self._display = Display()

    def set_model(self, model: Any) -> None:
        """Takes a GAN of images, in a notebook."""
        super().set_model(model)
        picture_range(self.gan.image_shape, self.gan.value_range)
        if self.show is None and not in_notebook():
            raise InputError(
                "`callbacks.LiveSamples` shows pictures in a notebook, and this "
                "program runs in none: run it in one (`pip install notebook`, then "
                "`jupyter notebook`), or use `callbacks.SampleGrid('samples')`, which "
                "writes files."
            )

    def get_state(self) -> dict[str, Any]:
        """Returns the points of the curves, and the start of the next one."""
        return {
            "records": self._records,
            "spacing": self._spacing,
            "batch": self._batch,
            "first_step": self._first_step,
            "interval": self._interval.get_state(),
        }

    def set_state(self, state: dict[str, Any]) -> None:
        """Goes on with the curves of the checkpoint."""
        self._records, self._spacing = [*state["records"]], state["spacing"]
        self._batch, self._first_step = state["batch"], state["first_step"]
        self._interval.set_state(state["interval"])

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Shows the samples before the first step, in a new place."""
        step = int(self.gan.step)
        # Another GAN, or one that was taken back, has not done the later steps.
        self._records = [each for each in self._records if each["step"] <= step]
        self._display = Display()
        self._epoch = self._shown_step = None
        self._recorded = time.perf_counter()
        self._draw()

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Starts new means."""
        self._epoch, self._batch = epoch, 0
        self._first_step = int(self.gan.step)
        self._interval.restart()

    def on_train_batch_begin(
        self, batch: int, logs: dict[str, Any] | None = None
    ) -> None:
        """Adds a point to the curves, or draws the picture, where that is due."""
        now = time.perf_counter()
        if now - self._recorded >= self._spacing:
            self._record(batch, {})
        if self.every_seconds is not None:
            wait = max(self.every_seconds, self._cost / _SHARE)
            if now - self._drawn >= wait:
                self._draw()

    def steps_until_due(self, gan: GAN, batch: int) -> int | None:
        """Returns None, because nothing is due at a certain step."""
        return None

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Adds the figures of the epoch, and draws the picture if it is due."""
        self._record(int(self.gan.step) - self._first_step, logs or {})
        if self.every is not None and (epoch + 1) % self.every == 0:
            self._draw()

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        """Shows the last state."""
        self._draw()

    def _record(self, batch: int, logs: dict[str, Any]) -> None:
        """Adds the means since the last point, with the further figures of `logs`."""
        means = self.gan.get_metrics_result()
        others = {name: x for name, x in logs.items() if name not in means}
        self._recorded = time.perf_counter()
        if batch > self._batch:
            self._batch = batch
            others |= self._interval.means(batch, means)
        figures = {k: float(v) for k, v in others.items() if math.isfinite(v)}
        if figures:
            self._records.append({"step": int(self.gan.step), **figures})
        if len(self._records) > _MOST_POINTS:
            self._spacing *= 2
            self._records = [
                record
                for index, record in enumerate(self._records)
                if (len(self._records) - index) % 2 or self.metric in record
            ]

    def _draw(self) -> None:
        """Shows the present state, unless it is shown already."""
        step, began = int(self.gan.step), time.perf_counter()
        if not self.writes_files or self._shown_step == step:
            return
        grid = self.gan.show(self.n, seed=self.seed)
        note = f"step {step:,}"
        if self._epoch is not None:
            note = f"epoch {self._epoch + 1}/{(self.params or {})['epochs']}, {note}"
        picture = beside_curves(grid, self._records, metric=self.metric, note=note)
        self._give(picture, note)
        self._shown_step, self._drawn = step, time.perf_counter()
        self._cost = self._drawn - began

    def _give(self, picture: Image.Image, note: str) -> None:
        if self.show is not None:
            self.show(picture)
            return
        stream = io.BytesIO()
        picture.save(stream, format="PNG")
        self._display.show({"image/png": stream.getvalue(), "text/plain": note})
