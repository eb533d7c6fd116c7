"""Augmentation with a probability that grows while the discriminator overfits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import tensorflow as tf

from keras_gan._checks import (
    InputError,
    check_between,
    check_positive_float,
    check_positive_int,
)
from keras_gan._typing import Tensor
from keras_gan.augmentation._policies import (
    apply_policy,
    check_policy,
    leaking,
    uniform_count,
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
    most: float = 1.0,
) -> Tensor:
    """Returns p + sign(r_t − target) · images / ramp_images, clamped to [0, most].

    Args:
        probability: p, a scalar.
        overfitting: r_t = E sign(D(x)) over data x, from -1 to 1.
        images: The number of images over which r_t is the mean.
        target: The r_t at which p stays.
        ramp_images: The number of images over which p can go from 0 to 1.
        most: The largest p.
    """
    change = tf.sign(overfitting - target) * images / ramp_images
    return tf.clip_by_value(probability + change, 0.0, most)


@keras.saving.register_keras_serializable("keras_gan")
class AdaptiveAugment(Augmentation):
    """Applies each transformation of a policy to an image with probability p.

    p starts at 0. After every `interval` training steps it moves by a fixed amount: up
    if the discriminator overfits, down if it does not. The measure of overfitting is
    r_t = E sign(D(x)) over the data of these steps, in the global batch: 0 if half of
    the data look real to D, 1 if all do. `adapted_probability` computes the next p. As
    in the paper, each transformation is applied to an image or left out independently
    of the others.

    A policy names transformations of the paper, one by one or in its groups, and those
    of `DiffAugment`. For small data the paper recommends
    `("blit", "geometry", "karras_color")`, which it calls "bgc". N is a normal number.

    - "blit" is "flip" (left and right, with probability ½), "rotate90" (by 0, 90, 180
      or 270 degrees; by 0 or 180 if images are not square) and "integer_translation"
      (uniform, up to 1/8 of the size). It moves whole pixels and rounds nothing.
    - "geometry" is "scale" (2^(0.2 N)), "rotate" (any angle), "anisotropic_scale"
      (2^(0.2 N) and its inverse) and "fractional_translation" (0.125 N of the size).
      In the group the rotation comes before or after the anisotropic scaling, or both.
    - "karras_color" is "brightness" (adds 0.2 N), "contrast" (2^(0.5 N)), "luma_flip"
      (with probability ½), "hue" (any angle) and "saturation" (2^N).
    - "filter" amplifies each of four bands of frequencies by 2^N.
    - "noise" adds noise of the standard deviation |0.1 N|. It takes a random number for
      each value of an image.
    - "color", "translation" and "cutout" are as in `DiffAugment`. The cutout is also
      that of the paper.

    Neighbours of "blit" and "geometry" are done in one warp, by bilinear interpolation,
    which reflects images at their edges; those of "karras_color" by one matrix. Images
    with 2 or 4 channels end with alpha: colour and noise leave it as it is, and the
    rest changes it as the colours. With more than 4 channels there is no "hue".

    Samples learn "flip", "rotate90", "rotate", "luma_flip" and "hue" if every image is
    changed: then turned samples look like turned data. Below p = 1 they do not, and
    `max_probability` keeps p there.

    Args:
        policy: Names of transformations, in the order in which they are applied.
        target: The r_t to hold, in (-1, 1).
        ramp_images: The number of images over which p can go from 0 to 1.
        interval: The number of training steps between two moves of p.
        max_probability: The largest p, in (0, 1); None for 0.8, up to which the paper
            finds that samples learn nothing, or for 1 if the policy has none of these
            five.
        **kwargs: As in `Augmentation`.

    Attributes:
        probability: p, a float32 variable, once the augmentation is built. It is the
            same on all replicas, and kept in checkpoints and `.keras` files.

    Raises:
        ValueError: If a name is unknown or there is none, `target` or `max_probability`
            is out of its range, or `ramp_images` or `interval` is not positive.

    Example:
        >>> policy = ("blit", "geometry", "karras_color")
        >>> augment = keras_gan.augmentation.AdaptiveAugment(policy, target=0.6)
        >>> gan.compile("adam", "adam", augment=augment)

    Source: Karras et al., "Training Generative Adversarial Networks with Limited Data",
    2020, eq. 1, §2.2, §3 and appendix B.
    """

    adapts = True

    def __init__(
        self,
        policy: Sequence[str] = ("color", "translation", "cutout"),
        *,
        target: float = 0.6,
        ramp_images: float = 500_000,
        interval: int = 4,
        max_probability: float | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.policy = check_policy(policy)
        if not -1.0 < target < 1.0:
            raise InputError(f"`target` must be in (-1, 1); got {target!r}.")
        self.target = float(target)
        self.ramp_images = check_positive_float("ramp_images", ramp_images)
        self.interval = check_positive_int("interval", interval)
        self.max_probability = max_probability
        self._most = _most_probable(self.policy, max_probability)

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
        return uniform_count("AdaptiveAugment", self.policy, image_shape, gated=True)

    def transform(self, images: Tensor, uniforms: Tensor, step: Tensor | int) -> Tensor:
        """Applies each transformation to some of the images."""
        return apply_policy(
            images,
            self.policy,
            uniforms,
            value_range=self.value_range,
            probability=tf.convert_to_tensor(self.probability),
        )

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
            most=self._most,
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
            "max_probability": self.max_probability,
        }


def _most_probable(policy: Sequence[str], given: float | None) -> float:
    """Returns the largest p, in (0, 1], and in (0, 1) if samples learn it at 1."""
    most_that_is_safe = 0.8 if leaking(policy) else 1.0
    if given is None or given == most_that_is_safe:
        return most_that_is_safe
    return check_between("max_probability", given, 0.0, 1.0)
