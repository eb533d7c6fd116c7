"""Mode coverage of data whose modes are known: mixtures, and classes."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from keras_gan._checks import InputError, check_positive_float, check_positive_int
from keras_gan.metrics._distances import PairwiseDistances, nearest
from keras_gan.metrics._features import check_pair_float64


def mode_coverage(
    points: ArrayLike, centres: ArrayLike, std: float
) -> tuple[int, float, float]:
    """Returns (modes, high_quality_fraction, kl) of samples of a mixture of Gaussians.

    Args:
        points: `(N, D)` samples.
        centres: `(K, D)` the modes' centres.
        std: The modes' standard deviation in each coordinate.

    Returns:
        modes: How many centres have a sample within 3 `std`, 0 to K.
        high_quality_fraction: The share of samples within 3 `std` of any centre.
        kl: KL(h ‖ uniform) in nats, in [0, log K], of the histogram h of these samples
            over their nearest centres; 0 when all modes are drawn equally often. Where
            no sample is near a mode there is no histogram, and it is log K, as of a
            generator that knows one mode alone.

    Raises:
        ValueError: If an array is not finite `(N, D)`, D differs, or `std` <= 0.

    Example:
        >>> mode_coverage([[0.0], [4.0], [5.0], [9.9]], [[0.0], [10.0]], std=0.1)
        (2, 0.5, 0.0)

    Source: Lin et al., "PacGAN", 2018, §4.1.
    """
    std = check_positive_float("std", std)
    points, centres = check_pair_float64(("points", "centres"), points, centres)
    return coverage(mode_counts(points, centres, std))


class ModeCounts(NamedTuple):
    """What mode coverage is made of; the counts of a union are the sums."""

    count: int
    near: np.ndarray  # `(K,)` samples within 3σ of each centre
    owned: np.ndarray  # `(K,)` of the samples near any centre, whose nearest it is


def mode_counts(points: np.ndarray, centres: np.ndarray, std: float) -> ModeCounts:
    """Returns the counts of `(N, D)` float64 samples around `(K, D)` centres."""
    radii = np.full(len(centres), (3.0 * std) ** 2)
    near = np.zeros(len(centres), np.int64)
    high_quality = np.zeros(len(points), bool)
    pairs = PairwiseDistances(points, centres)
    for block in pairs.blocks():
        inside = pairs.inside(block, radii, closed=True)
        near += inside.sum(axis=0)
        high_quality[block.rows] = inside.any(axis=1)
    owners = nearest(points, centres, 1)[0][high_quality, 0]
    return ModeCounts(len(points), near, np.bincount(owners, minlength=len(centres)))


def coverage(counts: ModeCounts) -> tuple[int, float, float]:
    """The result of `mode_coverage`, from the counts of at least one sample."""
    modes = int((counts.near > 0).sum())
    high_quality = float(counts.owned.sum() / counts.count)
    return modes, high_quality, _kl_from_uniform(counts.owned)


def class_coverage(classes: ArrayLike, num_classes: int) -> tuple[int, float]:
    """Returns (modes, kl) of samples that a classifier has told the classes of.

    Args:
        classes: `(N,)` integers from 0, the class of each sample.
        num_classes: How many classes there are; all are equally likely in the data.

    Returns:
        modes: How many classes have a sample, 0 to `num_classes`.
        kl: KL(h ‖ uniform) in nats of their histogram h. Of N samples of the data
            themselves it is about (`num_classes` - 1) / 2N, not 0.

    Raises:
        ValueError: If a class is not an integer from 0 to `num_classes` - 1.

    Example:
        >>> class_coverage([0, 0, 2, 2], num_classes=4)
        (2, 0.6931471805599453)

    Source: the 1,000 modes of Stacked-MNIST in Lin et al., "PacGAN", 2018, §4.2.
    """
    num_classes = check_positive_int("num_classes", num_classes)
    labels = np.asarray(classes)
    if labels.ndim != 1 or labels.size == 0 or labels.dtype.kind not in "iu":
        raise InputError(
            f"`classes` must be integers of shape (N,) with N >= 1; got {labels.dtype} "
            f"of shape {labels.shape}."
        )
    if labels.min() < 0 or labels.max() >= num_classes:
        raise InputError(
            f"`classes` must be from 0 to {num_classes - 1}, as `num_classes="
            f"{num_classes}`; got {labels.min()} to {labels.max()}."
        )
    counts = np.bincount(labels, minlength=num_classes)
    return int(np.count_nonzero(counts)), _kl_from_uniform(counts)


def _kl_from_uniform(counts: np.ndarray) -> float:
    if not counts.any():
        return math.log(len(counts))
    shares = counts[counts > 0] / counts.sum()
    return max(0.0, float((shares * np.log(shares * len(counts))).sum()))
