"""Regression of the logits to 1 on data and to 0 on samples."""

from __future__ import annotations

import keras
import tensorflow as tf

from keras_gan._typing import Tensor
from keras_gan.losses._checks import check_logits
from keras_gan.losses.loss import AdversarialLoss


def least_squares_discriminator_loss(
    real_logits: Tensor, fake_logits: Tensor
) -> Tensor:
    """Returns ½ E(r − 1)² + ½ E f², a scalar.

    Args:
        real_logits: `(B, ...)` outputs r of D on data.
        fake_logits: Outputs f of D on samples, of the same shape.

    Raises:
        ValueError: If the shapes differ or the logits are not floating point.
    """
    real, fake = check_logits(real_logits, fake_logits)
    return 0.5 * (
        tf.reduce_mean(tf.square(real - 1.0)) + tf.reduce_mean(tf.square(fake))
    )


def least_squares_generator_loss(real_logits: Tensor, fake_logits: Tensor) -> Tensor:
    """Returns ½ E(f − 1)², a scalar.

    Args:
        real_logits: `(B, ...)` outputs of D on data; the value does not depend on them.
        fake_logits: Outputs f of D on samples, of the same shape.

    Raises:
        ValueError: If the shapes differ or the logits are not floating point.
    """
    _, fake = check_logits(real_logits, fake_logits)
    return 0.5 * tf.reduce_mean(tf.square(fake - 1.0))


@keras.saving.register_keras_serializable("keras_gan")
class LeastSquares(AdversarialLoss):
    """Squared errors, with the codes a = 0 for samples and b = c = 1 for data.

    D(x) = p_data / (p_data + p_g) is best here too, as the output itself, without σ.
    The generator feels samples that lie far on the right side of the boundary as well.

    Example:
        >>> loss = keras_gan.losses.get("least_squares")
        >>> float(loss.discriminator_loss([0.5], [0.5]))
        0.25

    Source: Mao et al., "Least Squares Generative Adversarial Networks", 2017, eq. 9.
    """

    estimates_probability = False

    def discriminator_loss(self, real_logits: Tensor, fake_logits: Tensor) -> Tensor:
        """Returns `least_squares_discriminator_loss(real_logits, fake_logits)`."""
        return least_squares_discriminator_loss(real_logits, fake_logits)

    def generator_loss(self, real_logits: Tensor, fake_logits: Tensor) -> Tensor:
        """Returns `least_squares_generator_loss(real_logits, fake_logits)`."""
        return least_squares_generator_loss(real_logits, fake_logits)
