"""Counts, means and scatter matrices, of one set and of the union of two."""

from __future__ import annotations

from typing import NamedTuple, Protocol

import numpy as np

from keras_gan.metrics._features import chunks

_CHUNK_ENTRIES = 1 << 23  # float64 entries centred at once: 64 MiB


class Moments(NamedTuple):
    """The count, mean and scatter of a set, from which its covariance follows.

    The scatter `(D, D)` is Σ (x − mean)(x − mean)ᵀ. The exact mean is `mean +
    remainder`: for features around 10,000 one float64 keeps too few digits to add up
    many batches, so `remainder` holds the rounding error of `mean`.
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
    # Without this, equal rows with a large mean would have a variance: the square of
    # the rounding error of the mean.
    scatter -= count * np.outer(remainder, remainder)
    return Moments(count, mean, remainder, scatter)


class _Mean(Protocol):
    """Anything with a mean in two parts, as in `Moments`."""

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
    added = mean - first.mean  # the rounding error of the sum, by Knuth's two-sum
    lost = (first.mean - (mean - added)) + (step - added)
    # Both factors of the outer product get the root of the weight, which keeps the
    # product exactly symmetric.
    scaled = delta * np.sqrt(first.count * (second.count / count))
    scatter = first.scatter + second.scatter + np.outer(scaled, scaled)
    return Moments(count, mean, first.remainder + lost, scatter)
