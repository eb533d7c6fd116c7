"""Writes the figures and the samples of a training for TensorBoard."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import keras

from keras_gan._checks import (
    InputError,
    check_positive_int,
    check_positive_int_or_none,
)
from keras_gan.callbacks._gan_callback import GANCallback
from keras_gan.callbacks._interval_means import IntervalMeans
from keras_gan.callbacks._tensor_board_file import EventFile, cut_all, lengths_in
from keras_gan.callbacks.learning_rate_schedule import learning_rate
from keras_gan.plotting.picture import picture_range
from keras_gan.training import GAN


class TensorBoard(GANCallback):
    """Writes a folder that `tensorboard --logdir` shows.

    The axis is the training steps that the GAN has done:

    - `steps/d_loss`, ..., within an epoch: the means since the previous record;
    - `epoch/d_loss`, ..., after each epoch: its logs, and the figures that callbacks
      before this one have added;
    - `learning_rate/generator`, `learning_rate/discriminator` and, if the optimizers
      scale the loss, `loss_scale/...`: beside each of the records above;
    - `samples` after an epoch: samples of the same seeds, drawn as by `SampleGrid`.

    Writing needs no TensorBoard; to look, `pip install tensorboard`. With
    `callbacks.Checkpoint`, a resumed training continues in the same folder at the same
    step, and cuts off the records that it will write again. Give each training a folder
    of its own.

    Args:
        directory: The folder, made where it is missing.
        every: Steps between two records within an epoch; None writes after epochs only.
        samples: The number of images; 0 draws none.
        seed: Stands for the seeds of the samples, as in `GAN.sample`.
        samples_every: Epochs between two pictures.

    Raises:
        ValueError: If a number is out of its range, or `fit` trains something that is
            not a GAN of images and `samples` is not 0.

    Example:
        >>> board = keras_gan.callbacks.TensorBoard("run/tensorboard", every=50)
        >>> gan.fit(train, epochs=100, callbacks=[board])
    """

    def __init__(
        self,
        directory: str | os.PathLike[str],
        *,
        every: int | None = 100,
        samples: int = 64,
        seed: int = 0,
        samples_every: int = 1,
    ) -> None:
        super().__init__()
        self.directory = Path(directory)
        self.every = check_positive_int_or_none("every", every)
        self.samples = check_positive_int("samples", samples, minimum=0)
        self.seed = seed
        self.samples_every = check_positive_int("samples_every", samples_every)
        self._interval = IntervalMeans(self.every)
        self._resumed_at: int | None = None
        self._file: EventFile | None = None

    def set_model(self, model: Any) -> None:
        """Takes a GAN, which must make images unless `samples` is 0."""
        super().set_model(model)
        if self.samples:
            try:
                picture_range(self.gan.image_shape, self.gan.value_range)
            except InputError as error:
                raise InputError(
                    f"{error} `callbacks.TensorBoard` draws none with `samples=0`."
                ) from None

    def get_state(self) -> dict[str, Any]:
        """Returns the lengths of the files and the start of the next means."""
        window = self._interval.get_state()
        return {"lengths": lengths_in(self.directory), "window": window}

    def set_state(self, state: dict[str, Any]) -> None:
        """Cuts off the records after the checkpoint."""
        self._interval.set_state(state["window"])
        if self.writes_files:
            cut_all(self.directory, state["lengths"])
            self._resumed_at = int(self.gan.step)

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Closes the file of an earlier training that broke off."""
        self._close()
        self._resumed_at = None

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Starts new means."""
        self._interval.restart()

    def on_train_batch_begin(
        self, batch: int, logs: dict[str, Any] | None = None
    ) -> None:
        """Writes the means over the steps before this one, where they are due."""
        if self._interval.is_due(batch):
            means = self._interval.means(batch, self.gan.get_metrics_result())
            self._write({f"steps/{name}": mean for name, mean in means.items()})

    def steps_until_due(self, gan: GAN, batch: int) -> int | None:
        """Returns the steps to the next record within the epoch."""
        return self._interval.steps_left(batch)

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Writes the logs of the epoch, and the samples."""
        self._write({f"epoch/{name}": float(x) for name, x in (logs or {}).items()})
        if self.writes_files and self.samples and (epoch + 1) % self.samples_every == 0:
            grid = self.gan.show(self.samples, seed=self.seed)
            self._open().write_picture(int(self.gan.step), "samples", grid)

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        """Closes the file."""
        self._close()

    def _write(self, figures: dict[str, float]) -> None:
        if self.writes_files:
            figures = figures | self._settings()
            self._open().write_figures(int(self.gan.step), figures)

    def _settings(self) -> dict[str, float]:
        """Returns the present learning rates and loss scales."""
        settings = {}
        for network, optimizer in self._optimizers.items():
            settings[f"learning_rate/{network}"] = learning_rate(optimizer)
            if isinstance(optimizer, keras.optimizers.LossScaleOptimizer):
                scale: Any = keras.ops.convert_to_numpy(optimizer.dynamic_scale)
                settings[f"loss_scale/{network}"] = float(scale)
        return settings

    def _open(self) -> EventFile:
        if self._file is None:
            self._file = EventFile(self.directory, self._resumed_at)
        return self._file

    def _close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None
