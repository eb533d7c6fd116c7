"""Checks that two laws are of one kind: probability vectors, or `Density` objects."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from keras_gan._checks import InputError
from keras_gan.theory.density import Density

Law: TypeAlias = ArrayLike | Density

_SUM_TOLERANCE = 1e-6


def ratio(p: np.ndarray, q: np.ndarray) -> np.ndarray:
    """Returns p / (p + q), and 1/2 where both are 0."""
    total = p + q
    return np.divide(p, total, out=np.full(total.shape, 0.5), where=total > 0)


def densities_of(p_data: Law, p_g: Law) -> tuple[Density, Density] | None:
    """Returns both if they are densities, None if neither is."""
    if isinstance(p_data, Density) and isinstance(p_g, Density):
        return p_data, p_g
    if isinstance(p_data, Density) or isinstance(p_g, Density):
        raise InputError(
            "`p_data` and `p_g` must both be vectors or both be `Density` objects; got "
            f"{type(p_data).__name__} and {type(p_g).__name__}."
        )
    return None


def check_vectors(p_data: Law, p_g: Law) -> tuple[np.ndarray, np.ndarray]:
    """Returns both as float64 if they are probabilities of one length.

    Raises:
        ValueError: If they are not.
    """
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


def check_outputs(outputs: ArrayLike, shape: tuple[int, ...]) -> np.ndarray:
    """Returns the outputs of D as float64 if there is one probability per point.

    Raises:
        ValueError: If it is not.
    """
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
