"""Density and coverage: the samples near data, and the data near samples."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from keras_gan._checks import check_positive_int
from keras_gan.metrics._distances import PairwiseDistances, squared_radii
from keras_gan.metrics._features import check_pair_float64


def density_coverage(
    real: ArrayLike, fake: ArrayLike, k: int = 5
) -> tuple[float, float]:
    """Returns (density, coverage) of the balls around real samples.

    The ball around a real sample is open and reaches to its k-th neighbour among the
    real samples (itself not counted). Density is the mean number of balls that a fake
    sample lies in, divided by k. Coverage is the share of balls with a fake sample.

    Args:
        real: `(N, D)` features of data, N > k.
        fake: `(M, D)` features of samples, M >= 1.
        k: The neighbour that sets a ball's radius.

    Returns:
        Density in [0, N/k] and coverage in [0, 1]; both 1 for a set of points at
        distinct distances against itself.

    Raises:
        ValueError: If the features are not finite `(N, D)`, too few, or of unequal D.

    Example:
        >>> real = np.array([[0.0], [1.0], [3.0], [6.0]])
        >>> density_coverage(real, [[0.5], [0.6]], k=1)  # in the balls of 0 and 1
        (2.0, 0.5)

    Source: Naeem et al., "Reliable Fidelity and Diversity Metrics", 2020, §3.
    """
    k = check_positive_int("k", k)
    names, minimum = ("real", "fake"), (k + 1, 1)
    real, fake = check_pair_float64(names, real, fake, minimum=minimum)
    memberships = 0
    covered = np.zeros(len(real), bool)
    radii = squared_radii(real, k)
    pairs = PairwiseDistances(fake, real)
    for block in pairs.blocks():
        inside = pairs.inside(block, radii, closed=False)
        memberships += int(inside.sum())
        covered |= inside.any(axis=0)
    return memberships / (k * len(fake)), float(covered.mean())
