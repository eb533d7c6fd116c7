"""Named recipes, each complete: data, networks, loss, optimizers, length."""

from __future__ import annotations

from keras_gan._checks import check_choice
from keras_gan.presets import (
    algorithm1,
    conditional_digits,
    digits,
    fashion,
    goodfellow2014,
    grid,
    lecture,
    mnist,
    r3gan_cifar10,
    ring,
    sngan_cifar10,
    stacked_mnist,
)
from keras_gan.presets.preset import Preset as Preset
from keras_gan.presets.recipe import Recipe as Recipe

_PRESETS = {
    preset.name: preset
    for preset in (
        digits.PRESET,
        conditional_digits.PRESET,
        fashion.PRESET,
        lecture.PRESET,
        mnist.PRESET,
        goodfellow2014.PRESET,
        algorithm1.PRESET,
        ring.PRESET,
        grid.PRESET,
        stacked_mnist.PRESET,
        sngan_cifar10.PRESET,
        r3gan_cifar10.PRESET,
    )
}


def names() -> tuple[str, ...]:
    """Returns the names that `get` knows."""
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
