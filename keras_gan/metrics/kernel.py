"""The kernel distance (squared MMD with a cubic kernel), and an interval for it."""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from keras_gan._checks import InputError, check_positive_float, check_positive_int
from keras_gan.metrics._features import check_pair_float64, chunks

_BLOCK_ENTRIES = 1 << 22  # float64 entries of a block of the kernel matrix: 32 MiB


def kernel_distance(real: ArrayLike, fake: ArrayLike) -> float:
    """Returns the unbiased estimate of MMD² with the kernel (x·y / D + 1)³.

    It is the mean of the kernel over pairs of different real samples, plus the same
    over fake samples, minus twice the mean over real-fake pairs, of all samples at
    once. On the features of the reference Inception network this is the KID.

    Args:
        real: `(N, D)` features of data, N >= 2.
        fake: `(M, D)` features of samples, M >= 2.

    Returns:
        The estimate. For equal distributions it is 0 on average, whatever N and M, and
        therefore sometimes negative.

    Raises:
        ValueError: If the features are not finite `(N, D)`, too few, or of unequal D.

    Example:
        >>> kernel_distance([[0.0], [1.0]], [[3.0], [4.0]])  # 1 + 13³ − 191/2
        2102.5

    Source: Bińkowski et al., "Demystifying MMD GANs", 2018, §4; Gretton 2012, eq. 3.
    """
    real, fake = check_pair_float64(("real", "fake"), real, fake, minimum=(2, 2))
    centre = (real.mean(axis=0) + fake.mean(axis=0)) / 2
    n, m = len(real), len(fake)
    within_real = _kernel_sum(real, real, centre, skip_diagonal=True)
    within_fake = _kernel_sum(fake, fake, centre, skip_diagonal=True)
    between = _kernel_sum(real, fake, centre, skip_diagonal=False)
    return float(
        within_real / (n * (n - 1))
        + within_fake / (m * (m - 1))
        - 2.0 * between / (n * m)
    )


def _kernel_sum(
    x: np.ndarray, y: np.ndarray, centre: np.ndarray, *, skip_diagonal: bool
) -> float:
    """Sums (x·y / D + 1)³ over pairs, without the terms in x alone or in y alone.

    Those terms cancel in MMD². For features with large means they are so large that
    their rounding would hide the rest. Around the centre c, with t = (x−c)·(y−c)/D,
    u = c·(x−c)/D, v = c·(y−c)/D and s = c·c/D + 1, the kernel is (w + t)³ with
    w = s + u + v. Without the terms that cancel it is t(3w² + 3wt + t²) + 3uv(w + s).
    """
    dimension = len(centre)
    x, y = x - centre, y - centre
    u, v = x @ centre / dimension, y @ centre / dimension
    s = centre @ centre / dimension + 1.0
    total = 0.0
    for rows in chunks(len(x), _BLOCK_ENTRIES // len(y)):
        t = x[rows] @ y.T / dimension
        w = s + u[rows, np.newaxis] + v
        kernel = t * (3.0 * w * (w + t) + t * t)
        kernel += 3.0 * u[rows, np.newaxis] * v * (w + s)
        if skip_diagonal:
            kernel[np.arange(len(kernel)), np.arange(rows.start, rows.stop)] = 0.0
        total += float(kernel.sum())
    return total


class KernelDistanceInterval(NamedTuple):
    """The mean kernel distance over subsets and an interval for MMD².

    Attributes:
        mean: The mean over the subsets, unbiased.
        low: The interval's lower end; it may be negative.
        high: The interval's upper end.
    """

    mean: float
    low: float
    high: float


def kernel_distance_interval(
    real: ArrayLike,
    fake: ArrayLike,
    subsets: int = 100,
    subset_size: int = 1000,
    confidence: float = 0.95,
    seed: int = 0,
) -> KernelDistanceInterval:
    """Returns the mean of `kernel_distance` over random subsets, with an interval.

    Each subset is drawn without replacement from both sets. The interval is for the
    MMD² of the two distributions, not for the value of one more subset. Let s be the
    standard deviation over subsets of b samples out of n. Two deviations add up, as
    squares: that of all n samples, s √(b / (n − b)), and that of the mean over the
    subsets, s / √subsets.
    The interval is too wide where the distributions are nearly equal (the distance then
    varies as 1/n, not 1/√n), and where N and M differ (n is the smaller one).

    Args:
        real: `(N, D)` features of data, N > `subset_size`.
        fake: `(M, D)` features of samples, M > `subset_size`.
        subsets: How many, at least 2.
        subset_size: Samples of each kind in a subset, at least 2. At most half of the
            smaller set is wise.
        confidence: The share of intervals that hold the MMD², in (0, 1).
        seed: Seeds the drawing of the subsets.

    Raises:
        ValueError: If the features are not finite `(N, D)`, too few, or of unequal D,
            or a number is out of its range.

    Example:
        >>> rng = np.random.default_rng(1)
        >>> real, fake = rng.normal(size=(400, 4)), rng.normal(1.0, 1.0, (400, 4))
        >>> estimate = kernel_distance_interval(real, fake, subset_size=100)
        >>> estimate.low < 9.625 < estimate.high  # MMD² of the two Gaussians
        True

    Source: Bińkowski et al., "Demystifying MMD GANs", 2018, §4, for the subsets;
    Politis & Romano 1994, §2, for the interval.
    """
    subsets = check_positive_int("subsets", subsets, minimum=2)
    size = check_positive_int("subset_size", subset_size, minimum=2)
    seed = check_positive_int("seed", seed, minimum=0)
    if check_positive_float("confidence", confidence) >= 1.0:
        raise InputError(f"`confidence` must be less than 1; got {confidence!r}.")
    real, fake = check_pair_float64(("real", "fake"), real, fake)
    fewest = min(len(real), len(fake))
    if size >= fewest:
        raise InputError(
            f"`subset_size` must be less than the number of samples, {fewest}; got "
            f"{size}. Pass at most {max(2, fewest // 2)}, or more samples."
        )
    rng = np.random.default_rng(seed)
    values = [
        kernel_distance(_subset(real, size, rng), _subset(fake, size, rng))
        for _ in range(subsets)
    ]
    deviation = np.std(values, ddof=1) * math.sqrt(size / (fewest - size) + 1 / subsets)
    half_width = NormalDist().inv_cdf((1.0 + confidence) / 2.0) * deviation
    mean = float(np.mean(values))
    return KernelDistanceInterval(
        mean, float(mean - half_width), float(mean + half_width)
    )


def _subset(points: np.ndarray, size: int, rng: np.random.Generator) -> np.ndarray:
    return points[rng.choice(len(points), size, replace=False)]
