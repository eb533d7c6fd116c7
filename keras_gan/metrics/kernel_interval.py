"""How sure a kernel distance is: subsets of the samples, and an interval."""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from keras_gan._checks import InputError, check_positive_float, check_positive_int
from keras_gan.metrics._features import check_pair_float64
from keras_gan.metrics.kernel import kernel_distance


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
    MMD² of the two distributions, not for the value of one more subset: with b samples
    in a subset out of n, a subset's standard deviation s gives s √(b / (n − b)) for all
    n samples, to which that of the mean over the subsets, s / √subsets, is added. It is
    too wide where the distributions are nearly equal (the distance then varies as 1/n,
    not 1/√n), and where N and M differ (n is the smaller one).

    Args:
        real: `(N, D)` features of data, N > `subset_size`.
        fake: `(M, D)` features of samples, M > `subset_size`.
        subsets: How many, at least 2.
        subset_size: Samples of each kind in a subset, at least 2. At most half of the
            smaller set is wise.
        confidence: The share of intervals that hold the MMD², in (0, 1).
        seed: What draws the subsets.

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
    Politis & Romano 1994, §2, for what they say of the whole.
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
