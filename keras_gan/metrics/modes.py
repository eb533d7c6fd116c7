"""Mode coverage of data whose modes are known: mixtures and classes."""

from __future__ import annotations

import math
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import ArrayLike

from keras_gan._checks import InputError, check_positive_float, check_positive_int
from keras_gan.metrics._distances import PairwiseDistances, nearest
from keras_gan.metrics._features import check_features, check_pair_float64
from keras_gan.metrics._streaming import Streaming


def mode_coverage(
    points: ArrayLike, centres: ArrayLike, std: float
) -> tuple[int, float, float]:
    """Returns (modes, high_quality_fraction, kl) of samples of a mixture of Gaussians.

    Args:
        points: `(N, D)` samples.
        centres: `(K, D)` the modes' centres.
        std: The modes' standard deviation in each coordinate.

    Returns:
        How many centres have a sample within 3 `std`, 0 to K; the share of samples
        within 3 `std` of any centre; and KL(h ‖ uniform) in nats, in [0, log K], of the
        histogram h of these samples over their nearest centres, which is 0 when all
        modes are drawn equally often. If no sample is near a mode, there is no
        histogram, and kl is log K, as for a generator that draws one mode alone.

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
    """The counts behind mode coverage; the counts of two sets add up."""

    count: int
    near: np.ndarray  # `(K,)` samples within 3σ of each centre
    owned: np.ndarray  # `(K,)` samples near any centre that have this one nearest


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
    """Returns what `mode_coverage` does, from the counts of at least one sample."""
    modes = int((counts.near > 0).sum())
    high_quality = float(counts.owned.sum() / counts.count)
    return modes, high_quality, _kl_from_uniform(counts.owned)


def class_coverage(classes: ArrayLike, num_classes: int) -> tuple[int, float]:
    """Returns (modes, kl) of samples from the classes that a classifier gave them.

    Args:
        classes: `(N,)` integers from 0, the class of each sample.
        num_classes: How many classes there are; all are equally likely in the data.

    Returns:
        How many classes have a sample, 0 to `num_classes`, and KL(h ‖ uniform) in nats
        of their histogram h. For N samples of the data themselves kl is about
        (`num_classes` - 1) / 2N, not 0.

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


class ModeCoverageStatistics(Streaming):
    """Mode coverage of samples that come in batches: two counts for each mode.

    The result is that of `mode_coverage` to the last bit, since counts are whole.

    Args:
        centres: `(K, D)` the modes' centres.
        std: The modes' standard deviation in each coordinate.

    Attributes:
        count: Samples so far.
        near: `(K,)` how many samples are within 3 `std` of each centre.
        owned: `(K,)` how many samples near any centre have this one nearest.

    Raises:
        ValueError: If the centres are not finite `(K, D)`, or `std` <= 0.

    Example:
        >>> statistics = ModeCoverageStatistics([[0.0], [10.0]], std=0.1)
        >>> for batch in ([[0.0], [4.0], [5.0]], [[9.9]]):
        ...     statistics.update(batch)
        >>> statistics.result()
        (2, 0.5, 0.0)

    Source: Lin et al., "PacGAN", 2018, §4.1.
    """

    _arguments = ("centres", "std")
    _sums = ("count", "near", "owned")

    def __init__(self, centres: ArrayLike, std: float) -> None:
        self.centres = check_features("centres", centres).astype(np.float64)
        self.std = check_positive_float("std", std)
        self.reset()

    def reset(self) -> None:
        """Forgets all batches."""
        self.count = 0
        self.near = np.zeros(len(self.centres), np.int64)
        self.owned = np.zeros(len(self.centres), np.int64)

    def update(self, points: ArrayLike) -> None:
        """Takes in `(B, D)` samples; B may differ between batches, and be 0.

        Args:
            points: `(B, D)` samples.

        Raises:
            ValueError: If they are not finite `(B, D)`, with the D of the centres.
        """
        names, minimum = ("points", "centres"), (0, 1)
        pair = check_pair_float64(names, points, self.centres, minimum=minimum)
        if len(pair[0]):
            self._add(mode_counts(*pair, self.std))

    def merge(self, other: ModeCoverageStatistics) -> Self:
        """Adds what `other` has seen, and returns itself.

        Args:
            other: An object of this class with the same arguments.

        Raises:
            ValueError: If `other` is of another class, or has other arguments.
        """
        self._check_other(other)
        self._add(other._counts())
        return self

    def result(self) -> tuple[int, float, float]:
        """Returns (modes, high_quality_fraction, kl), as `mode_coverage`.

        Raises:
            ValueError: If there has been no sample.
        """
        if not self.count:
            raise InputError("Mode coverage needs a sample. Call `update` first.")
        return coverage(self._counts())

    def _counts(self) -> ModeCounts:
        return ModeCounts(self.count, self.near, self.owned)

    def _add(self, more: ModeCounts) -> None:
        self.count += more.count
        self.near = self.near + more.near
        self.owned = self.owned + more.owned
