"""Names complete recipes: data, networks, loss, optimizers, length."""

from __future__ import annotations

from keras_gan._checks import check_choice
from keras_gan.presets.cifar10 import R3GAN_CIFAR10, SNGAN_CIFAR10
from keras_gan.presets.digits import CONDITIONAL_DIGITS, DIGITS, FASHION, MNIST
from keras_gan.presets.mode_collapse import GRID, RING, STACKED_MNIST
from keras_gan.presets.paper2014 import (
    ALGORITHM1,
    GOODFELLOW2014,
    LECTURE,
    LECTURE_NOTEBOOK,
)
from keras_gan.presets.preset import Preset as Preset
from keras_gan.presets.recipe import Recipe as Recipe

_PRESETS = {
    preset.name: preset
    for preset in (
        DIGITS,
        CONDITIONAL_DIGITS,
        FASHION,
        LECTURE,
        LECTURE_NOTEBOOK,
        MNIST,
        GOODFELLOW2014,
        ALGORITHM1,
        RING,
        GRID,
        STACKED_MNIST,
        SNGAN_CIFAR10,
        R3GAN_CIFAR10,
    )
}


def names() -> tuple[str, ...]:
    """Returns the names that `get` knows.

    Example:
        >>> "digits" in keras_gan.presets.names()
        True
    """
    return tuple(_PRESETS)


def get(name: str) -> Preset:
    """Returns the preset of that name.

    Args:
        name: One of `names()`.

    Raises:
        ValueError: If there is no preset of that name.

    Example:
        >>> keras_gan.presets.get("digits").recipe.batch_size
        32
    """
    return _PRESETS[check_choice("preset", name, _PRESETS)]
