"""Stops a training whose discriminator answers 1/2 everywhere."""

from __future__ import annotations

from typing import Any

from keras_gan._checks import InputError, check_between, check_positive_int, counted
from keras_gan.callbacks._gan_callback import GANCallback


class StopOnEquilibrium(GANCallback):
    """Stops when the discriminator answers 1/2 on data and on samples.

    The game of 2014 ends there: p_g = p_data, and D = 1/2 everywhere. The training
    stops after `patience` epochs in a row whose means d_real and d_fake are both within
    `tolerance` of 1/2.

    A discriminator that is too weak to learn answers 1/2 too, and so does one before
    its first steps: look at the samples.

    Args:
        tolerance: The largest distance of the means from 1/2, in (0, 0.5).
        patience: The number of epochs in a row.

    Attributes:
        stopped_epoch: The last epoch (from 0) of a training that was stopped, else
            None.

    Raises:
        ValueError: If a number is out of its range; in `fit`, if the loss is not
            "minimax", "non_saturating" or one of your own.

    Example:
        >>> stop = keras_gan.callbacks.StopOnEquilibrium(tolerance=0.05, patience=5)
        >>> gan.fit(train, epochs=1000, callbacks=[stop])

    Source: Goodfellow et al. 2014, proposition 1 and theorem 1.
    """

    def __init__(self, tolerance: float = 0.05, patience: int = 5) -> None:
        super().__init__()
        self.tolerance = check_between("tolerance", tolerance, 0.0, 0.5)
        self.patience = check_positive_int("patience", patience)
        self.stopped_epoch: int | None = None
        self._epochs = 0

    def set_model(self, model: Any) -> None:
        """Takes a GAN whose game ends at 1/2."""
        super().set_model(model)
        if not self._estimates_probability:
            loss = type(self.gan.adversarial_loss).__name__
            raise InputError(
                "`callbacks.StopOnEquilibrium` needs a discriminator that estimates "
                'probabilities, as with the losses "minimax" and "non_saturating"; '
                f"with {loss} its answers do not end at 1/2."
            )

    def get_state(self) -> dict[str, Any]:
        """Returns the number of epochs in a row that the game has stood still."""
        return {"epochs": self._epochs}

    def set_state(self, state: dict[str, Any]) -> None:
        """Goes on counting; a training that was stopped stays stopped."""
        self._epochs = state["epochs"]
        if self._epochs >= self.patience:
            self.gan.stop_training = True

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Counts anew."""
        self._epochs, self.stopped_epoch = 0, None

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Counts the epoch, and stops the training after the last one in the row."""
        outputs = [(logs or {}).get(name, 0.0) for name in ("d_real", "d_fake")]
        still = all(abs(output - 0.5) <= self.tolerance for output in outputs)
        self._epochs = self._epochs + 1 if still else 0
        if self._epochs >= self.patience:
            self.stopped_epoch = epoch
            self.gan.stop_training = True
            if self.writes_files:
                print(
                    f"Epoch {epoch + 1}: d_real and d_fake have been within "
                    f"{self.tolerance:g} of 1/2 for {counted(self._epochs, 'epoch')}; "
                    "the training stops.",
                    flush=True,
                )
