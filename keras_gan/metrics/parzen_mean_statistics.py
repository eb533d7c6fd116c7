"""The mean log-likelihood of points that come in batches."""

from __future__ import annotations

import math
from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from keras_gan._checks import InputError, check_positive_float
from keras_gan.metrics._features import check_features
from keras_gan.metrics._moments import Moments, moments, union
from keras_gan.metrics._streaming import Streaming
from keras_gan.metrics.parzen import parzen_log_likelihood


class ParzenMeanStatistics(Streaming):
    """Mean ± standard error of the log-likelihood under a Gaussian around each centre.

    The centres are fixed, and the test points come in batches: the figure that the
    2014 paper reports.

    Args:
        centres: `(N, D)` samples of the generator.
        sigma: Standard deviation of each Gaussian, in the units of the points.

    Attributes:
        count: Points so far.

    Raises:
        ValueError: If the centres are not finite `(N, D)`, or `sigma` <= 0.

    Example:
        >>> statistics = ParzenMeanStatistics([[0.0]], sigma=1.0)
        >>> statistics.update([[1.0]])
        >>> statistics.update([[-1.0], [1.0]])
        >>> mean, standard_error = statistics.result()
        >>> round(mean, 9), standard_error  # −½ log 2π − ½
        (-1.418938533, 0.0)

    Source: Goodfellow et al. 2014, §5.
    """

    _arguments = ("centres", "sigma")
    _sums = ("count", "mean", "remainder", "scatter")

    def __init__(self, centres: ArrayLike, sigma: float) -> None:
        self.centres = check_features("centres", centres).astype(np.float64)
        self.sigma = check_positive_float("sigma", sigma)
        self.reset()

    def reset(self) -> None:
        """Forgets all points."""
        self.count = 0
        self.mean = np.zeros(1)
        self.remainder = np.zeros(1)
        self.scatter = np.zeros((1, 1))

    def update(self, points: ArrayLike) -> None:
        """Takes in `(B, D)` points; B may differ between batches, and be 0."""
        points = check_features("points", points, minimum=0)
        if len(points):
            values = parzen_log_likelihood(points, self.centres, self.sigma)
            self._add(moments(values[:, np.newaxis]))

    def merge(self, other: ParzenMeanStatistics) -> Self:
        """Adds what `other` has seen, and returns itself."""
        self._check_other(other)
        self._add(other._moments())
        return self

    def result(self) -> tuple[float, float]:
        """Returns (mean, standard_error) in nats; the error divides by count − 1.

        Raises:
            ValueError: With fewer than two points.
        """
        if self.count < 2:
            raise InputError(
                f"A standard error needs at least 2 points; got {self.count}. Call "
                "`update` first."
            )
        variance = float(self._moments().covariance[0, 0])
        return float(self.mean[0]), math.sqrt(variance / self.count)

    def _moments(self) -> Moments:
        return Moments(self.count, self.mean, self.remainder, self.scatter)

    def _add(self, more: Moments) -> None:
        gathered = union(self._moments(), more)
        self.count, self.mean, self.remainder, self.scatter = gathered
