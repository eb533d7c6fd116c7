"""The interface of all adversarial losses."""

from __future__ import annotations

from typing import Any

from keras_gan._typing import Tensor


class AdversarialLoss:
    """A pair of objectives on logits; each is a scalar mean over the batch.

    Write your own by subclassing, and register it with
    `keras.saving.register_keras_serializable()` so that a saved GAN finds it again.
    The logits of both methods have one shape, usually `(B,)` or `(B, 1)`.

    Attributes:
        generator_needs_real_logits: Whether the generator's loss depends on the logits
            on data; if so, training hands it those of the last discriminator minibatch.
        estimates_probability: Whether σ(D(x)) estimates the probability that x is from
            the data, so that the game ends at 1/2.
    """

    generator_needs_real_logits: bool = False
    estimates_probability: bool = True

    def discriminator_loss(self, real_logits: Tensor, fake_logits: Tensor) -> Tensor:
        """Returns the scalar that the discriminator minimises."""
        raise NotImplementedError

    def generator_loss(self, real_logits: Tensor, fake_logits: Tensor) -> Tensor:
        """Returns the scalar that the generator minimises."""
        raise NotImplementedError

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        return {}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> AdversarialLoss:
        """Makes the loss from what `get_config` returned."""
        return cls(**config)
