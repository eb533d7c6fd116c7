"""The shapes and the value range that a pair of networks is built for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Networks:
    """The arguments that all architectures have in common.

    Attributes:
        image_shape: (height, width, channels), or any shape where the architecture
            takes any.
        latent_dim: The numbers of a latent.
        num_classes: The number of classes, or None.
        value_range: (low, high) of the images; None for data without a range, where
            the architecture takes such.
    """

    image_shape: tuple[int, ...]
    latent_dim: int
    num_classes: int | None
    value_range: tuple[float, float] | None
