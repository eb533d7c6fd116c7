"""The streaming twin of the Fréchet distance."""

from __future__ import annotations

from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from keras_gan._checks import InputError
from keras_gan.metrics._features import check_features
from keras_gan.metrics._moments import Moments, moments, union
from keras_gan.metrics._streaming import Streaming
from keras_gan.metrics.frechet import frechet_distance_of_moments


class FrechetStatistics(Streaming):
    """The mean and covariance of features that come in batches, in `D²` numbers.

    One object gathers the data, another the samples, and `distance` compares them. On
    several replicas or workers each gathers its own rows, and `merge` adds them up:
    the result is `frechet_distance` of all rows, but for rounding, in whatever order
    and in whatever batches they came. The statistics of the data can be kept in a file.

    Attributes:
        count: Rows so far.
        mean: `(D,)` float64; `(0,)` before the first batch.
        remainder: `(D,)` what rounding has taken from `mean`, of which it is a part.
        scatter: `(D, D)` float64, Σ (x − mean)(x − mean)ᵀ.

    Example:
        >>> real, fake = FrechetStatistics(), FrechetStatistics()
        >>> for batch in ([[1.0], [-1.0]], [[1.0], [-1.0], [1.0], [-1.0]]):
        ...     real.update(batch)
        ...     fake.update(np.asarray(batch) + 3.0)
        >>> real.distance(fake)
        9.0

    Source: Chan, Golub & LeVeque, "Updating Formulae and a Pairwise Algorithm for
    Computing Sample Variances", 1979, eq. 2.1; Heusel et al. 2017, eq. 6.
    """

    _sums = ("count", "mean", "remainder", "scatter")

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forgets all batches."""
        self.count = 0
        self.mean = np.zeros(0)
        self.remainder = np.zeros(0)
        self.scatter = np.zeros((0, 0))

    def update(self, features: ArrayLike) -> None:
        """Takes in `(B, D)` features; B may differ between batches, and be 0."""
        features = check_features("features", features, minimum=0)
        if len(features):
            self._add(moments(features))

    def merge(self, other: FrechetStatistics) -> Self:
        """Adds what `other` has seen, and returns itself."""
        self._check_other(other)
        self._add(other._moments())
        return self

    def result(self) -> tuple[np.ndarray, np.ndarray]:
        """Returns the mean `(D,)` and the covariance `(D, D)`, divided by count − 1.

        Raises:
            ValueError: With fewer than two rows.
        """
        gathered = self._checked_moments()
        return gathered.mean + gathered.remainder, gathered.covariance

    def distance(self, other: FrechetStatistics) -> float:
        """Returns `frechet_distance` of the rows here and the rows of `other`.

        Raises:
            ValueError: With fewer than two rows on a side, or unequal D.
        """
        self._check_other(other)
        self._check_dimension(len(other.mean))
        return frechet_distance_of_moments(
            self._checked_moments(), other._checked_moments()
        )

    def _moments(self) -> Moments:
        return Moments(self.count, self.mean, self.remainder, self.scatter)

    def _checked_moments(self) -> Moments:
        if self.count < 2:
            raise InputError(
                f"A covariance needs at least 2 rows; got {self.count}. Call "
                "`update` first."
            )
        return self._moments()

    def _check_dimension(self, dimension: int) -> None:
        if self.count and dimension not in (0, len(self.mean)):
            raise InputError(
                f"`features` must have {len(self.mean)} columns, as before; got "
                f"{dimension}."
            )

    def _add(self, more: Moments) -> None:
        self._check_dimension(len(more.mean))
        gathered = union(self._moments(), more)
        self.count, self.mean, self.remainder, self.scatter = gathered
