"""Precision and recall: the share of each set on the manifold of the other."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from keras_gan._checks import check_positive_int
from keras_gan.metrics._distances import PairwiseDistances, squared_radii
from keras_gan.metrics._features import check_pair_float64


def precision_recall(
    real: ArrayLike, fake: ArrayLike, k: int = 3
) -> tuple[float, float]:
    """Returns (precision, recall) of k-nearest-neighbour manifolds.

    A set's manifold is the union of the closed balls around its points that reach to
    each point's k-th neighbour in the set (the point itself not counted). Precision is
    the share of fake samples on the real manifold, recall that of real on the fake one.

    Args:
        real: `(N, D)` features of data, N > k.
        fake: `(M, D)` features of samples, M > k.
        k: The neighbour that sets a ball's radius.

    Returns:
        Two numbers in [0, 1]; both 1 for a set against itself.

    Raises:
        ValueError: If the features are not finite `(N, D)`, too few, or of unequal D.

    Example:
        >>> real = np.array([[0.0], [1.0], [2.0], [3.0]])
        >>> precision_recall(real, real + 2.5, k=1)
        (0.5, 0.5)

    Source: Kynkäänniemi et al., "Improved Precision and Recall Metric", 2019, eqs. 1-2.
    """
    k = check_positive_int("k", k)
    names, minimum = ("real", "fake"), (k + 1, k + 1)
    real, fake = check_pair_float64(names, real, fake, minimum=minimum)
    real_radii, fake_radii = squared_radii(real, k), squared_radii(fake, k)
    fake_on_real, real_on_fake = np.zeros(len(fake), bool), np.zeros(len(real), bool)
    pairs = PairwiseDistances(fake, real)
    for block in pairs.blocks():
        in_real_balls = pairs.inside(block, real_radii, closed=True)
        fake_on_real[block.rows] = in_real_balls.any(axis=1)
        radii = fake_radii[block.rows, np.newaxis]
        real_on_fake |= pairs.inside(block, radii, closed=True).any(axis=0)
    return float(fake_on_real.mean()), float(real_on_fake.mean())
