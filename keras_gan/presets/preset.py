"""Gives a recipe a name, and says what to expect of it."""

from __future__ import annotations

from dataclasses import dataclass

from keras_gan.presets.recipe import Recipe


@dataclass(frozen=True)
class Preset:
    """A complete recipe with a name, its source and its outcome.

    Attributes:
        name: The name by which `presets.get` finds it.
        summary: A description in one line.
        reproduces: The papers that it follows, and where it departs from them.
        expected: The outcome of the training.
        duration: The time that it takes, and on which machine.
        recipe: The values.
    """

    name: str
    summary: str
    reproduces: str
    expected: str
    duration: str
    recipe: Recipe
