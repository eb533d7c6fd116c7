"""Counts, means and scatter matrices, and what those of a union are."""

from __future__ import annotations

from typing import NamedTuple, Protocol

import numpy as np

from keras_gan.metrics._features import chunks

_CHUNK_ENTRIES = 1 << 23  # float64 entries centred at once: 64 MiB


class Moments(NamedTuple):
    """What a covariance is made of: Σ (x − mean)(x − mean)ᵀ is the scatter `(D, D)`.

    The mean is `mean + remainder`, the second what the first has lost by rounding:
    of features around 10,000 one float64 keeps too little to add up many batches.
    """

    count: int
    mean: np.ndarray
    remainder: np.ndarray
    scatter: np.ndarray

    @property
    def covariance(self) -> np.ndarray:
        """The scatter divided by count − 1."""
        return self.scatter / (self.count - 1)


def moments(features: np.ndarray) -> Moments:
    """Returns the moments of `(N, D)` features, N >= 1, in float64."""
    count, dimension = features.shape
    mean = features.mean(axis=0, dtype=np.float64)
    rest = np.zeros(dimension)
    scatter = np.zeros((dimension, dimension))
    for rows in chunks(count, _CHUNK_ENTRIES // dimension):
        centred = features[rows] - mean
        rest += centred.sum(axis=0)
        scatter += centred.T @ centred
    remainder = rest / count
    # Without it, equal rows of a large mean have a variance: that of the mean's error.
    scatter -= count * np.outer(remainder, remainder)
    return Moments(count, mean, remainder, scatter)


class _Mean(Protocol):
    @property
    def mean(self) -> np.ndarray: ...

    @property
    def remainder(self) -> np.ndarray: ...


def difference_of_means(first: _Mean, second: _Mean) -> np.ndarray:
    """Returns the mean of `first` minus that of `second`: `(D,)`."""
    return (first.mean - second.mean) + (first.remainder - second.remainder)


def union(first: Moments, second: Moments) -> Moments:
    """Returns the moments of both sets together; exact but for rounding.

    Source: Chan, Golub & LeVeque, "Updating Formulae and a Pairwise Algorithm for
    Computing Sample Variances", 1979, eq. 2.1.
    """
    if not first.count or not second.count:
        return second if second.count else first
    count = first.count + second.count
    delta = difference_of_means(second, first)
    step = delta * (second.count / count)
    mean = first.mean + step
    added = mean - first.mean  # what rounding takes from the sum (Knuth's two-sum)
    lost = (first.mean - (mean - added)) + (step - added)
    # The root of the weight on both sides keeps the product exactly symmetric.
    scaled = delta * np.sqrt(first.count * (second.count / count))
    scatter = first.scatter + second.scatter + np.outer(scaled, scaled)
    return Moments(count, mean, first.remainder + lost, scatter)
