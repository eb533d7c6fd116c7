"""The Fréchet distance between two clouds of features, each taken as a Gaussian."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from keras_gan.metrics._features import check_pair
from keras_gan.metrics._moments import Moments, difference_of_means, moments

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
    """The formula of `frechet_distance`, from the moments of both sets."""
    return _distance(_of_moments(real), _of_moments(fake))


class _Gaussian(NamedTuple):
    mean: np.ndarray
    remainder: np.ndarray  # see `Moments`
    trace: float
    factor: np.ndarray  # A `(D, rank)` with A Aᵀ = Σ


def _distance(real: _Gaussian, fake: _Gaussian) -> float:
    # With Σ = A Aᵀ, tr((Σ₁^½ Σ₂ Σ₁^½)^½) is the sum of the singular values of A₁ᵀA₂,
    # which does not take square roots of eigenvalues that are zero but for rounding.
    products = real.factor.T @ fake.factor
    traces = real.trace + fake.trace
    spread = traces - 2.0 * float(np.linalg.svd(products, compute_uv=False).sum())
    if spread < len(real.mean) * _EPSILON * traces:
        spread = 0.0  # two numbers that differ by their rounding are equal
    return float(np.sum(difference_of_means(real, fake) ** 2) + spread)


def _of_features(features: np.ndarray) -> _Gaussian:
    count, dimension = features.shape
    if count > dimension:
        return _of_moments(moments(features))
    # The few centred samples are a factor: no D × D matrix is needed.
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
    """A `(D, rank)` with A Aᵀ = Σ."""
    try:
        lower = np.linalg.cholesky(covariance)
    except np.linalg.LinAlgError:
        pass
    else:
        # Ten times faster than eigenvectors, and as good far from singular.
        pivots = np.square(np.diag(lower))
        if pivots.min() > _WELL_CONDITIONED * pivots.max():
            return lower
    eigenvalues, eigenvectors = np.linalg.eigh(covariance)
    # Without directions of no variance.
    kept = eigenvalues > len(eigenvalues) * _EPSILON * eigenvalues[-1]
    return eigenvectors[:, kept] * np.sqrt(eigenvalues[kept])
