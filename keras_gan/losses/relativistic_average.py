"""Each example is compared with the average of the other kind."""

from __future__ import annotations

import keras
import tensorflow as tf

from keras_gan._typing import Tensor
from keras_gan.distribution.global_batch import global_mean
from keras_gan.losses._checks import check_logits
from keras_gan.losses.loss import AdversarialLoss


def relativistic_average_discriminator_loss(
    real_logits: Tensor, fake_logits: Tensor
) -> Tensor:
    """Returns E softplus(−(r − Ēf)) + E softplus(f − Ēr), a scalar in nats.

    Ēr and Ēf are means over the global batch, whatever part of it this replica holds.

    Args:
        real_logits: `(B, ...)` logits r of D on data.
        fake_logits: Logits f of D on samples, of the same shape.

    Raises:
        ValueError: If the shapes differ or the logits are not floating point.
    """
    real, fake = check_logits(real_logits, fake_logits)
    return _preference(real, fake)


def relativistic_average_generator_loss(
    real_logits: Tensor, fake_logits: Tensor
) -> Tensor:
    """Returns E softplus(−(f − Ēr)) + E softplus(r − Ēf), a scalar in nats.

    Ēr and Ēf are means over the global batch, whatever part of it this replica holds.

    Args:
        real_logits: `(B, ...)` logits r of D on data.
        fake_logits: Logits f of D on samples, of the same shape.

    Raises:
        ValueError: If the shapes differ or the logits are not floating point.
    """
    real, fake = check_logits(real_logits, fake_logits)
    return _preference(fake, real)


@keras.saving.register_keras_serializable("keras_gan")
class RelativisticAverage(AdversarialLoss):
    """D tells whether an example is more realistic than the average of the other kind.

    On several replicas the two averages are those of the global batch, in one
    all-reduce, and so is the gradient through them.

    Example:
        >>> loss = keras_gan.losses.get("relativistic_average")
        >>> float(loss.discriminator_loss([5.0], [5.0]))  # 2 log 2
        1.3862943649291992

    Source: Jolicoeur-Martineau, "The relativistic discriminator: a key element missing
    from standard GAN", 2018, the RaSGAN.
    """

    generator_needs_real_logits = True
    estimates_probability = False

    def discriminator_loss(self, real_logits: Tensor, fake_logits: Tensor) -> Tensor:
        """Returns the value of `relativistic_average_discriminator_loss`."""
        return relativistic_average_discriminator_loss(real_logits, fake_logits)

    def generator_loss(self, real_logits: Tensor, fake_logits: Tensor) -> Tensor:
        """Returns the value of `relativistic_average_generator_loss`."""
        return relativistic_average_generator_loss(real_logits, fake_logits)


def _preference(preferred: Tensor, other: Tensor) -> Tensor:
    """Returns E softplus(−(p − Ēo)) + E softplus(o − Ēp)."""
    means = tf.stack([tf.reduce_mean(preferred), tf.reduce_mean(other)])
    mean_preferred, mean_other = tf.unstack(global_mean(means))
    return tf.reduce_mean(tf.nn.softplus(mean_other - preferred)) + tf.reduce_mean(
        tf.nn.softplus(other - mean_preferred)
    )
