"""Describes what can draw images: a GAN, or a generator that was exported from one."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np

from keras_gan.priors.prior import Prior
from keras_gan.priors.seeds import Seeds


class Generator(Protocol):
    """An object that draws images from seeds and from latents, as a `GAN` does.

    Attributes:
        latent_dim: The size of a latent.
        num_classes: The number of classes; None for an unconditional generator.
        prior: The distribution of the latents.
    """

    latent_dim: int
    num_classes: int | None
    prior: Prior

    @property
    def image_shape(self) -> tuple[int, ...]:
        """The shape of one image, usually (height, width, channels)."""
        ...

    @property
    def value_range(self) -> tuple[float, float] | None:
        """(low, high) of float images; None for points."""
        ...

    def sample(
        self,
        n: int | None = None,
        *,
        seed: int | None = None,
        seeds: Seeds | None = None,
        labels: Any = None,
        truncation: float | None = None,
    ) -> np.ndarray:
        """Draws images; see `GAN.sample`."""
        ...

    def generate(self, z: np.ndarray, labels: Any = None) -> np.ndarray:
        """Returns the images of latents; see `GAN.generate`."""
        ...
