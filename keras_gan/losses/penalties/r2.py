"""R2: flat logits around the samples."""

from __future__ import annotations

import keras

from keras_gan._typing import Tensor
from keras_gan.losses.penalties._gradients import Discriminator
from keras_gan.losses.penalties._zero_centered import ZeroCentered


@keras.saving.register_keras_serializable("keras_gan")
class R2(ZeroCentered):
    """γ/2 · E‖∇D(G(z))‖² over samples G(z).

    Args:
        gamma: The factor γ > 0; mostly that of `R1`, with which it is combined.

    Raises:
        ValueError: If `gamma` is not a positive number.

    Example:
        >>> penalty = keras_gan.losses.penalties.R2(gamma=2.0)
        >>> images = tf.ones((4, 3))
        >>> float(penalty(lambda x: tf.reduce_sum(x, axis=1), images, images))
        3.0

    Source: Mescheder et al., "Which Training Methods for GANs do actually Converge?",
    2018, eq. 10.
    """

    def __call__(
        self, discriminator: Discriminator, real: Tensor, fake: Tensor
    ) -> Tensor:
        """Returns the penalty of this minibatch, a scalar.

        Args:
            discriminator: A function, or a Keras model, from images to logits.
            real: Images from the data; not used.
            fake: `(B, ...)` generated images.
        """
        return self._mean(discriminator, "fake", fake)
