"""The minimax game of the 2014 paper: V(D, G), D*, C(G) and the divergence behind it.

Source: Goodfellow et al., "Generative Adversarial Nets", 2014, §4.1.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TypeAlias, overload

import numpy as np
from numpy.typing import ArrayLike

from keras_gan._checks import InputError
from keras_gan.theory._integration import integrate
from keras_gan.theory.density import Density

Law: TypeAlias = ArrayLike | Density
Discriminator: TypeAlias = Callable[[np.ndarray], np.ndarray]

_SUM_TOLERANCE = 1e-6
_EPSILON = float(np.finfo(np.float64).eps)


@overload
def optimal_discriminator(p_data: Density, p_g: Density) -> Discriminator: ...
@overload
def optimal_discriminator(p_data: ArrayLike, p_g: ArrayLike) -> np.ndarray: ...
def optimal_discriminator(p_data: Law, p_g: Law) -> np.ndarray | Discriminator:
    """Returns D*(x) = p_data(x) / (p_data(x) + p_g(x)), which maximises V for this G.

    Args:
        p_data: Probabilities `(n,)`, or a `Density`.
        p_g: The generator's, likewise.

    Returns:
        D* in [0, 1]: `(n,)` for vectors; for densities a function of arrays of points.
        Where both are 0 any value is optimal, and it is 1/2.

    Raises:
        ValueError: If the two are not vectors of one length that sum to one, or both
            densities.

    Example:
        >>> optimal_discriminator([0.5, 0.5, 0.0], [0.0, 0.5, 0.5])
        array([1. , 0.5, 0. ])

    Source: Goodfellow et al. 2014, Proposition 1, eq. 2.
    """
    densities = _densities(p_data, p_g)
    if densities is None:
        return _ratio(*_check_vectors(p_data, p_g))
    p, q = densities
    return lambda x: _ratio(p(x), q(x))


def value(
    discriminator: ArrayLike | Callable[[np.ndarray], ArrayLike],
    p_data: Law,
    p_g: Law,
) -> float:
    """Returns V(D, G) = E_{p_data} log D(x) + E_{p_g} log(1 − D(x)).

    Args:
        discriminator: D in [0, 1]: `(n,)` for vectors; for densities a function that
            takes `(n,)` points to `(n,)` values.
        p_data: Probabilities `(n,)`, or a `Density`.
        p_g: The generator's, likewise.

    Returns:
        The value in nats, in [−∞, 0]: −∞ where D is sure and wrong with positive
        probability, −log 4 for D = 1/2.

    Raises:
        ValueError: As in `optimal_discriminator`, or if D has another shape or leaves
            [0, 1].

    Example:
        >>> value([1.0, 0.5], p_data=[0.5, 0.5], p_g=[0.0, 1.0])  # −1.5 log 2
        -1.0397207708399179

    Source: Goodfellow et al. 2014, eqs. 1 and 3.
    """
    densities = _densities(p_data, p_g)
    if densities is not None and callable(discriminator):
        return _value_of_densities(discriminator, *densities)
    if densities is not None or callable(discriminator):
        raise InputError(
            "`discriminator` must be a function for densities and a vector for "
            f"vectors; got {type(discriminator).__name__}."
        )
    p, q = _check_vectors(p_data, p_g)
    return float(_value_terms(_check_outputs(discriminator, p.shape), p, q).sum())


def generator_criterion(p_data: Law, p_g: Law) -> float:
    """Returns C(G) = max_D V(D, G) = −log 4 + 2 · JSD(p_data ‖ p_g).

    Args:
        p_data: Probabilities `(n,)`, or a `Density`.
        p_g: The generator's, likewise.

    Returns:
        C(G) in nats, from −log 4, where p_g = p_data, to 0, where they never meet.

    Raises:
        ValueError: As in `optimal_discriminator`.

    Example:
        >>> generator_criterion([0.5, 0.5], [0.5, 0.5])  # −log 4
        -1.3862943611198906

    Source: Goodfellow et al. 2014, Theorem 1, eqs. 4-6.
    """
    return -math.log(4.0) + 2.0 * jensen_shannon(p_data, p_g)


def jensen_shannon(p_data: Law, p_g: Law) -> float:
    """Returns JSD = ½ KL(p_data ‖ m) + ½ KL(p_g ‖ m) with m = (p_data + p_g) / 2.

    Args:
        p_data: Probabilities `(n,)`, or a `Density`.
        p_g: The generator's, likewise.

    Returns:
        The divergence in nats, in [0, log 2].

    Raises:
        ValueError: As in `optimal_discriminator`.

    Example:
        >>> jensen_shannon([1.0, 0.0], [0.0, 1.0])  # log 2
        0.6931471805599453

    Source: Lin 1991; Goodfellow et al. 2014, eq. 6.
    """
    densities = _densities(p_data, p_g)
    if densities is None:
        divergence = float(_divergence_terms(*_check_vectors(p_data, p_g)).sum())
    else:
        p, q = densities
        edges = (*p.support, *q.support)
        divergence = integrate(lambda x: _divergence_terms(p(x), q(x)), edges)
    return min(max(divergence, 0.0), math.log(2.0))


def _ratio(p: np.ndarray, q: np.ndarray) -> np.ndarray:
    total = p + q
    return np.divide(p, total, out=np.full(total.shape, 0.5), where=total > 0)


def _value_of_densities(
    discriminator: Callable[[np.ndarray], ArrayLike], p: Density, q: Density
) -> float:
    def integrand(x: np.ndarray) -> np.ndarray:
        return _value_terms(_check_outputs(discriminator(x), x.shape), p(x), q(x))

    return integrate(integrand, (*p.support, *q.support))


def _value_terms(outputs: np.ndarray, p: np.ndarray, q: np.ndarray) -> np.ndarray:
    """The terms p log D + q log(1 − D), with 0 log 0 = 0."""
    # Far out D* rounds to 1 or 0 though both densities are positive. Its exact terms
    # are below 1e-14 of p + q there; −∞ would be the rounding's, not D*'s.
    on_data = (p > 0) & ~((outputs == 0.0) & (_ratio(p, q) < _EPSILON))
    on_samples = (q > 0) & ~((outputs == 1.0) & (_ratio(q, p) < _EPSILON))
    with np.errstate(divide="ignore"):
        log_d = np.log(outputs, out=np.zeros(p.shape), where=on_data)
        log_not_d = np.log1p(-outputs, out=np.zeros(p.shape), where=on_samples)
    return p * log_d + q * log_not_d


def _divergence_terms(p: np.ndarray, q: np.ndarray) -> np.ndarray:
    """½ p log(p/m) + ½ q log(q/m)."""
    return 0.5 * (p * _log_over_mixture(p, q) + q * _log_over_mixture(q, p))


def _log_over_mixture(p: np.ndarray, q: np.ndarray) -> np.ndarray:
    """Log(p/m), m = (p + q)/2: finite for p = 0.

    Near p = q it is log(1 + δ) with δ = (p − q)/(p + q). Swapping p and q gives −δ to
    the last bit, so that its rounding cancels in the divergence, of the order of δ².
    """
    total = p + q
    delta = np.divide(p - q, total, out=np.zeros(p.shape), where=total > 0)
    near = np.log1p(np.maximum(delta, -0.5))
    far = np.log(2.0 * np.maximum(_ratio(p, q), np.finfo(np.float64).tiny))
    return np.where(delta < -0.5, far, near)


def _densities(p_data: Law, p_g: Law) -> tuple[Density, Density] | None:
    """Returns both if they are densities, None if neither is."""
    if isinstance(p_data, Density) and isinstance(p_g, Density):
        return p_data, p_g
    if isinstance(p_data, Density) or isinstance(p_g, Density):
        raise InputError(
            "`p_data` and `p_g` must both be vectors or both be `Density` objects; got "
            f"{type(p_data).__name__} and {type(p_g).__name__}."
        )
    return None


def _check_vectors(p_data: Law, p_g: Law) -> tuple[np.ndarray, np.ndarray]:
    p, q = _check_probabilities("p_data", p_data), _check_probabilities("p_g", p_g)
    if p.shape != q.shape:
        raise InputError(
            f"`p_data` and `p_g` must have the same length; got {len(p)} and {len(q)}."
        )
    return p, q


def _check_probabilities(argument: str, law: Law) -> np.ndarray:
    try:
        p = np.asarray(law, np.float64)
    except (TypeError, ValueError):
        p = np.empty((0, 0))
    if p.ndim != 1 or not len(p):
        raise InputError(
            f"`{argument}` must be a vector of probabilities or a `Density`; got "
            f"{type(law).__name__} of shape {np.shape(p)}."
        )
    if not (p.min() >= 0 and abs(p.sum() - 1.0) <= _SUM_TOLERANCE):
        raise InputError(
            f"`{argument}` must be non-negative and sum to one; got a minimum of "
            f"{p.min():g} and a sum of {p.sum():g}. Divide it by its sum."
        )
    return p


def _check_outputs(outputs: ArrayLike, shape: tuple[int, ...]) -> np.ndarray:
    d = np.asarray(outputs, np.float64)
    if d.shape != shape:
        raise InputError(
            f"`discriminator` must give one value per point, shape {shape}; got shape "
            f"{d.shape}."
        )
    if not ((d >= 0) & (d <= 1)).all():
        raise InputError(
            "`discriminator` must give probabilities in [0, 1]; got values from "
            f"{d.min():g} to {d.max():g}. Apply the sigmoid to logits."
        )
    return d
