"""The divergences between two laws in which the 2014 paper states C(G)."""

from __future__ import annotations

import math
from typing import overload

import numpy as np
from numpy.typing import ArrayLike

from keras_gan.theory._checks import Law, check_vectors, densities_of, ratio
from keras_gan.theory._integration import integrate
from keras_gan.theory.density import Density

# A normal density rounds to 0 beyond 38 standard deviations. Another law may still have
# a mass of 1e-36 there, which must not make the divergence infinite.
_LOST_MASS = 1e-12


@overload
def mixture(p_data: Density, p_g: Density) -> Density: ...
@overload
def mixture(p_data: ArrayLike, p_g: ArrayLike) -> np.ndarray: ...
def mixture(p_data: Law, p_g: Law) -> np.ndarray | Density:
    """Returns m = (p_data + p_g) / 2, the law of all that the discriminator is shown.

    Args:
        p_data: Probabilities `(n,)`, or a `Density`.
        p_g: The same of the generator, of the same kind.

    Returns:
        Probabilities `(n,)` for vectors; for densities a `Density`, whose support
        reaches from the lowest point of the two supports to the highest.

    Raises:
        ValueError: If the two are not vectors of one length that sum to one, or both
            densities.

    Example:
        >>> mixture([0.5, 0.5, 0.0], [0.0, 0.5, 0.5])
        array([0.25, 0.5 , 0.25])

    Source: Goodfellow et al. 2014, eq. 5.
    """
    densities = densities_of(p_data, p_g)
    if densities is None:
        p, q = check_vectors(p_data, p_g)
        return (p + q) / 2
    p, q = densities
    support = min(p.support[0], q.support[0]), max(p.support[1], q.support[1])
    return Density(lambda x: (p(x) + q(x)) / 2, support)


def kullback_leibler(p_data: Law, p_g: Law) -> float:
    """Returns KL(p_data ‖ p_g) = E_{p_data} log(p_data / p_g), which is not symmetric.

    Args:
        p_data: The law over which the expectation is taken: probabilities `(n,)`, or a
            `Density`.
        p_g: The law that it is compared to, of the same kind.

    Returns:
        The divergence in nats, in [0, ∞]: ∞ if `p_g` is 0 anywhere that `p_data` is
        not. For densities a mass of 1e-12 there is ignored, because a density can round
        to 0.

    Raises:
        ValueError: As in `mixture`.

    Example:
        >>> kullback_leibler([1.0, 0.0], [0.5, 0.5])  # log 2
        0.6931471805599453
        >>> kullback_leibler([0.5, 0.5], [1.0, 0.0])
        inf

    Source: Kullback and Leibler 1951; Goodfellow et al. 2014, eq. 5.
    """
    densities = densities_of(p_data, p_g)
    if densities is None:
        p, q = check_vectors(p_data, p_g)
        if (p[q == 0] > 0).any():
            return math.inf
        return max(float(_relative_entropy(p, q).sum()), 0.0)
    p, q = densities
    edges = (*p.support, *q.support)
    if integrate(lambda x: np.where(q(x) == 0, p(x), 0.0), edges) > _LOST_MASS:
        return math.inf
    return max(integrate(lambda x: _relative_entropy(p(x), q(x)), edges), 0.0)


def jensen_shannon(p_data: Law, p_g: Law) -> float:
    """Returns JSD = ½ KL(p_data ‖ m) + ½ KL(p_g ‖ m) with m = (p_data + p_g) / 2.

    Args:
        p_data: Probabilities `(n,)`, or a `Density`.
        p_g: The same of the generator, of the same kind.

    Returns:
        The divergence in nats, in [0, log 2].

    Raises:
        ValueError: As in `mixture`.

    Example:
        >>> jensen_shannon([1.0, 0.0], [0.0, 1.0])  # log 2
        0.6931471805599453

    Source: Lin 1991; Goodfellow et al. 2014, eq. 6.
    """
    densities = densities_of(p_data, p_g)
    if densities is None:
        divergence = float(_divergence_terms(*check_vectors(p_data, p_g)).sum())
    else:
        p, q = densities
        edges = (*p.support, *q.support)
        divergence = integrate(lambda x: _divergence_terms(p(x), q(x)), edges)
    return min(max(divergence, 0.0), math.log(2.0))


def _relative_entropy(p: np.ndarray, q: np.ndarray) -> np.ndarray:
    """Returns p log(p/q), and 0 where either is 0."""
    where = (p > 0) & (q > 0)
    logs = np.log(p, out=np.zeros(p.shape), where=where)
    logs -= np.log(q, out=np.zeros(p.shape), where=where)
    return p * logs


def _divergence_terms(p: np.ndarray, q: np.ndarray) -> np.ndarray:
    """Returns ½ p log(p/m) + ½ q log(q/m)."""
    return 0.5 * (p * _log_over_mixture(p, q) + q * _log_over_mixture(q, p))


def _log_over_mixture(p: np.ndarray, q: np.ndarray) -> np.ndarray:
    """Returns log(p/m) with m = (p + q)/2, and a finite number for p = 0.

    Near p = q it is computed as log(1 + δ) with δ = (p − q)/(p + q). Swapping p and q
    gives exactly −δ, so that the rounding of δ cancels in the divergence, which is of
    the order of δ².
    """
    total = p + q
    delta = np.divide(p - q, total, out=np.zeros(p.shape), where=total > 0)
    near = np.log1p(np.maximum(delta, -0.5))
    far = np.log(2.0 * np.maximum(ratio(p, q), np.finfo(np.float64).tiny))
    return np.where(delta < -0.5, far, near)
