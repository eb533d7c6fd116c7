"""Gaussian noise on all images that the discriminator sees."""

from __future__ import annotations

import math
from typing import Any

import keras
import tensorflow as tf

from keras_gan._checks import check_positive_float, check_positive_int
from keras_gan._typing import Tensor
from keras_gan.augmentation.augmentation import Augmentation
from keras_gan.priors.philox import box_muller, tensorflow_operations


def noise_level(std: float, decay_steps: int | None, step: Tensor | int) -> Tensor:
    """Returns σ · max(0, 1 − step / decay_steps), or σ without a decay.

    Args:
        std: σ at the beginning.
        decay_steps: The step from which the noise is zero; None for a constant σ.
        step: The number of training steps done.

    Returns:
        A float32 scalar.
    """
    if decay_steps is None:
        return tf.constant(std, tf.float32)
    share = tf.cast(step, tf.float32) / float(decay_steps)
    return std * tf.maximum(0.0, 1.0 - share)


@keras.saving.register_keras_serializable("keras_gan")
class InstanceNoise(Augmentation):
    """Adds noise, x + σ n with n ~ N(0, I), to data and to samples.

    Data and samples of an untrained generator hardly overlap. A discriminator can then
    tell them apart without error, and teaches nothing. Noise makes both distributions
    overlap, and does not move the game's fixed point p_g = p_data.

    Args:
        std: σ > 0, in units of the images' values.
        decay_steps: The number of training steps in which σ falls to zero linearly;
            None keeps it constant.
        **kwargs: As in `Augmentation`.

    Raises:
        ValueError: If `std` is not positive, or `decay_steps` no positive integer.

    Example:
        >>> noise = keras_gan.augmentation.InstanceNoise(0.1, decay_steps=10_000)
        >>> gan.compile("adam", "adam", augment=noise)

    Source: Sønderby et al., "Amortised MAP Inference for Image Super-resolution", 2017;
    Arjovsky and Bottou, "Towards Principled Methods for Training Generative Adversarial
    Networks", 2017, §3.
    """

    def __init__(
        self, std: float = 0.1, decay_steps: int | None = None, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.std = check_positive_float("std", std)
        self.decay_steps = decay_steps
        if decay_steps is not None:
            self.decay_steps = check_positive_int("decay_steps", decay_steps)

    def uniform_count(self, image_shape: tuple[int, ...]) -> int:
        """Returns the number of values in an image, rounded up to an even number.

        Two uniform numbers make two normal numbers.
        """
        size = math.prod(image_shape)
        return size + size % 2

    def transform(self, images: Tensor, uniforms: Tensor, step: Tensor | int) -> Tensor:
        """Adds noise of the level of this step."""
        size = math.prod(images.shape[1:])
        normals = box_muller(uniforms, tensorflow_operations())[:, :size]
        level = noise_level(self.std, self.decay_steps, step)
        noise = level * tf.cast(tf.reshape(normals, tf.shape(images)), tf.float32)
        return images + tf.cast(noise, images.dtype)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        return {
            **super().get_config(),
            "std": self.std,
            "decay_steps": self.decay_steps,
        }
