"""What images pass in a training step before the discriminator sees them."""

from __future__ import annotations

import itertools
from typing import Any

import keras
import tensorflow as tf

from keras_gan._typing import Tensor
from keras_gan.augmentation import Augmentation
from keras_gan.distribution.replicas import rows_of_replica
from keras_gan.priors.philox import keyed_uniforms
from keras_gan.training._switches import check_scope

# Between the stream of evaluations and those of random layers.
_FIRST_STREAM = 2**20 + 2**19


class AugmentedStep:
    """The augmentation in one training step; every call draws numbers of its own.

    Args:
        augment: An `Augmentation`, or any callable of images.
        seed: Of the GAN.
        step: The training steps done.
    """

    def __init__(self, augment: Any, seed: int, step: Any) -> None:
        self._augment = augment
        self._seed = seed
        self._step = step
        self._streams = itertools.count(_FIRST_STREAM)

    def __call__(self, images: Tensor) -> Tensor:
        """Returns the augmented images, `(B, ...)` as they are given."""
        if not isinstance(self._augment, Augmentation):
            return self._augment(images)
        step = tf.convert_to_tensor(self._step)
        stream = tf.constant(self._seed + next(self._streams) * 2**32, tf.int64)
        key = tf.stack([stream, tf.cast(step, tf.int64)])
        columns = self._augment.uniform_count(tuple(images.shape[1:]))
        uniforms = rows_of_replica(
            lambda rows: keyed_uniforms(rows, columns, key), tf.shape(images)[0]
        )
        uniforms = tf.cast(uniforms, tf.float32)
        return self._augment(images, uniforms=uniforms, step=step)


def augmented_for_evaluation(augment: Any, images: Tensor) -> Tensor:
    """The images as an evaluation shows them to D: without chance.

    An `Augmentation` is left out, a Keras layer is told that this is no training, and
    any other callable is applied, as it may be what makes D's input of an image.
    """
    if augment is None or isinstance(augment, Augmentation):
        return images
    if isinstance(augment, keras.layers.Layer):
        return augment(images, training=False)
    return augment(images)


def prepare(augment: Any, image_shape: tuple[int, ...]) -> None:
    """Makes the variables of an augmentation in the current strategy's scope.

    Raises:
        ValueError: If it cannot augment images of this shape, or belongs to another
            strategy.
    """
    if not isinstance(augment, Augmentation):
        return
    augment.uniform_count(image_shape)
    if not augment.built:
        augment.build((None, *image_shape))
    check_scope("augmentation", augment.variables)
