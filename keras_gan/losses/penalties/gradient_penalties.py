"""Penalties on the norm of the gradient of D, on data, on samples and between both."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf

from keras_gan._checks import (
    InputError,
    check_non_negative_float,
    check_positive_float,
    check_positive_int,
)
from keras_gan._typing import Tensor
from keras_gan.losses._checks import (
    at_least_float32,
    check_floating,
    check_same_shape,
)
from keras_gan.losses.penalties.penalty import Discriminator, Penalty


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
        # A logit depends on its own images alone, so the gradient of the sum holds
        # the gradient of each logit in the rows of its images.
        total = tf.reduce_sum(tf.reduce_mean(logits, axis=1))
    gradients = tape.gradient(
        total, images, unconnected_gradients=tf.UnconnectedGradients.ZERO
    )
    gradients = tf.reshape(at_least_float32(gradients), rows)
    return tf.reduce_sum(tf.square(gradients), axis=1)


def zero_centered_penalty(
    discriminator: Discriminator, argument: str, images: Tensor, gamma: float
) -> Tensor:
    """Returns γ/2 · E‖∇D‖² over images.

    Args:
        discriminator: As in `squared_gradient_norms`.
        argument: The name of `images` in an error message.
        images: `(B, ...)` floating tensor.
        gamma: The factor γ.

    Raises:
        ValueError: If the images are not floating point.
    """
    images = check_floating(argument, images)
    norms = squared_gradient_norms(discriminator, images)
    return 0.5 * gamma * tf.reduce_mean(norms)


class _ZeroCentered(Penalty):
    """The factor γ and the configuration of R1 and R2."""

    def __init__(self, gamma: float, *, every: int = 1) -> None:
        self.gamma = check_positive_float("gamma", gamma)
        self.every = check_positive_int("every", every)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        return {"gamma": self.gamma, "every": self.every}


@keras.saving.register_keras_serializable("keras_gan")
class R1(_ZeroCentered):
    """γ/2 · E‖∇D(x)‖² over data x, which flattens D around the data.

    Args:
        gamma: The factor γ > 0; larger images ask for larger factors.
        every: Training computes the penalty in the first of so many updates of the
            discriminator, and multiplies it by their number, so that its mean stays; 16
            saves most of its time.

    Raises:
        ValueError: If an argument is not a positive number.

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
        """Returns the penalty of the data; the samples are not used."""
        return zero_centered_penalty(discriminator, "real", real, self.gamma)


@keras.saving.register_keras_serializable("keras_gan")
class R2(_ZeroCentered):
    """γ/2 · E‖∇D(G(z))‖² over samples G(z), which flattens D around the samples.

    Args:
        gamma: The factor γ > 0; mostly that of `R1`, with which it is combined.
        every: As in `R1`.

    Raises:
        ValueError: If an argument is not a positive number.

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
        """Returns the penalty of the samples; the data are not used."""
        return zero_centered_penalty(discriminator, "fake", fake, self.gamma)


@keras.saving.register_keras_serializable("keras_gan")
class GradientPenalty(Penalty):
    """weight · E(‖∇D(x̂)‖ − target)², where x̂ = ε x + (1 − ε) G(z) and ε ~ U[0, 1).

    Each example has an ε and a norm of its own. At a gradient of zero the norm has no
    derivative; it is taken as zero there, so that training goes on.

    Args:
        weight: The factor λ > 0.
        target: The norm ≥ 0 that costs nothing; 0 for a zero-centred penalty.
        every: As in `R1`.

    Attributes:
        needs_uniform: True: training hands over the `uniform` argument.

    Raises:
        ValueError: If `weight` or `every` is not positive, or `target` is negative.

    Example:
        >>> penalty = keras_gan.losses.penalties.GradientPenalty()
        >>> images = tf.ones((4, 9))
        >>> float(penalty(lambda x: tf.reduce_sum(x, axis=1), images, images))
        40.0

    Source: Gulrajani et al., "Improved Training of Wasserstein GANs", 2017, eq. 3 and
    Algorithm 1.
    """

    needs_uniform = True

    def __init__(
        self, weight: float = 10.0, target: float = 1.0, *, every: int = 1
    ) -> None:
        self.weight = check_positive_float("weight", weight)
        self.target = check_non_negative_float("target", target)
        self.every = check_positive_int("every", every)

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
        points = between(real, fake, uniform)
        norms = _square_root(squared_gradient_norms(discriminator, points))
        return self.weight * tf.reduce_mean(tf.square(norms - self.target))

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        return {"weight": self.weight, "target": self.target, "every": self.every}


def between(real: Tensor, fake: Tensor, uniform: Tensor | None = None) -> Tensor:
    """Returns ε x + (1 − ε) G(z), one ε per example, in the precision of `real`.

    Args:
        real: `(B, ...)` images x.
        fake: Images G(z) of the same shape.
        uniform: `(B,)` numbers ε in [0, 1); None draws them.

    Raises:
        ValueError: If the shapes differ, or the images are not floating point.
    """
    real, fake = check_floating("real", real), check_floating("fake", fake)
    check_same_shape("real", real, "fake", fake)
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
    """Returns √ of numbers ≥ 0, with derivative 0 instead of ∞ at zero."""
    # Denormal numbers count as zero: some operations flush them, others do not.
    positive = squares > squares.dtype.as_numpy_dtype(1e-37)
    # The inner choice keeps ∞ · 0 = NaN out of the gradient.
    roots = tf.sqrt(tf.where(positive, squares, tf.ones_like(squares)))
    return tf.where(positive, roots, tf.zeros_like(roots))
