"""The value function of the 2014 game, played by both sides."""

from __future__ import annotations

import keras
import tensorflow as tf

from keras_gan._typing import Tensor
from keras_gan.losses._checks import check_logits
from keras_gan.losses.loss import AdversarialLoss


def binary_cross_entropy(real_logits: Tensor, fake_logits: Tensor) -> Tensor:
    """Returns −V(D, G) = E softplus(−r) + E softplus(f), a scalar in nats.

    With D = σ(logit), log D(x) = −softplus(−r) and log(1 − D(G(z))) = −softplus(f);
    written so, neither overflows nor loses the gradient at ±1e4.

    Args:
        real_logits: `(B, ...)` logits r of D on data.
        fake_logits: Logits f of D on samples, of the same shape.

    Raises:
        ValueError: If the shapes differ or the logits are not floating point.
    """
    real, fake = check_logits(real_logits, fake_logits)
    return tf.reduce_mean(tf.nn.softplus(-real)) + tf.reduce_mean(tf.nn.softplus(fake))


def minimax_generator_loss(real_logits: Tensor, fake_logits: Tensor) -> Tensor:
    """Returns E log(1 − D(G(z))) = −E softplus(f), a scalar in nats.

    Args:
        real_logits: `(B, ...)` logits of D on data; the value does not depend on them.
        fake_logits: Logits f of D on samples, of the same shape.

    Raises:
        ValueError: If the shapes differ or the logits are not floating point.
    """
    _, fake = check_logits(real_logits, fake_logits)
    return -tf.reduce_mean(tf.nn.softplus(fake))


@keras.saving.register_keras_serializable("keras_gan")
class Minimax(AdversarialLoss):
    """min_G max_D V(D, G) = E log D(x) + E log(1 − D(G(z))).

    The generator's gradient vanishes where the discriminator is sure of itself
    (§3 of the paper); `NonSaturating` has the same fixed point without that.

    Example:
        >>> loss = keras_gan.losses.get("minimax")
        >>> float(loss.discriminator_loss([0.0], [0.0]))  # 2 log 2
        1.3862943649291992

    Source: Goodfellow et al., "Generative Adversarial Nets", 2014, eq. 1.
    """

    def discriminator_loss(self, real_logits: Tensor, fake_logits: Tensor) -> Tensor:
        """Returns `binary_cross_entropy(real_logits, fake_logits)`."""
        return binary_cross_entropy(real_logits, fake_logits)

    def generator_loss(self, real_logits: Tensor, fake_logits: Tensor) -> Tensor:
        """Returns `minimax_generator_loss(real_logits, fake_logits)`."""
        return minimax_generator_loss(real_logits, fake_logits)
