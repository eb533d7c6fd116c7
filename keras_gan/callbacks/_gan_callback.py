"""Defines the base class of the package's callbacks."""

from __future__ import annotations

from typing import Any

import keras

from keras_gan._checks import InputError
from keras_gan.training import GAN, FitHooks, is_chief


class GANCallback(FitHooks, keras.callbacks.Callback):
    """A callback that works on a GAN, and refuses any other model.

    A callback with a memory returns it from `get_state`. A checkpoint keeps it, and
    `set_state` gives it back after `on_epoch_begin` of the epoch that goes on.
    """

    def set_model(self, model: Any) -> None:
        """Takes the model of `fit`, which must be a GAN."""
        if not isinstance(model, GAN):
            raise InputError(
                f"`callbacks.{type(self).__name__}` works on a keras_gan.GAN; got a "
                f"{type(model).__name__} ('{model.name}')."
            )
        super().set_model(model)

    @property
    def gan(self) -> GAN:
        """The GAN in training."""
        model: Any = self.model
        return model

    @property
    def _optimizers(self) -> dict[str, keras.optimizers.Optimizer]:
        """The optimizers of the "generator" and the "discriminator"."""
        return {
            "generator": self.gan.generator_optimizer,
            "discriminator": self.gan.discriminator_optimizer,
        }

    @property
    def writes_files(self) -> bool:
        """True in the process that writes files: of several workers, in the chief."""
        return is_chief(self.gan.distribute_strategy)

    @property
    def _estimates_probability(self) -> bool:
        """True if σ(D(x)) estimates the probability that x is from the data.

        The loss decides it. A loss of the user's own need not have the attribute of
        `AdversarialLoss`, and counts as one that does.
        """
        return getattr(self.gan.adversarial_loss, "estimates_probability", True)
