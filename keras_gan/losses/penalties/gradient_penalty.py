"""A gradient of given norm on the lines between data and samples."""

from __future__ import annotations

from typing import Any, Self

import keras
import tensorflow as tf

from keras_gan._checks import (
    InputError,
    check_non_negative_float,
    check_positive_float,
)
from keras_gan._typing import Tensor
from keras_gan.losses._checks import at_least_float32, check_floating
from keras_gan.losses.penalties._gradients import Discriminator, squared_gradient_norms


@keras.saving.register_keras_serializable("keras_gan")
class GradientPenalty:
    """weight · E(‖∇D(x̂)‖ − target)², where x̂ = ε x + (1 − ε) G(z) and ε ~ U[0, 1).

    Each example has an ε and a norm of its own. Where the gradient is zero, its norm
    has no slope; it is taken as zero there, so that training goes on.

    Args:
        weight: The factor λ > 0.
        target: The norm ≥ 0 that costs nothing; 0 for a zero-centred penalty.

    Attributes:
        needs_uniform: Asks training for the `uniform` argument.

    Raises:
        ValueError: If `weight` is not positive, or `target` is negative.

    Example:
        >>> penalty = keras_gan.losses.penalties.GradientPenalty()
        >>> images = tf.ones((4, 9))
        >>> float(penalty(lambda x: tf.reduce_sum(x, axis=1), images, images))
        40.0

    Source: Gulrajani et al., "Improved Training of Wasserstein GANs", 2017, eq. 3 and
    Algorithm 1.
    """

    needs_uniform = True

    def __init__(self, weight: float = 10.0, target: float = 1.0) -> None:
        self.weight = check_positive_float("weight", weight)
        self.target = check_non_negative_float("target", target)

    def __call__(
        self,
        discriminator: Discriminator,
        real: Tensor,
        fake: Tensor,
        *,
        uniform: Tensor | None = None,
    ) -> Tensor:
        """Returns the penalty of this minibatch, a scalar.

        Args:
            discriminator: A function, or a Keras model, from images to logits.
            real: `(B, ...)` images from the data.
            fake: Generated images of the same shape.
            uniform: `(B,)` numbers ε in [0, 1); None draws them.

        Raises:
            ValueError: If the shapes differ, or the images are not floating point.
        """
        points = interpolate(real, fake, uniform)
        norms = _square_root(squared_gradient_norms(discriminator, points))
        return self.weight * tf.reduce_mean(tf.square(norms - self.target))

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        return {"weight": self.weight, "target": self.target}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Makes the penalty from what `get_config` returned."""
        return cls(**config)


def interpolate(real: Tensor, fake: Tensor, uniform: Tensor | None = None) -> Tensor:
    """Returns ε x + (1 − ε) G(z), one ε per example, in the precision of `real`.

    Args:
        real: `(B, ...)` images x.
        fake: Images G(z) of the same shape.
        uniform: `(B,)` numbers ε in [0, 1); None draws them.

    Raises:
        ValueError: If the shapes differ, or the images are not floating point.
    """
    real, fake = check_floating("real", real), check_floating("fake", fake)
    if not real.shape.is_compatible_with(fake.shape):
        raise InputError(
            "`real` and `fake` must have one shape; got "
            f"{tuple(real.shape)} and {tuple(fake.shape)}."
        )
    if uniform is None:
        uniform = tf.random.uniform(tf.shape(real)[:1])
    share = _one_per_example(uniform, real)
    start, end = at_least_float32(real), tf.cast(fake, share.dtype)
    return tf.cast(share * start + (1.0 - share) * end, real.dtype)


def _one_per_example(uniform: Tensor, images: Tensor) -> Tensor:
    """Returns `(B,)` numbers in a shape that multiplies whole images."""
    numbers: Tensor = check_floating("uniform", uniform)
    if not numbers.shape.is_compatible_with(images.shape[:1]):
        raise InputError(
            "`uniform` must have one number per example, shape "
            f"{tuple(images.shape[:1])}; got {tuple(numbers.shape)}."
        )
    numbers = tf.reshape(numbers, (-1, *[1] * (images.shape.rank - 1)))
    return tf.cast(numbers, at_least_float32(images).dtype)


def _square_root(squares: Tensor) -> Tensor:
    """√ of numbers ≥ 0, with slope 0 instead of ∞ at zero."""
    # Denormal numbers count as zero: some operations flush them, others do not.
    positive = squares > squares.dtype.as_numpy_dtype(1e-37)
    # The inner choice keeps ∞ · 0 = NaN out of the gradient.
    roots = tf.sqrt(tf.where(positive, squares, tf.ones_like(squares)))
    return tf.where(positive, roots, tf.zeros_like(roots))
