"""Augmentation with a probability that grows while the discriminator overfits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import tensorflow as tf

from keras_gan._checks import InputError, check_positive_float, check_positive_int
from keras_gan._typing import Tensor
from keras_gan.augmentation._transformations import (
    check_images,
    check_policy,
    transformations_of,
)
from keras_gan.augmentation.augmentation import Augmentation
from keras_gan.distribution.global_batch import global_sum


def adapted_probability(
    probability: Tensor,
    overfitting: Tensor,
    images: Tensor,
    *,
    target: float,
    ramp_images: float,
) -> Tensor:
    """Returns p + sign(r_t − target) · images / ramp_images, clamped to [0, 1].

    Args:
        probability: p, a scalar.
        overfitting: r_t = E sign(D(x)) over data x, from -1 to 1.
        images: The number of images over which r_t is the mean.
        target: The r_t at which p stays.
        ramp_images: The number of images over which p can go from 0 to 1.
    """
    change = tf.sign(overfitting - target) * images / ramp_images
    return tf.clip_by_value(probability + change, 0.0, 1.0)


@keras.saving.register_keras_serializable("keras_gan")
class AdaptiveAugment(Augmentation):
    """Applies each transformation of `DiffAugment` to an image with probability p.

    p starts at 0. After every `interval` training steps it moves by a fixed amount: up
    if the discriminator overfits, down if it does not. The measure of overfitting is
    r_t = E sign(D(x)) over the data of these steps, in the global batch: 0 if half of
    the data look real to D, 1 if all do. The transformations are those of `DiffAugment`
    and not the eighteen of the paper. As in the paper, each is applied to an image or
    left out independently of the others. `adapted_probability` computes the next p.

    Args:
        policy: As in `DiffAugment`.
        target: The r_t to hold, in (-1, 1).
        ramp_images: The number of images over which p can go from 0 to 1.
        interval: The number of training steps between two moves of p.
        **kwargs: As in `Augmentation`.

    Attributes:
        probability: p, a float32 variable, once the augmentation is built. It is the
            same on all replicas, and kept in checkpoints and `.keras` files.

    Raises:
        ValueError: If an argument cannot be used.

    Example:
        >>> augment = keras_gan.augmentation.AdaptiveAugment(target=0.6)
        >>> gan.compile("adam", "adam", augment=augment)

    Source: Karras et al., "Training Generative Adversarial Networks with Limited Data",
    2020, eq. 1 and §3.
    """

    adapts = True

    def __init__(
        self,
        policy: Sequence[str] = ("color", "translation", "cutout"),
        *,
        target: float = 0.6,
        ramp_images: float = 500_000,
        interval: int = 4,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.policy = check_policy(policy)
        if not -1.0 < target < 1.0:
            raise InputError(f"`target` must be in (-1, 1); got {target!r}.")
        self.target = float(target)
        self.ramp_images = check_positive_float("ramp_images", ramp_images)
        self.interval = check_positive_int("interval", interval)

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Makes the variables: p, and the sums since p last changed."""
        names = ("probability", "sign_sum", "logit_count", "image_count", "steps")
        self.probability, *self._sums = (
            self.add_weight(
                name=name,
                shape=(),
                initializer="zeros",
                trainable=False,
                aggregation="only_first_replica",
            )
            for name in names
        )

    def uniform_count(self, image_shape: tuple[int, ...]) -> int:
        """Returns the count of random numbers that one example takes.

        Each transformation takes one more than in `DiffAugment`, to decide whether it
        is applied.
        """
        check_images("AdaptiveAugment", image_shape)
        return sum(1 + step.uniforms for step in transformations_of(self.policy))

    def transform(self, images: Tensor, uniforms: Tensor, step: Tensor | int) -> Tensor:
        """Applies each transformation to some of the images."""
        probability = tf.convert_to_tensor(self.probability)
        taken = 0
        for transformation in transformations_of(self.policy):
            # Uniform numbers are above 0 and at most 1: p = 0 applies to none, p = 1 to
            # all.
            applied = uniforms[:, taken] <= probability
            end = taken + 1 + transformation.uniforms
            changed = transformation.apply(images, uniforms[:, taken + 1 : end])
            images = tf.where(tf.reshape(applied, (-1, 1, 1, 1)), changed, images)
            taken = end
        return images

    def adapt(self, real_logits: Tensor, images: Tensor) -> None:
        """Adds the step to the sums, and moves p when `interval` steps are done."""
        # Sums of whole numbers, which do not depend on the number of replicas.
        own = [tf.reduce_sum(tf.sign(real_logits)), tf.size(real_logits), images]
        total = global_sum(tf.stack([tf.cast(part, tf.float32) for part in own]))
        before = [tf.convert_to_tensor(variable) for variable in self._sums]
        now = tf.stack(before) + tf.concat([total, [1.0]], axis=0)
        sign_sum, logit_count, image_count, steps = tf.unstack(now)
        moved = adapted_probability(
            self.probability,
            sign_sum / logit_count,
            image_count,
            target=self.target,
            ramp_images=self.ramp_images,
        )
        due = steps >= self.interval
        self.probability.assign(tf.where(due, moved, self.probability))
        for variable, value in zip(self._sums, tf.unstack(now), strict=True):
            variable.assign(tf.where(due, 0.0, value))

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        return {
            **super().get_config(),
            "policy": list(self.policy),
            "target": self.target,
            "ramp_images": self.ramp_images,
            "interval": self.interval,
        }
