"""Counts, means and scatter matrices, and what those of a union are."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from keras_gan.metrics._features import chunks

_CHUNK_ENTRIES = 1 << 23  # float64 entries centred at once: 64 MiB


class Moments(NamedTuple):
    """What a covariance is made of: Σ (x − mean)(x − mean)ᵀ is the scatter `(D, D)`."""

    count: int
    mean: np.ndarray
    scatter: np.ndarray

    @property
    def covariance(self) -> np.ndarray:
        """The scatter divided by count − 1."""
        return self.scatter / (self.count - 1)


def moments(features: np.ndarray) -> Moments:
    """Returns the moments of `(N, D)` features, N >= 1, in float64."""
    mean = features.mean(axis=0, dtype=np.float64)
    scatter = np.zeros((len(mean), len(mean)))
    for rows in chunks(len(features), _CHUNK_ENTRIES // len(mean)):
        centred = features[rows] - mean
        scatter += centred.T @ centred
    return Moments(len(features), mean, scatter)


def union(first: Moments, second: Moments) -> Moments:
    """Returns the moments of both sets together; exact but for rounding.

    Source: Chan, Golub & LeVeque, "Updating Formulae and a Pairwise Algorithm for
    Computing Sample Variances", 1979, eq. 2.1.
    """
    if not first.count or not second.count:
        return second if second.count else first
    count = first.count + second.count
    delta = second.mean - first.mean
    mean = first.mean + delta * (second.count / count)
    # The root of the weight on both sides keeps the product exactly symmetric.
    scaled = delta * np.sqrt(first.count * (second.count / count))
    return Moments(
        count, mean, first.scatter + second.scatter + np.outer(scaled, scaled)
    )
