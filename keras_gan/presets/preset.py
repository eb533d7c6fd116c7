"""A recipe that is worth a name."""

from __future__ import annotations

from dataclasses import dataclass

from keras_gan.presets.recipe import Recipe


@dataclass(frozen=True)
class Preset:
    """A complete recipe, and what it is good for.

    Attributes:
        name: The name by which `presets.get` finds it.
        summary: One line.
        reproduces: What it follows, and where it departs from it.
        expected: What one should see at the end.
        duration: How long it takes, and on what.
        recipe: The values.
    """

    name: str
    summary: str
    reproduces: str
    expected: str
    duration: str
    recipe: Recipe
