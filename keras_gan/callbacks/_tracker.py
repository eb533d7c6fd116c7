"""Decides what every tracker of experiments records of the training of a GAN."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import keras

from keras_gan._checks import (
    InputError,
    check_positive_int,
    check_positive_int_or_none,
)
from keras_gan.callbacks._gan_callback import GANCallback
from keras_gan.callbacks._interval_means import IntervalMeans
from keras_gan.callbacks.learning_rate_schedule import learning_rate
from keras_gan.plotting.picture import picture_range
from keras_gan.training import GAN

if TYPE_CHECKING:
    from PIL import Image


class Tracker(GANCallback):
    """Gives a tracker the figures and samples of a training, by its steps.

    A subclass writes them where its tracker wants them.

    Args:
        every: Steps between two records within an epoch; None for none.
        samples: The number of images in a picture; 0 draws none.
        seed: Stands for the seeds of the samples, as in `GAN.sample`.
        samples_every: Epochs between two pictures.
    """

    def __init__(
        self, *, every: int | None, samples: int, seed: int, samples_every: int
    ) -> None:
        super().__init__()
        self.every = check_positive_int_or_none("every", every)
        self.samples = check_positive_int("samples", samples, minimum=0)
        self.seed = seed
        self.samples_every = check_positive_int("samples_every", samples_every)
        self._interval = IntervalMeans(self.every)

    def _record(
        self, step: int, figures: dict[str, float], grid: Image.Image | None
    ) -> None:
        """Writes the record of a step, in the process that writes files.

        Args:
            step: The training steps that the GAN has done.
            figures: Numbers by names such as `epoch/d_loss`.
            grid: The samples, where they are due.
        """
        raise NotImplementedError

    def set_model(self, model: Any) -> None:
        """Takes a GAN, which must make images unless `samples` is 0."""
        super().set_model(model)
        if self.samples:
            try:
                picture_range(self.gan.image_shape, self.gan.value_range)
            except InputError as error:
                raise InputError(
                    f"{error} `callbacks.{type(self).__name__}` draws none with "
                    "`samples=0`."
                ) from None

    def get_state(self) -> dict[str, Any]:
        """Returns the start of the next means."""
        return {"window": self._interval.get_state()}

    def set_state(self, state: dict[str, Any]) -> None:
        """Takes the start of the next means."""
        self._interval.set_state(state["window"])

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Starts new means."""
        self._interval.restart()

    def on_train_batch_begin(
        self, batch: int, logs: dict[str, Any] | None = None
    ) -> None:
        """Records the means over the steps before this one, where they are due."""
        if self._interval.is_due(batch):
            means = self._interval.means(batch, self.gan.get_metrics_result())
            self._give("steps", means)

    def steps_until_due(self, gan: GAN, batch: int) -> int | None:
        """Returns the steps to the next record within the epoch."""
        return self._interval.steps_left(batch)

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Records the logs of the epoch, and the samples."""
        due = self.samples and (epoch + 1) % self.samples_every == 0
        self._give("epoch", logs or {}, with_samples=bool(due))

    def _give(
        self, group: str, logs: dict[str, Any], *, with_samples: bool = False
    ) -> None:
        if self.writes_files:
            figures = {f"{group}/{name}": float(value) for name, value in logs.items()}
            grid = self.gan.show(self.samples, seed=self.seed) if with_samples else None
            self._record(int(self.gan.step), figures | self._settings(), grid)

    def _settings(self) -> dict[str, float]:
        """Returns the present learning rates and loss scales."""
        settings = {}
        for network, optimizer in self._optimizers.items():
            settings[f"learning_rate/{network}"] = learning_rate(optimizer)
            if isinstance(optimizer, keras.optimizers.LossScaleOptimizer):
                scale: Any = keras.ops.convert_to_numpy(optimizer.dynamic_scale)
                settings[f"loss_scale/{network}"] = float(scale)
        return settings
