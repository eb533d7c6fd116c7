"""The streaming twin of mode coverage."""

from __future__ import annotations

from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from keras_gan._checks import InputError, check_positive_float
from keras_gan.metrics._features import check_features, check_pair_float64
from keras_gan.metrics._streaming import Streaming
from keras_gan.metrics.modes import ModeCounts, coverage, mode_counts


class ModeCoverageStatistics(Streaming):
    """Mode coverage of samples that come in batches: two counts for each mode.

    Counts are whole numbers, so the result is that of `mode_coverage` to the last bit.

    Args:
        centres: `(K, D)` the modes' centres.
        std: The modes' standard deviation in each coordinate.

    Attributes:
        count: Samples so far.
        near: `(K,)` how many of them are within 3 `std` of each centre.
        owned: `(K,)` of the samples near any centre, how many have this one nearest.

    Raises:
        ValueError: If the centres are not finite `(K, D)`, or `std` <= 0.

    Example:
        >>> statistics = ModeCoverageStatistics([[0.0], [10.0]], std=0.1)
        >>> for batch in ([[0.0], [4.0], [5.0]], [[9.9]]):
        ...     statistics.update(batch)
        >>> statistics.result()
        (2, 0.5, 0.0)

    Source: Lin et al., "PacGAN", 2018, §4.1.
    """

    _arguments = ("centres", "std")
    _sums = ("count", "near", "owned")

    def __init__(self, centres: ArrayLike, std: float) -> None:
        self.centres = check_features("centres", centres).astype(np.float64)
        self.std = check_positive_float("std", std)
        self.reset()

    def reset(self) -> None:
        """Forgets all batches."""
        self.count = 0
        self.near = np.zeros(len(self.centres), np.int64)
        self.owned = np.zeros(len(self.centres), np.int64)

    def update(self, points: ArrayLike) -> None:
        """Takes in `(B, D)` samples; B may differ between batches, and be 0."""
        names, minimum = ("points", "centres"), (0, 1)
        pair = check_pair_float64(names, points, self.centres, minimum=minimum)
        if len(pair[0]):
            self._add(mode_counts(*pair, self.std))

    def merge(self, other: ModeCoverageStatistics) -> Self:
        """Adds what `other` has seen, and returns itself."""
        self._check_other(other)
        self._add(other._counts())
        return self

    def result(self) -> tuple[int, float, float]:
        """Returns (modes, high_quality_fraction, kl), as `mode_coverage`.

        Raises:
            ValueError: If there has been no sample.
        """
        if not self.count:
            raise InputError("Mode coverage needs a sample. Call `update` first.")
        return coverage(self._counts())

    def _counts(self) -> ModeCounts:
        return ModeCounts(self.count, self.near, self.owned)

    def _add(self, more: ModeCounts) -> None:
        self.count += more.count
        self.near = self.near + more.near
        self.owned = self.owned + more.owned
