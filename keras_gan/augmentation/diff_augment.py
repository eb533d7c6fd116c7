"""Differentiable augmentation of all images that the discriminator sees."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras

from keras_gan._typing import Tensor
from keras_gan.augmentation._transformations import (
    check_images,
    check_policy,
    transformations_of,
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
      each has its own u ~ U[0, 1]. The paper's numbers are for images in (-1, 1).
    - "translation": a shift by whole pixels, up to 1/8 of height and width; zeros fill
      in.
    - "cutout": a rectangle of half the height and half the width is set to zero.

    Args:
        policy: Some of the three names, in the order in which they are applied.
        **kwargs: As in `Augmentation`.

    Raises:
        ValueError: If a name is unknown, or there is none.

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

    def uniform_count(self, image_shape: tuple[int, ...]) -> int:
        """Returns the count of random numbers: seven for the whole policy."""
        check_images("DiffAugment", image_shape)
        return sum(step.uniforms for step in transformations_of(self.policy))

    def transform(self, images: Tensor, uniforms: Tensor, step: Tensor | int) -> Tensor:
        """Applies the transformations one after the other."""
        taken = 0
        for transformation in transformations_of(self.policy):
            end = taken + transformation.uniforms
            images = transformation.apply(images, uniforms[:, taken:end])
            taken = end
        return images

    def get_config(self) -> dict[str, Any]:
        """Returns the constructor's arguments."""
        return {**super().get_config(), "policy": list(self.policy)}
