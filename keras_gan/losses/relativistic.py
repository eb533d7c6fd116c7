"""Each real example is compared with one sample."""

from __future__ import annotations

import keras
import tensorflow as tf

from keras_gan._typing import Tensor
from keras_gan.losses._checks import check_logits
from keras_gan.losses.loss import AdversarialLoss


def relativistic_discriminator_loss(real_logits: Tensor, fake_logits: Tensor) -> Tensor:
    """Returns E softplus(−(r − f)) over pairs, a scalar in nats.

    Args:
        real_logits: `(B, ...)` logits r of D on data.
        fake_logits: Logits f of D on samples, of the same shape.

    Raises:
        ValueError: If the shapes differ or the logits are not floating point.
    """
    real, fake = check_logits(real_logits, fake_logits)
    return _preference(real, fake)


def relativistic_generator_loss(real_logits: Tensor, fake_logits: Tensor) -> Tensor:
    """Returns E softplus(−(f − r)) over pairs, a scalar in nats.

    Args:
        real_logits: `(B, ...)` logits r of D on data.
        fake_logits: Logits f of D on samples, of the same shape.

    Raises:
        ValueError: If the shapes differ or the logits are not floating point.
    """
    real, fake = check_logits(real_logits, fake_logits)
    return _preference(fake, real)


@keras.saving.register_keras_serializable("keras_gan")
class Relativistic(AdversarialLoss):
    """D tells which of a pair is real; G makes it choose the sample.

    σ(D(x) − D(G(z))) is the probability that x is the real one of the two. Only
    differences count, so that D's outputs may drift together. The paper adds the
    penalties `R1` and `R2`, without which training need not converge.

    Example:
        >>> loss = keras_gan.losses.get("relativistic")
        >>> float(loss.discriminator_loss([5.0], [5.0]))  # log 2
        0.6931471824645996

    Source: Huang et al., "The GAN is dead; long live the GAN! A Modern GAN Baseline",
    2024, eq. 2, after Jolicoeur-Martineau, 2018.
    """

    generator_needs_real_logits = True
    estimates_probability = False

    def discriminator_loss(self, real_logits: Tensor, fake_logits: Tensor) -> Tensor:
        """Returns `relativistic_discriminator_loss(real_logits, fake_logits)`."""
        return relativistic_discriminator_loss(real_logits, fake_logits)

    def generator_loss(self, real_logits: Tensor, fake_logits: Tensor) -> Tensor:
        """Returns `relativistic_generator_loss(real_logits, fake_logits)`."""
        return relativistic_generator_loss(real_logits, fake_logits)


def _preference(preferred: Tensor, other: Tensor) -> Tensor:
    """Returns E softplus(−(p − o)) over pairs."""
    return tf.reduce_mean(tf.nn.softplus(other - preferred))
