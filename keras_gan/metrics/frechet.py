"""The Fréchet distance between two clouds of features, each taken as a Gaussian."""

from __future__ import annotations

from typing import NamedTuple, Self

import numpy as np
from numpy.typing import ArrayLike

from keras_gan._checks import InputError
from keras_gan.metrics._features import check_features, check_pair
from keras_gan.metrics._moments import Moments, difference_of_means, moments
from keras_gan.metrics._streaming import StreamingMoments

_EPSILON = float(np.finfo(np.float64).eps)
_WELL_CONDITIONED = 1e-6  # smallest over largest pivot of Cholesky's decomposition


def frechet_distance(real: ArrayLike, fake: ArrayLike) -> float:
    """Returns ‖μ₁ − μ₂‖² + tr(Σ₁ + Σ₂ − 2(Σ₁^½ Σ₂ Σ₁^½)^½).

    μ and Σ are the mean and the covariance (divided by N − 1) of each set. On the
    features of the reference Inception network, and there only, this is the FID. The
    value depends on the number of samples: compare values at equal numbers.

    Args:
        real: `(N, D)` features of data, N >= 2; N < D is allowed.
        fake: `(M, D)` features of samples, M >= 2.

    Returns:
        The squared distance, in [0, ∞); 0 for equal means and covariances.

    Raises:
        ValueError: If the features are not finite `(N, D)`, too few, or of unequal D.

    Example:
        >>> square = np.array([[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]])
        >>> frechet_distance(square, square + 3.0)
        18.0

    Source: Heusel et al., "GANs Trained by a Two Time-Scale Update Rule", 2017, eq. 6;
    Dowson & Landau 1982.
    """
    real, fake = check_pair(("real", "fake"), real, fake, minimum=(2, 2))
    return _distance(_of_features(real), _of_features(fake))


def frechet_distance_of_moments(real: Moments, fake: Moments) -> float:
    """Returns `frechet_distance` of two sets, from their moments."""
    return _distance(_of_moments(real), _of_moments(fake))


class _Gaussian(NamedTuple):
    """A mean in two parts, and a covariance by its trace and a factor."""

    mean: np.ndarray
    remainder: np.ndarray  # see `Moments`
    trace: float
    factor: np.ndarray  # A `(D, rank)` with A Aᵀ = Σ


def _distance(real: _Gaussian, fake: _Gaussian) -> float:
    # With Σ = A Aᵀ, tr((Σ₁^½ Σ₂ Σ₁^½)^½) is the sum of the singular values of A₁ᵀA₂.
    # This takes no square root of eigenvalues that are zero but for rounding.
    products = real.factor.T @ fake.factor
    traces = real.trace + fake.trace
    spread = traces - 2.0 * float(np.linalg.svd(products, compute_uv=False).sum())
    if spread < len(real.mean) * _EPSILON * traces:
        spread = 0.0  # a difference within the rounding of its terms
    return float(np.sum(difference_of_means(real, fake) ** 2) + spread)


def _of_features(features: np.ndarray) -> _Gaussian:
    count, dimension = features.shape
    if count > dimension:
        return _of_moments(moments(features))
    # The centred samples, few as they are, make the factor: no D × D matrix is needed.
    mean = features.mean(axis=0, dtype=np.float64)
    centred = features - mean
    remainder = centred.mean(axis=0)
    factor = (centred - remainder).T / np.sqrt(count - 1)
    return _Gaussian(mean, remainder, float(np.square(factor).sum()), factor)


def _of_moments(gathered: Moments) -> _Gaussian:
    covariance = gathered.covariance
    trace = float(np.trace(covariance))
    factor = _factor(covariance)
    return _Gaussian(gathered.mean, gathered.remainder, trace, factor)


def _factor(covariance: np.ndarray) -> np.ndarray:
    """Returns A `(D, rank)` with A Aᵀ = Σ."""
    try:
        lower = np.linalg.cholesky(covariance)
    except np.linalg.LinAlgError:
        pass
    else:
        # Ten times faster than eigenvectors, and as exact if Σ is far from singular.
        pivots = np.square(np.diag(lower))
        if pivots.min() > _WELL_CONDITIONED * pivots.max():
            return lower
    eigenvalues, eigenvectors = np.linalg.eigh(covariance)
    # Directions without variance are left out.
    kept = eigenvalues > len(eigenvalues) * _EPSILON * eigenvalues[-1]
    return eigenvectors[:, kept] * np.sqrt(eigenvalues[kept])


class FrechetStatistics(StreamingMoments):
    """The mean and covariance of features that come in batches, in `D²` numbers.

    One object gathers the data, another the samples, and `distance` compares them. On
    several replicas or workers each gathers its own rows, and `merge` adds them up. The
    result is that of `frechet_distance` on all rows, but for rounding, whatever the
    batches and their order. The statistics of the data can be kept in a file.

    Attributes:
        count: Rows so far.
        mean: `(D,)` float64; `(0,)` before the first batch.
        remainder: `(D,)` the rounding error of `mean`; the exact mean is their sum.
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

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forgets all batches."""
        self._reset_moments(0)

    def update(self, features: ArrayLike) -> None:
        """Takes in `(B, D)` features; B may differ between batches, and be 0.

        Args:
            features: `(B, D)` rows.

        Raises:
            ValueError: If the features are not finite `(B, D)`, or D changes.
        """
        features = check_features("features", features, minimum=0)
        if len(features):
            self._add(moments(features))

    def merge(self, other: FrechetStatistics) -> Self:
        """Adds what `other` has seen, and returns itself.

        Args:
            other: An object of this class with the same arguments.

        Raises:
            ValueError: If `other` is of another class or has another D.
        """
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

        Args:
            other: The statistics of the other set of rows.

        Raises:
            ValueError: With fewer than two rows on a side, or unequal D.
        """
        self._check_other(other)
        self._check_dimension(len(other.mean))
        return frechet_distance_of_moments(
            self._checked_moments(), other._checked_moments()
        )

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
        self._add_moments(more)
