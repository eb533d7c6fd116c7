"""Writes the figures of a column of a table with one number of decimals."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from keras_gan.runs.spread import MOST_DECIMALS, Spread

# Digits of the largest mean of a column beyond which no decimal helps.
_MOST_DIGITS = 4
_MISSING = "–"


class Column(NamedTuple):
    """A figure in a table.

    Attributes:
        name: The name of the figure.
        places: The decimals of its cells; None where each has its own, with powers of
            ten.
    """

    name: str
    places: int | None

    def text(self, figures: Mapping[str, Spread]) -> str:
        """Returns the cell of a row; "–" where the row has no such figure."""
        if self.name not in figures:
            return _MISSING
        return figures[self.name].text(self.places)

    def latex(self, figures: Mapping[str, Spread], *, bold: bool = False) -> str:
        """Returns the cell of a row as LaTeX; "--" where the row has none."""
        if self.name not in figures:
            return "--"
        return figures[self.name].to_latex(bold=bold, places=self.places)


def columns_of(
    names: Iterable[str], rows: Sequence[Mapping[str, Spread]]
) -> list[Column]:
    """Returns the columns of a table, in the order of `names`.

    Args:
        names: The names of the figures.
        rows: The figures of each row.
    """
    return [
        Column(name, _places([row[name] for row in rows if name in row]))
        for name in names
    ]


def _places(spreads: Sequence[Spread]) -> int | None:
    """Returns decimals with which a column shows what its figures tell.

    Two digits of the largest deviation. More, if they are needed for a digit of the
    smallest deviation or two of the smallest mean (without deviations four), and if the
    largest mean then has no more than four.
    """
    means = _sizes(each.mean for each in spreads)
    deviations = _sizes(each.deviation for each in spreads)
    if not means:
        return 0
    least = _decimals(deviations[-1], 2) if deviations else 0
    wanted = [_decimals(means[0], 2 if deviations else 4)]
    wanted += [_decimals(size, 1) for size in deviations[:1]]
    places = max(least, min(max(wanted), _decimals(means[-1], _MOST_DIGITS)))
    return None if places > MOST_DECIMALS else max(0, places)


def _sizes(values: Iterable[float | None]) -> list[float]:
    """Returns the absolute values of those that are finite and not 0, in order."""
    return sorted(abs(x) for x in values if x and math.isfinite(x))


def _decimals(value: float, digits: int) -> int:
    """Returns the decimals with which a value has so many digits."""
    return digits - 1 - math.floor(math.log10(value))
