"""The gradient of a discriminator's logits with respect to the images."""

from __future__ import annotations

from collections.abc import Callable

import tensorflow as tf

from keras_gan._typing import Tensor
from keras_gan.losses._checks import at_least_float32

Discriminator = Callable[[Tensor], Tensor]


def squared_gradient_norms(discriminator: Discriminator, images: Tensor) -> Tensor:
    """Returns ‖∇D‖² of each input of D, over all its axes, in float32 or wider.

    Args:
        discriminator: From images to logits `(B,)`, `(B, 1)` or a map of logits, which
            is averaged. One that judges packs of m consecutive images together returns
            B / m rows.
        images: `(B, ...)` floating tensor.

    Returns:
        `(B,)`, or `(B / m,)` for packs.
    """
    with tf.GradientTape() as tape:
        tape.watch(images)
        logits = discriminator(images)
        rows = (tf.shape(logits)[0], -1)
        logits = tf.reshape(logits, rows)
        # Each logit depends on its own images, so that the sum keeps them apart.
        total = tf.reduce_sum(tf.reduce_mean(logits, axis=1))
    gradients = tape.gradient(
        total, images, unconnected_gradients=tf.UnconnectedGradients.ZERO
    )
    gradients = tf.reshape(at_least_float32(gradients), rows)
    return tf.reduce_sum(tf.square(gradients), axis=1)
