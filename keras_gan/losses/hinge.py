"""The margin of a support vector machine between data and samples."""

from __future__ import annotations

import keras
import tensorflow as tf

from keras_gan._typing import Tensor
from keras_gan.losses._checks import check_logits
from keras_gan.losses.loss import AdversarialLoss
from keras_gan.losses.wasserstein import linear_generator_loss


def hinge_discriminator_loss(real_logits: Tensor, fake_logits: Tensor) -> Tensor:
    """Returns E relu(1 − r) + E relu(1 + f), a scalar.

    Args:
        real_logits: `(B, ...)` outputs r of D on data.
        fake_logits: Outputs f of D on samples, of the same shape.

    Raises:
        ValueError: If the shapes differ or the logits are not floating point.
    """
    real, fake = check_logits(real_logits, fake_logits)
    return tf.reduce_mean(tf.nn.relu(1.0 - real)) + tf.reduce_mean(
        tf.nn.relu(1.0 + fake)
    )


@keras.saving.register_keras_serializable("keras_gan")
class Hinge(AdversarialLoss):
    """D learns only from what is within its margin or beyond it on the wrong side.

    The generator maximises E D(G(z)).

    Example:
        >>> loss = keras_gan.losses.get("hinge")
        >>> float(loss.discriminator_loss([0.5], [-2.0]))
        0.5

    Source: Lim and Ye, "Geometric GAN", 2017; as written here in Miyato et al.,
    "Spectral Normalization for Generative Adversarial Networks", 2018, eqs. 16 and 17.
    """

    estimates_probability = False

    def discriminator_loss(self, real_logits: Tensor, fake_logits: Tensor) -> Tensor:
        """Returns `hinge_discriminator_loss(real_logits, fake_logits)`."""
        return hinge_discriminator_loss(real_logits, fake_logits)

    def generator_loss(self, real_logits: Tensor, fake_logits: Tensor) -> Tensor:
        """Returns `linear_generator_loss(real_logits, fake_logits)`."""
        return linear_generator_loss(real_logits, fake_logits)
