"""Finds the nearest references of each query, such as training images of samples."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from keras_gan._checks import InputError, check_positive_int
from keras_gan.metrics._distances import nearest
from keras_gan.metrics._features import check_pair_float64


def nearest_neighbors(
    queries: ArrayLike, references: ArrayLike, k: int = 1
) -> tuple[np.ndarray, np.ndarray]:
    """Returns the indices and Euclidean distances of the k nearest references.

    The result is exact, and computed in blocks of bounded memory. At equal distances
    the lower index comes first.

    Args:
        queries: `(M, D)`.
        references: `(N, D)`, N >= k.
        k: How many neighbours.

    Returns:
        Indices `(M, k)` int64 into `references`, and distances `(M, k)` float64, the
        nearest first.

    Raises:
        ValueError: If an array is not finite `(N, D)`, D differs, or N < k.

    Example:
        >>> nearest_neighbors([[0.0, 0.0]], [[3.0, 4.0], [0.0, 1.0]], k=2)
        (array([[1, 0]]), array([[1., 5.]]))
    """
    k = check_positive_int("k", k)
    pair = check_pair_float64(("queries", "references"), queries, references)
    if k > len(pair[1]):
        raise InputError(
            f"`k` must be at most the number of references, {len(pair[1])}; got {k}."
        )
    indices, squared = nearest(*pair, k)
    return indices, np.sqrt(squared)
