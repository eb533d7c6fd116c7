"""The critic's estimate of the Wasserstein distance."""

from __future__ import annotations

import keras
import tensorflow as tf

from keras_gan._typing import Tensor
from keras_gan.losses._checks import check_logits
from keras_gan.losses.loss import AdversarialLoss


def wasserstein_critic_loss(real_logits: Tensor, fake_logits: Tensor) -> Tensor:
    """Returns E f − E r, a scalar: minus the estimate of the distance.

    Args:
        real_logits: `(B, ...)` outputs r of the critic on data.
        fake_logits: Outputs f of the critic on samples, of the same shape.

    Raises:
        ValueError: If the shapes differ or the logits are not floating point.
    """
    real, fake = check_logits(real_logits, fake_logits)
    return tf.reduce_mean(fake) - tf.reduce_mean(real)


def linear_generator_loss(real_logits: Tensor, fake_logits: Tensor) -> Tensor:
    """Returns −E f, a scalar.

    Args:
        real_logits: `(B, ...)` outputs of D on data; the value does not depend on them.
        fake_logits: Outputs f of D on samples, of the same shape.

    Raises:
        ValueError: If the shapes differ or the logits are not floating point.
    """
    _, fake = check_logits(real_logits, fake_logits)
    return -tf.reduce_mean(fake)


@keras.saving.register_keras_serializable("keras_gan")
class Wasserstein(AdversarialLoss):
    """W(p_data, p_g) = max over 1-Lipschitz critics of E D(x) − E D(G(z)).

    Nothing here keeps the critic Lipschitz: train it with
    `penalties.GradientPenalty` or with spectral normalization, or its outputs grow
    without bound. The paper takes k = 5 critic steps.

    Example:
        >>> loss = keras_gan.losses.get("wasserstein")
        >>> float(loss.discriminator_loss([3.0], [1.0]))
        -2.0

    Source: Arjovsky et al., "Wasserstein GAN", 2017, eq. 2.
    """

    estimates_probability = False

    def discriminator_loss(self, real_logits: Tensor, fake_logits: Tensor) -> Tensor:
        """Returns `wasserstein_critic_loss(real_logits, fake_logits)`."""
        return wasserstein_critic_loss(real_logits, fake_logits)

    def generator_loss(self, real_logits: Tensor, fake_logits: Tensor) -> Tensor:
        """Returns `linear_generator_loss(real_logits, fake_logits)`."""
        return linear_generator_loss(real_logits, fake_logits)
