"""R1: flat logits around the data."""

from __future__ import annotations

import keras

from keras_gan._typing import Tensor
from keras_gan.losses.penalties._gradients import Discriminator
from keras_gan.losses.penalties._zero_centered import ZeroCentered


@keras.saving.register_keras_serializable("keras_gan")
class R1(ZeroCentered):
    """γ/2 · E‖∇D(x)‖² over data x.

    Args:
        gamma: The factor γ > 0; larger images ask for larger factors.

    Raises:
        ValueError: If `gamma` is not a positive number.

    Example:
        >>> penalty = keras_gan.losses.penalties.R1(gamma=2.0)
        >>> images = tf.ones((4, 3))
        >>> float(penalty(lambda x: tf.reduce_sum(x, axis=1), images, images))
        3.0

    Source: Mescheder et al., "Which Training Methods for GANs do actually Converge?",
    2018, eq. 9.
    """

    def __call__(
        self, discriminator: Discriminator, real: Tensor, fake: Tensor
    ) -> Tensor:
        """Returns the penalty of this minibatch, a scalar.

        Args:
            discriminator: A function, or a Keras model, from images to logits.
            real: `(B, ...)` images from the data.
            fake: Generated images; not used.
        """
        return self._mean(discriminator, "real", real)
