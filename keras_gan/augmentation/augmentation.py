"""The base class of all augmentations that draw random numbers."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf

from keras_gan._checks import InputError
from keras_gan._typing import Tensor


class Augmentation(keras.layers.Layer):
    """A differentiable map of images to images, with random numbers as an argument.

    Write your own by subclassing, and register it with
    `keras.saving.register_keras_serializable()` so that a saved GAN finds it again. A
    subclass defines `uniform_count` and `transform`, and draws no numbers by itself.
    Then N replicas train like one, and a resumed training like an unbroken one.

    A training step calls the discriminator several times: on data and on samples, in
    each update, and in penalties. Each time it calls the augmentation with other
    `uniforms=`. `evaluate` does not call the augmentation, so that the same data give
    the same figures.

    Args:
        **kwargs: As in `keras.layers.Layer`; the default dtype is float32, as that of
            the data.

    Attributes:
        adapts: Whether training calls `adapt` at the end of each step.
        value_range: (low, high) of the images, None if they have none. `GAN.compile`
            sets it to the GAN's; it is (-1, 1) before.

    Example:
        >>> class Flip(keras_gan.augmentation.Augmentation):
        ...     def uniform_count(self, image_shape):
        ...         return 1
        ...     def transform(self, images, uniforms, step):
        ...         flipped = uniforms[:, :, tf.newaxis, tf.newaxis] < 0.5
        ...         return tf.where(flipped, images[:, :, ::-1], images)
        >>> gan.compile("adam", "adam", augment=Flip())
    """

    adapts: bool = False
    value_range: tuple[float, float] | None = (-1.0, 1.0)

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("dtype", "float32")
        super().__init__(**kwargs)

    def uniform_count(self, image_shape: tuple[int, ...]) -> int:
        """Returns the number of random numbers that an example takes.

        Args:
            image_shape: The shape of one image, (height, width, channels).

        Raises:
            ValueError: If images of this shape cannot be augmented.
        """
        raise NotImplementedError

    def transform(self, images: Tensor, uniforms: Tensor, step: Tensor | int) -> Tensor:
        """Returns the augmented images.

        Args:
            images: `(B, ...)` floating tensor.
            uniforms: `(B, uniform_count)` float32 numbers in [0, 1].
            step: The number of training steps done, an integer scalar.

        Returns:
            Images of the same shape `(B, ...)` and dtype.
        """
        raise NotImplementedError

    def adapt(self, real_logits: Tensor, images: Tensor) -> None:
        """Changes the augmentation's variables at the end of a training step.

        Training calls it on every replica if `adapts` is true. All replicas must write
        equal values: compute them from sums over the global batch.

        Args:
            real_logits: `(N,)` float32, the logits of D on this replica's part of the
                step's data, augmented.
            images: The number of images in that part, an integer scalar.
        """

    def call(
        self,
        images: Tensor,
        uniforms: Tensor | None = None,
        step: Tensor | int | None = None,
    ) -> Tensor:
        """Returns the augmented images.

        Args:
            images: `(B, ...)` floating tensor.
            uniforms: `(B, uniform_count)` numbers in [0, 1]; None draws them.
            step: The number of training steps done; None for 0.

        Raises:
            ValueError: If there are too few or too many uniforms, or images of this
                shape cannot be augmented.
        """
        count = self.uniform_count(tuple(images.shape[1:]))
        if uniforms is None:
            uniforms = tf.random.uniform(tf.stack([tf.shape(images)[0], count]))
        uniforms = tf.convert_to_tensor(uniforms)
        if not uniforms.shape.is_compatible_with((images.shape[0], count)):
            raise InputError(
                f"`uniforms` must have the shape {(images.shape[0], count)} for images "
                f"of shape {tuple(images.shape)}; got {tuple(uniforms.shape)}."
            )
        return self.transform(images, uniforms, 0 if step is None else step)

    def get_build_config(self) -> dict[str, Any] | None:
        """Returns None, because `GAN.compile` builds the layer for its image shape."""
        return None

    def compute_output_shape(
        self, input_shape: tuple[int | None, ...]
    ) -> tuple[int | None, ...]:
        """Returns the shape of the images."""
        return tuple(input_shape)
