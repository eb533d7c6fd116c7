"""Gives a recipe a name, and says what to expect of it."""

from __future__ import annotations

from dataclasses import dataclass

from keras_gan.notebooks.tables import html_table
from keras_gan.presets.recipe import Recipe


@dataclass(frozen=True, repr=False)
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

    def __repr__(self) -> str:
        return f"Preset({self.name}: {self.summary})"

    def _repr_html_(self) -> str:
        """Returns the words and the recipe as tables for notebooks."""
        names = ("reproduces", "expected", "duration")
        rows = [(name, getattr(self, name)) for name in names]
        table = html_table(rows, title=f"{self.name}: {self.summary}")
        return table + self.recipe._repr_html_()
