"""The generator's heuristic of the 2014 paper: maximise log D(G(z))."""

from __future__ import annotations

import keras
import tensorflow as tf

from keras_gan._typing import Tensor
from keras_gan.losses._checks import check_logits
from keras_gan.losses.loss import AdversarialLoss
from keras_gan.losses.minimax import binary_cross_entropy


def non_saturating_generator_loss(real_logits: Tensor, fake_logits: Tensor) -> Tensor:
    """Returns −E log D(G(z)) = E softplus(−f), a scalar in nats.

    Args:
        real_logits: `(B, ...)` logits of D on data; the value does not depend on them.
        fake_logits: Logits f of D on samples, of the same shape.

    Raises:
        ValueError: If the shapes differ or the logits are not floating point.
    """
    _, fake = check_logits(real_logits, fake_logits)
    return tf.reduce_mean(tf.nn.softplus(-fake))


@keras.saving.register_keras_serializable("keras_gan")
class NonSaturating(AdversarialLoss):
    """The discriminator of `Minimax` against a generator that maximises log D(G(z)).

    Example:
        >>> loss = keras_gan.losses.get("non_saturating")
        >>> float(loss.generator_loss([0.0], [0.0]))  # log 2
        0.6931471824645996

    Source: Goodfellow et al., "Generative Adversarial Nets", 2014, §3.
    """

    def discriminator_loss(self, real_logits: Tensor, fake_logits: Tensor) -> Tensor:
        """Returns `binary_cross_entropy(real_logits, fake_logits)`."""
        return binary_cross_entropy(real_logits, fake_logits)

    def generator_loss(self, real_logits: Tensor, fake_logits: Tensor) -> Tensor:
        """Returns `non_saturating_generator_loss(real_logits, fake_logits)`."""
        return non_saturating_generator_loss(real_logits, fake_logits)
