"""Parzen windows whose centres come in batches."""

from __future__ import annotations

import math
from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from keras_gan._checks import InputError, check_positive_float
from keras_gan.metrics._features import check_features
from keras_gan.metrics._streaming import Streaming
from keras_gan.metrics.parzen import parzen_log_likelihood


class ParzenDensityStatistics(Streaming):
    """Log-likelihoods of fixed points under samples that come in batches.

    Kept is the logarithm of the sum of densities at each point, so that any number of
    samples needs the memory of the points alone.

    Args:
        points: `(M, D)` where the density is evaluated.
        sigma: Standard deviation of each Gaussian, in the units of the points.

    Attributes:
        count: Centres so far.
        log_sums: `(M,)` log Σ N(x; c, σ²I), −∞ before the first batch.

    Raises:
        ValueError: If the points are not finite `(M, D)`, or `sigma` <= 0.

    Example:
        >>> statistics = ParzenDensityStatistics([[0.0]], sigma=1.0)
        >>> statistics.update([[0.0]])
        >>> statistics.update([[0.0], [0.0]])
        >>> statistics.result()  # −½ log 2π
        array([-0.91893853])

    Source: as `parzen_log_likelihood`.
    """

    _arguments = ("points", "sigma")
    _sums = ("count", "log_sums")

    def __init__(self, points: ArrayLike, sigma: float) -> None:
        self.points = check_features("points", points).astype(np.float64)
        self.sigma = check_positive_float("sigma", sigma)
        self.reset()

    def reset(self) -> None:
        """Forgets all centres."""
        self.count = 0
        self.log_sums = np.full(len(self.points), -np.inf)

    def update(self, centres: ArrayLike) -> None:
        """Takes in `(B, D)` samples of the generator; B may differ, and be 0."""
        centres = check_features("centres", centres, minimum=0)
        if len(centres):
            means = parzen_log_likelihood(self.points, centres, self.sigma)
            self._add(len(centres), means + math.log(len(centres)))

    def merge(self, other: ParzenDensityStatistics) -> Self:
        """Adds what `other` has seen, and returns itself."""
        self._check_other(other)
        self._add(other.count, other.log_sums)
        return self

    def result(self) -> np.ndarray:
        """Returns the log-likelihood of each point: `(M,)` float64, in nats.

        Raises:
            ValueError: If there has been no centre.
        """
        if not self.count:
            raise InputError("A density needs a centre; got none. Call `update` first.")
        return self.log_sums - math.log(self.count)

    def _add(self, count: int, log_sums: np.ndarray) -> None:
        self.log_sums = np.logaddexp(self.log_sums, log_sums)
        self.count += count
