"""The gradient of a discriminator's logits with respect to the images."""

from __future__ import annotations

from collections.abc import Callable

import tensorflow as tf

from keras_gan._typing import Tensor
from keras_gan.losses._checks import at_least_float32

Discriminator = Callable[[Tensor], Tensor]


def squared_gradient_norms(discriminator: Discriminator, images: Tensor) -> Tensor:
    """Returns ‖∇D‖² of each image, over all its axes: `(B,)` in float32 or wider.

    Args:
        discriminator: From images to logits `(B,)`, `(B, 1)` or a map of logits, which
            is averaged.
        images: `(B, ...)` floating tensor.
    """
    rows = (tf.shape(images)[0], -1)
    with tf.GradientTape() as tape:
        tape.watch(images)
        logits = tf.reshape(discriminator(images), rows)
        # Each logit depends on its own image, so that the sum keeps them apart.
        total = tf.reduce_sum(tf.reduce_mean(logits, axis=1))
    gradients = tape.gradient(
        total, images, unconnected_gradients=tf.UnconnectedGradients.ZERO
    )
    gradients = tf.reshape(at_least_float32(gradients), rows)
    return tf.reduce_sum(tf.square(gradients), axis=1)
