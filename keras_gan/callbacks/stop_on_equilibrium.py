"""An end to a game that is solved."""

from __future__ import annotations

from typing import Any

from keras_gan._checks import InputError, check_positive_int
from keras_gan.callbacks._base import GANCallback


class StopOnEquilibrium(GANCallback):
    """Stops when the discriminator answers 1/2, whatever it is shown.

    That is where the game of 2014 ends: p_g = p_data, and D = 1/2 everywhere. Stops
    after `patience` epochs in a row whose means d_real and d_fake are both within
    `tolerance` of 1/2.

    A discriminator that is too weak to learn answers 1/2 too, and so does one before
    its first steps: look at the samples.

    Args:
        tolerance: How far from 1/2 the means may be, in (0, 0.5).
        patience: How many epochs in a row.

    Attributes:
        stopped_epoch: The epoch (from 0) after which it stopped; None if it did not.

    Raises:
        ValueError: If an argument cannot be used, or in `fit`, if the loss is another
            than "minimax", "non_saturating" or one of your own.

    Example:
        >>> stop = keras_gan.callbacks.StopOnEquilibrium(tolerance=0.05, patience=5)
        >>> gan.fit(train, epochs=1000, callbacks=[stop])

    Source: Goodfellow et al. 2014, proposition 1 and theorem 1.
    """

    def __init__(self, tolerance: float = 0.05, patience: int = 5) -> None:
        super().__init__()
        if not 0.0 < tolerance < 0.5:
            raise InputError(f"`tolerance` must be in (0, 0.5); got {tolerance!r}.")
        self.tolerance = tolerance
        self.patience = check_positive_int("patience", patience)
        self.stopped_epoch: int | None = None
        self._epochs = 0

    def set_model(self, model: Any) -> None:
        """Takes a GAN whose game ends at 1/2."""
        super().set_model(model)
        loss = self.gan.adversarial_loss
        if not getattr(loss, "estimates_probability", True):
            raise InputError(
                "`callbacks.StopOnEquilibrium` needs a discriminator that estimates "
                'probabilities, as with the losses "minimax" and "non_saturating"; '
                f"with {type(loss).__name__} its answers do not end at 1/2."
            )

    def get_state(self) -> dict[str, Any]:
        """For how many epochs the game has stood still."""
        return {"epochs": self._epochs}

    def set_state(self, state: dict[str, Any]) -> None:
        """Goes on counting; a training that was stopped stays so."""
        self._epochs = state["epochs"]
        if self._epochs >= self.patience:
            self.gan.stop_training = True

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Counts anew."""
        self._epochs, self.stopped_epoch = 0, None

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Counts, and stops the training when it is time."""
        outputs = [(logs or {}).get(name, 0.0) for name in ("d_real", "d_fake")]
        still = all(abs(output - 0.5) <= self.tolerance for output in outputs)
        self._epochs = self._epochs + 1 if still else 0
        if self._epochs >= self.patience:
            self.stopped_epoch = epoch
            self.gan.stop_training = True
            if self.writes_files:
                print(
                    f"Epoch {epoch + 1}: d_real and d_fake have been within "
                    f"{self.tolerance:g} of 1/2 for {self._epochs} epochs; the "
                    "training stops.",
                    flush=True,
                )
