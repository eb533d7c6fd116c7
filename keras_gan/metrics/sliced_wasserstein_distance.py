"""The sliced Wasserstein distance: optimal transport along random lines."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from keras_gan._checks import check_positive_int
from keras_gan.metrics._features import check_pair_float64, chunks

_BLOCK_ENTRIES = 1 << 22  # float64 entries of a block of projections: 32 MiB


def sliced_wasserstein(
    real: ArrayLike, fake: ArrayLike, projections: int = 512, seed: int = 0
) -> float:
    """Returns the sliced 2-Wasserstein distance (mean over θ of W₂²(θ·real, θ·fake))^½.

    W₂² on a line is the mean squared difference of the two quantile functions, exact
    for any numbers of samples. Compare only values with the same `projections` and
    `seed`, which are along the same lines. W₂² varies over directions by about as much
    as its mean, so the relative error is about 1 / √(2 · projections), 3 % with 512.

    Args:
        real: `(N, D)` features of data.
        fake: `(M, D)` features of samples.
        projections: How many directions, uniform on the unit sphere.
        seed: Seeds the drawing of the directions.

    Returns:
        The distance, in the units of the features; 0 for a set against itself, and at
        most W₂(real, fake) / √D on average. For a shift by δ it is about ‖δ‖ / √D.

    Raises:
        ValueError: If the features are not finite `(N, D)`, or of unequal D.

    Example:
        >>> sliced_wasserstein([[0.0], [1.0]], [[5.0], [3.0], [4.0], [4.0]])
        3.5355339059327378

    Source: Rabin et al., "Wasserstein Barycenter and its Application to Texture
    Mixing", 2011, §2.3; Bonneel et al. 2015.
    """
    projections = check_positive_int("projections", projections)
    seed = check_positive_int("seed", seed, minimum=0)
    x, y = check_pair_float64(("real", "fake"), real, fake)
    # A common shift changes no distance, but large means would be rounded more.
    centre = x.mean(axis=0)
    x, y = x - centre, y - centre
    shape = projections, len(centre)
    directions = np.random.default_rng(seed).standard_normal(shape)
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    widths, of_x, of_y = _coupling(len(x), len(y))
    total = 0.0
    for part in chunks(projections, _BLOCK_ENTRIES // (len(x) + len(y))):
        first, second = (np.sort(directions[part] @ z.T, axis=1) for z in (x, y))
        difference = first[:, of_x] - second[:, of_y]
        total += float(np.square(difference, out=difference).sum(axis=0) @ widths)
    return float(np.sqrt(total / projections))


def _coupling(n: int, m: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Cuts [0, 1] where a function of n equal steps or one of m equal steps jumps.

    Returns:
        The widths of the pieces, which sum to one, and for each piece its step in the
        first and in the second function. The cuts are computed in whole numbers, in
        units of 1 / nm.
    """
    ends = np.union1d(np.arange(1, n + 1) * m, np.arange(1, m + 1) * n)
    widths = np.diff(ends, prepend=0) / (n * m)
    return widths, (ends - 1) // m, (ends - 1) // n
