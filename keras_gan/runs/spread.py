"""Holds the mean and the standard deviation of a figure over runs, and writes them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

# Digits after the point beyond which a number is written with a power of ten.
MOST_DECIMALS = 6


class Spread(NamedTuple):
    """The mean of a figure over runs, and how far the runs differ.

    Attributes:
        mean: The mean.
        deviation: The standard deviation of the runs, with n − 1 in the denominator;
            None for one run, which has none.
        n: The number of runs.
    """

    mean: float
    deviation: float | None
    n: int

    @classmethod
    def of(cls, values: Iterable[float]) -> Spread:
        """Computes the mean and the deviation in float64.

        Args:
            values: The figure of each run, at least one.

        Returns:
            The mean, the deviation and the number of runs.

        Example:
            >>> str(Spread.of([1.0, 2.0, 3.0]))
            '2.0 ± 1.0'
        """
        array = np.asarray(list(values), np.float64)
        if len(array) == 1:
            return cls(float(array[0]), None, 1)
        if array.min() == array.max():  # without the rounding of a mean
            return cls(float(array[0]), 0.0, len(array))
        with np.errstate(invalid="ignore"):  # of infinity
            return cls(float(array.mean()), float(array.std(ddof=1)), len(array))

    def __str__(self) -> str:
        """Returns such as "12.3 ± 0.4": two digits of the deviation, as many places.

        One run has four digits.
        """
        return self.text()

    def text(self, places: int | None = None) -> str:
        """Returns the mean and the deviation.

        Args:
            places: The decimals of both; None for as many as fit.
        """
        mean, deviation = self._parts(places)
        return mean if deviation is None else f"{mean} ± {deviation}"

    def _parts(self, places: int | None = None) -> tuple[str, str | None]:
        """Returns the mean and the deviation as text, None for one run."""
        if places is not None:
            shown = None if self.deviation is None else f"{self.deviation:.{places}f}"
            return f"{self.mean:.{places}f}", shown
        if self.deviation is None:
            return f"{self.mean:.4g}", None
        if not (math.isfinite(self.mean) and math.isfinite(self.deviation)):
            return f"{self.mean:.4g}", f"{self.deviation:.2g}"
        if self.deviation == 0:
            return f"{self.mean:.4g}", "0"
        places = 1 - math.floor(math.log10(self.deviation))
        if places > MOST_DECIMALS:
            return f"{self.mean:.3e}", f"{self.deviation:.1e}"
        places = max(0, places)
        return f"{self.mean:.{places}f}", f"{self.deviation:.{places}f}"

    def to_latex(self, *, bold: bool = False, places: int | None = None) -> str:
        r"""Returns such as `$\mathbf{12.3} \pm 0.4$`.

        Args:
            bold: Whether the mean is bold.
            places: The decimals of mean and deviation; None for as many as fit.
        """
        parts = self._parts(places)
        mean, deviation = (text and _with_powers(text) for text in parts)
        mean = rf"\mathbf{{{mean}}}" if bold else mean
        return f"${mean}$" if deviation is None else rf"${mean} \pm {deviation}$"


def _with_powers(number: str) -> str:
    """Returns a number as LaTeX writes it in formulas."""
    if number in ("nan", "inf", "-inf"):
        return rf"\mathrm{{{number}}}"
    return re.sub(
        r"e([+-]\d+)", lambda match: rf" \times 10^{{{int(match[1])}}}", number
    )
