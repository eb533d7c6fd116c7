"""Tells from the figures of a training that they get worse by more than their noise."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

# Fewer figures than three windows of this many are no series.
_SHORTEST_WINDOW = 4
# Standard errors between two windows. Figures that are noise alone exceed 4 in one
# training of 40 evaluations among 25, since each looks for the best window again.
_ERRORS = 4.0


class Decline(NamedTuple):
    """Two windows of a series, of which the later one is worse.

    Attributes:
        window: The number of figures in each.
        best: The mean of the best earlier window.
        last: The mean of the last third.
    """

    window: int
    best: float
    last: float


def find_decline(values: Sequence[float], better: str) -> Decline | None:
    """Returns the decline of a series; None if it is within the noise.

    The mean of the last third is compared with the best window of that length before
    it. The noise of one figure is the root mean square of successive differences,
    divided by √2, so that a slow trend counts as none; the first third, where figures
    fall fast, is left out.

    Args:
        values: The figures so far, of which those that are not finite are left out.
        better: "less" or "more", whichever is better.

    Source: von Neumann et al., "The Mean Square Successive Difference", 1941, §1.
    """
    series = np.asarray(values, np.float64)
    series = series[np.isfinite(series)]
    window = len(series) // 3
    if window < _SHORTEST_WINDOW:
        return None
    means = np.convolve(series, np.ones(window) / window, mode="valid")
    last, before = float(means[-1]), means[: len(means) - window]
    best = float(before.min() if better == "less" else before.max())
    variance = np.mean(np.diff(series)[window:] ** 2) / 2
    error = float(np.sqrt(variance * 2 / window))
    lost = last - best if better == "less" else best - last
    rounding = 1e-9 * float(np.abs(series).max())
    return Decline(window, best, last) if lost > _ERRORS * error + rounding else None
