"""The Fréchet distance between two clouds of features, each taken as a Gaussian."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from keras_gan.metrics._features import check_pair
from keras_gan.metrics._moments import Moments, difference_of_means, moments

_EPSILON = float(np.finfo(np.float64).eps)


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
    return frechet_distance_of_moments(moments(real), moments(fake))


def frechet_distance_of_moments(real: Moments, fake: Moments) -> float:
    """The formula of `frechet_distance`, from the moments of both sets."""
    # With Σ = A Aᵀ, tr((Σ₁^½ Σ₂ Σ₁^½)^½) is the sum of the singular values of A₁ᵀA₂,
    # which does not take square roots of eigenvalues that are zero but for rounding.
    covariances = real.covariance, fake.covariance
    factors = _factor(covariances[0]).T @ _factor(covariances[1])
    cross = np.linalg.svd(factors, compute_uv=False).sum()
    traces = float(np.trace(covariances[0]) + np.trace(covariances[1]))
    spread = traces - 2.0 * cross
    if spread < len(real.mean) * _EPSILON * traces:
        spread = 0.0  # two numbers that differ by their rounding are equal
    return float(np.sum(difference_of_means(real, fake) ** 2) + spread)


def _factor(covariance: np.ndarray) -> np.ndarray:
    """Returns A `(D, rank)` with A Aᵀ = Σ, without directions of no variance."""
    eigenvalues, eigenvectors = np.linalg.eigh(covariance)
    kept = eigenvalues > len(eigenvalues) * _EPSILON * eigenvalues[-1]
    return eigenvectors[:, kept] * np.sqrt(eigenvalues[kept])
