"""The minimax game of the 2014 paper: V(D, G), its maximum D*, and C(G).

Source: Goodfellow et al., "Generative Adversarial Nets", 2014, §4.1.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TypeAlias, overload

import numpy as np
from numpy.typing import ArrayLike

from keras_gan._checks import InputError
from keras_gan.theory._checks import (
    Law,
    check_outputs,
    check_vectors,
    densities_of,
    ratio,
)
from keras_gan.theory._integration import integrate
from keras_gan.theory.density import Density
from keras_gan.theory.divergences import jensen_shannon

Function: TypeAlias = Callable[[np.ndarray], np.ndarray]
Discriminator: TypeAlias = ArrayLike | Callable[[np.ndarray], ArrayLike]

_EPSILON = float(np.finfo(np.float64).eps)


@overload
def optimal_discriminator(p_data: Density, p_g: Density) -> Function: ...
@overload
def optimal_discriminator(p_data: ArrayLike, p_g: ArrayLike) -> np.ndarray: ...
def optimal_discriminator(p_data: Law, p_g: Law) -> np.ndarray | Function:
    """Returns D*(x) = p_data(x) / (p_data(x) + p_g(x)), which maximises V for this G.

    Args:
        p_data: Probabilities `(n,)`, or a `Density`.
        p_g: The same of the generator, of the same kind.

    Returns:
        D* in [0, 1]: `(n,)` for vectors; for densities a function of arrays of points.
        Where both laws are 0 any value is optimal, and D* is 1/2.

    Raises:
        ValueError: If the two are not vectors of one length that sum to one, or both
            densities.

    Example:
        >>> optimal_discriminator([0.5, 0.5, 0.0], [0.0, 0.5, 0.5])
        array([1. , 0.5, 0. ])

    Source: Goodfellow et al. 2014, Proposition 1, eq. 2.
    """
    densities = densities_of(p_data, p_g)
    if densities is None:
        return ratio(*check_vectors(p_data, p_g))
    p, q = densities
    return lambda x: ratio(p(x), q(x))


def value(discriminator: Discriminator, p_data: Law, p_g: Law) -> float:
    """Returns V(D, G) = E_{p_data} log D(x) + E_{p_g} log(1 − D(x)).

    Args:
        discriminator: D in [0, 1]: `(n,)` for vectors; for densities a function from
            `(n,)` points to `(n,)` values.
        p_data: Probabilities `(n,)`, or a `Density`.
        p_g: The same of the generator, of the same kind.

    Returns:
        The value in nats, in [−∞, 0]: −∞ if D is 0 on data or 1 on samples with
        positive probability, −log 4 for D = 1/2.

    Raises:
        ValueError: As in `optimal_discriminator`, or if D has another shape or leaves
            [0, 1].

    Example:
        >>> value([1.0, 0.5], p_data=[0.5, 0.5], p_g=[0.0, 1.0])  # −1.5 log 2
        -1.0397207708399179

    Source: Goodfellow et al. 2014, eqs. 1 and 3.
    """
    terms = _terms_of(discriminator, p_data, p_g)
    densities = densities_of(p_data, p_g)
    if callable(terms) and densities is not None:
        p, q = densities
        return integrate(terms, (*p.support, *q.support))
    return float(np.sum(np.asarray(terms)))


@overload
def pointwise_value(
    discriminator: Callable[[np.ndarray], ArrayLike], p_data: Density, p_g: Density
) -> Function: ...
@overload
def pointwise_value(
    discriminator: ArrayLike, p_data: ArrayLike, p_g: ArrayLike
) -> np.ndarray: ...
def pointwise_value(
    discriminator: Discriminator, p_data: Law, p_g: Law
) -> np.ndarray | Function:
    """Returns p_data(x) log D(x) + p_g(x) log(1 − D(x)), whose sum over x is V.

    The proof of Proposition 1 maximises this for each x: a log y + b log(1 − y) is
    greatest at y = a / (a + b).

    Args:
        discriminator: As in `value`.
        p_data: Probabilities `(n,)`, or a `Density`.
        p_g: The same of the generator, of the same kind.

    Returns:
        `(n,)` nats for vectors; for densities a function of `(n,)` points, in nats per
        unit of x.

    Raises:
        ValueError: As in `value`; for densities when the function is called.

    Example:
        >>> pointwise_value([1.0, 0.5], p_data=[0.5, 0.5], p_g=[0.0, 1.0])
        array([ 0.        , -1.03972077])

    Source: Goodfellow et al. 2014, eq. 3 and the proof of Proposition 1.
    """
    return _terms_of(discriminator, p_data, p_g)


def generator_criterion(p_data: Law, p_g: Law) -> float:
    """Returns C(G) = max_D V(D, G) = −log 4 + 2 · JSD(p_data ‖ p_g).

    Written out, with the mixture m = (p_data + p_g) / 2 in both divergences,

        C(G) = −log 4 + KL(p_data ‖ m) + KL(p_g ‖ m).

    Some lecture slides have KL(p_data ‖ p_g) and KL(p_g ‖ p_data) in their place. The
    sum is then another number, and infinite if one law is 0 where the other is not,
    although C(G) never exceeds 0.

    Args:
        p_data: Probabilities `(n,)`, or a `Density`.
        p_g: The same of the generator, of the same kind.

    Returns:
        C(G) in nats, from −log 4 for p_g = p_data to 0 for laws that do not overlap.

    Raises:
        ValueError: As in `optimal_discriminator`.

    Example:
        >>> generator_criterion([0.5, 0.5], [0.5, 0.5])  # −log 4
        -1.3862943611198906

    Source: Goodfellow et al. 2014, Theorem 1, eqs. 4-6.
    """
    return -math.log(4.0) + 2.0 * jensen_shannon(p_data, p_g)


def _terms_of(
    discriminator: Discriminator, p_data: Law, p_g: Law
) -> np.ndarray | Function:
    """Checks the arguments of `pointwise_value`, and returns its result."""
    densities = densities_of(p_data, p_g)
    if densities is not None and callable(discriminator):
        p, q = densities
        return lambda x: _value_terms(
            check_outputs(discriminator(x), np.shape(x)), p(x), q(x)
        )
    if densities is not None or callable(discriminator):
        raise InputError(
            "`discriminator` must be a function for densities and a vector for "
            f"vectors; got {type(discriminator).__name__}."
        )
    p, q = check_vectors(p_data, p_g)
    return _value_terms(check_outputs(discriminator, p.shape), p, q)


def _value_terms(outputs: np.ndarray, p: np.ndarray, q: np.ndarray) -> np.ndarray:
    """Returns p log D + q log(1 − D), with 0 log 0 = 0."""
    # In the tails D* rounds to 1 or 0 although both densities are positive. The exact
    # terms are below 1e-14 of p + q there, and are taken as 0; −∞ would be an effect of
    # rounding.
    on_data = (p > 0) & ~((outputs == 0.0) & (ratio(p, q) < _EPSILON))
    on_samples = (q > 0) & ~((outputs == 1.0) & (ratio(q, p) < _EPSILON))
    with np.errstate(divide="ignore"):
        log_d = np.log(outputs, out=np.zeros(p.shape), where=on_data)
        log_not_d = np.log1p(-outputs, out=np.zeros(p.shape), where=on_samples)
    return p * log_d + q * log_not_d
