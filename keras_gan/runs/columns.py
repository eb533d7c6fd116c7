"""Writes the figures of a column of a table with one number of decimals."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from keras_gan.runs.spread import MOST_DECIMALS, Spread

# Digits of the largest mean of a column beyond which no decimal helps.
_MOST_DIGITS = 5
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

    Two digits of the smallest deviation, or four of the smallest mean where nothing has
    a deviation, and two of each mean; no more than five of the largest mean.
    """
    means = [abs(each.mean) for each in spreads if each.mean]
    means = [mean for mean in means if math.isfinite(mean)]
    deviations = [each.deviation for each in spreads if each.deviation]
    deviations = [each for each in deviations if math.isfinite(each)]
    if not means:
        return 0
    wanted = [_decimals(mean, 2) for mean in means]
    if deviations:
        wanted.append(_decimals(min(deviations), 2))
    else:
        wanted += [_decimals(mean, 4) for mean in means]
    if min(wanted) > MOST_DECIMALS:
        return None
    most = max(0, _decimals(max(means), _MOST_DIGITS))
    return max(0, min(max(wanted), most, MOST_DECIMALS))


def _decimals(value: float, digits: int) -> int:
    """Returns the decimals with which a value has so many digits."""
    return digits - 1 - math.floor(math.log10(value))
