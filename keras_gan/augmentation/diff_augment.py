"""Differentiable augmentation of all images that the discriminator sees."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras

from keras_gan._checks import InputError
from keras_gan._typing import Tensor
from keras_gan.augmentation._policies import (
    apply_policy,
    check_policy,
    leaking,
    uniform_count,
)
from keras_gan.augmentation.augmentation import Augmentation


@keras.saving.register_keras_serializable("keras_gan")
class DiffAugment(Augmentation):
    """Changes every image at random, data and samples alike, in each update.

    A discriminator that never sees an image twice cannot learn few data by heart. The
    generator still learns unchanged images, because both kinds are changed alike and
    its gradient passes the change.

    - "color": brightness x + u − ½, saturation m + 2u (x − m) with m the mean of the
      pixel's channels, and contrast m + (u + ½)(x − m) with m the mean of the image;
      each has its own u ~ U[0, 1].
    - "translation": a shift by whole pixels, up to 1/8 of height and width.
    - "cutout": a rectangle of half the height and half the width is removed.
    - The transformations of `AdaptiveAugment` that samples do not learn although every
      image is changed: "integer_translation", "scale", "anisotropic_scale",
      "fractional_translation", "brightness", "contrast", "saturation", "filter" and
      "noise".

    The numbers are for images in (-1, 1); a GAN with another `value_range` has its
    images scaled to it and back. Translation and cutout fill in the middle of the
    range, grey. Images with 2 or 4 channels end with alpha: colour and noise leave it
    as it is, and translation and cutout fill in transparent white.

    Args:
        policy: Some of these names, in the order in which they are applied.
        **kwargs: As in `Augmentation`.

    Raises:
        ValueError: If a name is unknown, there is none, or samples would learn it.

    Example:
        >>> gan.compile("adam", "adam", augment=keras_gan.augmentation.DiffAugment())

    Source: Zhao et al., "Differentiable Augmentation for Data-Efficient GAN Training",
    2020, §3.
    """

    def __init__(
        self,
        policy: Sequence[str] = ("color", "translation", "cutout"),
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.policy = check_policy(policy)
        if learned := leaking(self.policy):
            raise InputError(
                f"`policy` of DiffAugment cannot have {', '.join(map(repr, learned))}: "
                "applied to every image, changed samples look like changed data, and "
                "the generator learns the change. Use `AdaptiveAugment`, which leaves "
                "some images as they are."
            )

    def uniform_count(self, image_shape: tuple[int, ...]) -> int:
        """Returns the count of random numbers: seven for the policy of the paper."""
        return uniform_count("DiffAugment", self.policy, image_shape, gated=False)

    def transform(self, images: Tensor, uniforms: Tensor, step: Tensor | int) -> Tensor:
        """Applies the transformations one after the other."""
        return apply_policy(images, self.policy, uniforms, value_range=self.value_range)

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        return {**super().get_config(), "policy": list(self.policy)}
