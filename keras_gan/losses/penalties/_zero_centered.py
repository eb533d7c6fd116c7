"""What R1 and R2 share: their factor."""

from __future__ import annotations

from typing import Any, Self

import tensorflow as tf

from keras_gan._checks import check_positive_float
from keras_gan._typing import Tensor
from keras_gan.losses._checks import check_floating
from keras_gan.losses.penalties._gradients import Discriminator, squared_gradient_norms


class ZeroCentered:
    """γ/2 · E‖∇D‖² on images that a subclass chooses."""

    def __init__(self, gamma: float) -> None:
        self.gamma = check_positive_float("gamma", gamma)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        return {"gamma": self.gamma}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Makes the penalty from what `get_config` returned."""
        return cls(**config)

    def _mean(
        self, discriminator: Discriminator, argument: str, images: Tensor
    ) -> Tensor:
        images = check_floating(argument, images)
        norms = squared_gradient_norms(discriminator, images)
        return 0.5 * self.gamma * tf.reduce_mean(norms)
