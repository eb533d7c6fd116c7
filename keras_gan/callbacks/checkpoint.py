"""Saves checkpoints, from which a killed training continues to the bit."""

from __future__ import annotations

import os
import time
import warnings
from pathlib import Path

from keras_gan._checks import (
    InputError,
    check_positive_float,
    check_positive_int,
    check_positive_int_or_none,
)
from keras_gan._files import FolderLock
from keras_gan.callbacks._checkpoint_files import CheckpointFiles, Snapshot
from keras_gan.callbacks._gan_callback import GANCallback
from keras_gan.training import GAN, Progress, bytes_from_chief, is_chief


class Checkpoint(GANCallback):
    """Saves all that the next step depends on, and continues a training from there.

    Run the same script again after it was killed: `fit` then continues after the newest
    checkpoint in the folder, within an epoch too, and ends with the weights, optimizers
    and logs of a training that was never interrupted. If the training was finished,
    `fit` returns at once, with a warning.

    A checkpoint holds the variables of both networks, of both optimizers (with their
    loss scales) and of the moving average, the step, the place in the epoch and in the
    data, and the states of this package's callbacks. Noise, dropout and data order are
    functions of seed and step. To get the same bits on any machine also call
    `tf.config.experimental.enable_op_determinism()`.

    Ctrl-C, SIGTERM and SIGHUP save the last whole step before `fit` ends, and so does a
    callback that raises `KeyboardInterrupt` or `SystemExit`. SIGTERM and SIGHUP raise
    `SystemExit` with the usual code, 128 plus their number. A second signal does not
    wait for the step. A handler of your own for a signal stays.

    Checkpoints appear whole or not at all, with a checksum, and never hold a weight
    that is not finite. A damaged checkpoint is reported, and the one before it is used.
    A checkpoint that cannot be written, say because the disk is full, causes a warning,
    and the training goes on. If a log has lost records that a checkpoint counts, the
    checkpoint before it is used. A second training in the folder is refused.

    Two things cannot be continued exactly: datasets that shuffle by themselves
    (`data.load`'s and arrays do not), of which `fit` warns, and Keras's own callbacks
    with a memory, such as EarlyStopping.

    Args:
        directory: The folder, made where it is missing. Of several workers only the
            chief reads and writes it.
        every_steps: Training steps between two checkpoints.
        every_seconds: Seconds between two checkpoints. If both are None there is one
            after each epoch; there is always one at the end.
        keep: The number of newest checkpoints to keep.
        resume: Whether `fit` continues from the newest checkpoint. False starts anew,
            and is refused if there are checkpoints already.

    Raises:
        ValueError: If a number is not positive, or if in `fit` the checkpoint is of
            another GAN.

    Example:
        >>> checkpoint = keras_gan.callbacks.Checkpoint("run/checkpoints",
        ...                                             every_seconds=300)
        >>> gan.fit(train, epochs=100, callbacks=[checkpoint])
    """

    continues_trainings = True

    def __init__(
        self,
        directory: str | os.PathLike[str],
        *,
        every_steps: int | None = None,
        every_seconds: float | None = None,
        keep: int = 3,
        resume: bool = True,
    ) -> None:
        super().__init__()
        if every_seconds is not None:
            every_seconds = check_positive_float("every_seconds", every_seconds)
        self.directory = Path(directory)
        self.every_steps = check_positive_int_or_none("every_steps", every_steps)
        self.every_seconds = every_seconds
        self.keep = check_positive_int("keep", keep)
        self.resume = resume
        self._files = CheckpointFiles(self.directory)
        self._lock = FolderLock(self.directory, "train")
        self._step = 0
        self._saved_step = -1
        # The last attempt, so that a failed write is not tried again at each step.
        self._tried_step = -1
        self._tried_at = 0.0
        self._rolled_back = False

    def before_fit(self, gan: GAN) -> Progress | None:
        """Locks the folder, and restores the newest checkpoint, if there is one."""
        if is_chief(gan.distribute_strategy):
            self._lock.acquire()
            self._files.prepare(self.resume)
        progress = self._restore(gan)
        self._begin(gan, progress)
        return progress

    def step_back(self, gan: GAN, fault: str) -> Progress:
        """Restores the checkpoint before the one that the files do not fit.

        Raises:
            ValueError: If there is none.
        """
        step = int(gan.step)
        progress = self._restore(gan, before=step)
        if progress is None:
            raise InputError(
                f"'{self.directory}': no checkpoint can be continued, because {fault}. "
                "Put the file back as it was, or start another training in another "
                "folder."
            )
        warnings.warn(
            f"'{self.directory}': the checkpoint of step {step} cannot be continued, "
            f"because {fault}; that of step {int(gan.step)} is, and the later ones are "
            "removed.",
            stacklevel=2,
        )
        if is_chief(gan.distribute_strategy):
            self._files.drop_from(int(gan.step) + 1)
        self._begin(gan, progress)
        return progress

    def after_end(self, gan: GAN) -> None:
        """Lets other trainings have the folder."""
        self._lock.release()

    def drop_all(self) -> None:
        """Removes all checkpoints, damaged ones too."""
        self._files.drop_all_but(0)

    def _begin(self, gan: GAN, progress: Progress | None) -> None:
        """Counts from the place where the training goes on."""
        self._rolled_back = False
        self._step = int(gan.step)
        # The beginning is saved too. A training that is killed before its next
        # checkpoint can then cut its logs and restore weights that no seed fixed.
        self._saved_step = -1 if progress is None else self._step
        self._tried_step, self._tried_at = self._saved_step, time.monotonic()

    def between_steps(self, gan: GAN, steps: int) -> None:
        """Saves a checkpoint where one is due."""
        self._step += steps
        if gan.stop_training or self._is_due(gan):
            self._save(gan)

    def steps_until_due(self, gan: GAN, batch: int) -> int | None:
        """Returns the steps to the next checkpoint; None if steps do not count."""
        if self.every_steps is None:
            return None
        return self.every_steps - (self._step - self._tried_step)

    def after_fit(self, gan: GAN) -> None:
        """Saves the end of the training."""
        self._step = int(gan.step)
        self._save(gan)

    def when_interrupted(self, gan: GAN) -> None:
        """Saves the last whole step of a training that ends here."""
        self._step = int(gan.step)
        self._save(gan)

    def restore(self, gan: GAN) -> int | None:
        """Restores a GAN completely from the newest undamaged checkpoint.

        A GAN that is not compiled gets its networks, the moving average and the step,
        to draw from a training that was killed.

        In a running `fit` this callback then saves nothing more, because the place in
        the data no longer belongs to the weights.

        Args:
            gan: A GAN with the networks and options of the saved one.

        Returns:
            The step of the checkpoint; None if there is none.

        Raises:
            ValueError: If the checkpoint is of another GAN.
        """
        self._rolled_back = True
        return None if self._restore(gan) is None else int(gan.step)

    def _restore(self, gan: GAN, before: int | None = None) -> Progress | None:
        strategy = gan.distribute_strategy
        content = self._files.newest(before) if is_chief(strategy) else None
        content = bytes_from_chief(strategy, content)
        if content is None:
            return None
        return Snapshot.from_bytes(content).restore(gan)

    def _is_due(self, gan: GAN) -> bool:
        if self._tried_step < 0:
            return True
        if self.every_steps is None and self.every_seconds is None:
            return gan.progress().batch == 0
        done = self._step - self._tried_step
        if self.every_steps is not None and done >= self.every_steps:
            return True
        seconds = time.monotonic() - self._tried_at
        return self.every_seconds is not None and seconds >= self.every_seconds

    def _save(self, gan: GAN) -> None:
        if self._rolled_back or self._step == self._saved_step:
            return
        self._tried_step, self._tried_at = self._step, time.monotonic()
        if not self.writes_files:
            return
        snapshot = Snapshot.of(gan)
        if not snapshot.is_finite:
            warnings.warn(
                f"Step {snapshot.step} has weights that are not finite; it is not "
                "saved as a checkpoint. See `callbacks.StopOnNaN`.",
                stacklevel=2,
            )
            return
        try:
            self._files.write(snapshot)
        except OSError as error:
            warnings.warn(
                f"'{self.directory}': the checkpoint of step {snapshot.step} could not "
                f"be written ({error.strerror}); the training goes on, and would "
                "resume from the checkpoint before it. Make room there.",
                stacklevel=2,
            )
            return
        self._saved_step = self._step
        self._files.drop_all_but(self.keep)
