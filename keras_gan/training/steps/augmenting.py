"""Applies the augmentation in a training step, with numbers keyed by the step."""

from __future__ import annotations

import itertools
from typing import Any

import keras
import tensorflow as tf

from keras_gan._checks import InputError
from keras_gan._typing import Tensor
from keras_gan.augmentation import Augmentation
from keras_gan.distribution.scope import check_scope
from keras_gan.training.steps.streams import AUGMENTATION, Streams


class AugmentedStep:
    """The augmentation in one training step; every call draws new numbers.

    Args:
        augment: An `Augmentation`, or any callable of images.
        streams: The random numbers of the step.
    """

    def __init__(self, augment: Any, streams: Streams) -> None:
        self._augment = augment
        self._streams = streams
        self._numbers = itertools.count(AUGMENTATION)

    def __call__(self, images: Tensor) -> Tensor:
        """Returns the augmented images, of the same shape `(B, ...)`."""
        if not isinstance(self._augment, Augmentation):
            return self._augment(images)
        columns = self._augment.uniform_count(tuple(images.shape[1:]))
        rows = tf.shape(images)[0]
        uniforms = self._streams.uniforms(next(self._numbers), rows, columns)
        step = tf.convert_to_tensor(self._streams.position)
        return self._augment(images, uniforms=uniforms, step=step)


def augmented_for_evaluation(augment: Any, images: Tensor) -> Tensor:
    """Returns the images as D sees them in an evaluation, without random changes.

    An `Augmentation` is left out, a Keras layer is told that this is no training, and
    any other callable is applied, as D may need it to take images at all.
    """
    if augment is None or isinstance(augment, Augmentation):
        return images
    if isinstance(augment, keras.layers.Layer):
        return augment(images, training=False)
    return augment(images)


def prepare(
    augment: Any,
    image_shape: tuple[int, ...],
    value_range: tuple[float, float] | None,
) -> None:
    """Makes the variables of an augmentation in the current strategy's scope.

    Raises:
        ValueError: If it cannot augment images of this shape, or belongs to another
            strategy, or to a GAN of another range.
    """
    if not isinstance(augment, Augmentation):
        return
    augment.uniform_count(image_shape)
    if not augment.built:
        augment.value_range = value_range
        augment.build((None, *image_shape))
    if augment.value_range != value_range:
        raise InputError(
            f"The augmentation {augment.name} is for images in {augment.value_range}, "
            f"and the GAN's `value_range` is {value_range}; make a new one for it."
        )
    check_scope("augmentation", augment.variables)
