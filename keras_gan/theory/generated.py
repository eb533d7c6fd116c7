"""Probabilities under the law p_g of a generator that maps the line to the line."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from keras_gan._checks import InputError


def generated_probabilities(generated: ArrayLike, edges: ArrayLike) -> np.ndarray:
    """Returns the probability under p_g of each cell between two edges.

    G is taken to be linear between neighbouring latents: the mass between two of them
    is spread evenly between the two places. This is exact for a piecewise linear G, and
    needs no bandwidth, unlike an estimate from random samples.

    Args:
        generated: `(M,)` G(z) at M ≥ 2 ascending latents; the prior has the same mass
            between any two neighbours.
        edges: `(N + 1,)` ascending; the first may be −∞, the last ∞.

    Returns:
        `(N,)` probabilities, which sum to one if the edges enclose all of `generated`.

    Raises:
        ValueError: If an argument has another shape or order, or `generated` is not
            finite.

    Example:
        >>> generated_probabilities([0.0, 1.0, 3.0], edges=[0.0, 1.0, 2.0, 3.0])
        array([0.5 , 0.25, 0.25])
    """
    places = np.asarray(generated, np.float64)
    bounds = np.asarray(edges, np.float64)
    if places.ndim != 1 or len(places) < 2 or not np.isfinite(places).all():
        raise InputError(
            "`generated` must be a vector of at least two finite numbers; got shape "
            f"{places.shape}."
        )
    if bounds.ndim != 1 or len(bounds) < 2 or not (np.diff(bounds) > 0).all():
        raise InputError(
            "`edges` must be a vector of at least two ascending numbers; got shape "
            f"{bounds.shape}."
        )
    low = np.minimum(places[:-1], places[1:])[:, np.newaxis]
    width = np.abs(np.diff(places))[:, np.newaxis]
    # Where G is constant, all mass lies in one point. A cell includes its lower edge,
    # because the distribution function here is P(X < x).
    below = (bounds > low).astype(np.float64)
    share = np.divide(bounds - low, width, out=below, where=width > 0)
    return np.diff(np.clip(share, 0.0, 1.0).mean(axis=0))
