"""Writes the figures and the samples of a training for TensorBoard."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from keras_gan.callbacks._tensor_board_file import EventFile, cut_all, lengths_in
from keras_gan.callbacks._tracker import Tracker

if TYPE_CHECKING:
    from PIL import Image


class TensorBoard(Tracker):
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
        super().__init__(
            every=every, samples=samples, seed=seed, samples_every=samples_every
        )
        self.directory = Path(directory)
        self._resumed_at: int | None = None
        self._file: EventFile | None = None

    def get_state(self) -> dict[str, Any]:
        """Returns the lengths of the files and the start of the next means."""
        return {"lengths": lengths_in(self.directory), **super().get_state()}

    def set_state(self, state: dict[str, Any]) -> None:
        """Cuts off the records after the checkpoint."""
        super().set_state(state)
        if self.writes_files:
            cut_all(self.directory, state["lengths"])
            self._resumed_at = int(self.gan.step)

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Closes the file of an earlier training that broke off."""
        self._close()
        self._resumed_at = None

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        """Closes the file."""
        self._close()

    def _record(
        self, step: int, figures: dict[str, float], grid: Image.Image | None
    ) -> None:
        """Writes the record of a step.

        Args:
            step: The training steps that the GAN has done.
            figures: Numbers by their tags.
            grid: The samples, where they are due.
        """
        if self._file is None:
            self._file = EventFile(self.directory, self._resumed_at)
        self._file.write_figures(step, figures)
        if grid is not None:
            self._file.write_picture(step, "samples", grid)

    def _close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None
