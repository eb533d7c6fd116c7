"""The Inception score of a classifier's probabilities, of whole arrays and batches."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from keras_gan._checks import InputError, check_positive_int
from keras_gan.metrics._features import check_features
from keras_gan.metrics._streaming import Streaming, check_position

_TOLERANCE = 1e-3  # the sum of a float16 softmax is off by this, at worst


def inception_score(probabilities: ArrayLike, splits: int = 10) -> tuple[float, float]:
    """Returns the mean and standard deviation over splits of exp E KL(p(y|x) ‖ p(y)).

    The score is high when each sample is clearly of one class and all classes are
    drawn. The samples are cut into consecutive splits, each with its own p(y): shuffle
    them first if they are ordered.

    Args:
        probabilities: `(N, classes)` p(y|x); each row sums to one.
        splits: How many parts, at most N.

    Returns:
        (mean, std), scores in [1, classes]; std divides by the number of splits.

    Raises:
        ValueError: If a row is no distribution, or there are fewer rows than splits.

    Example:
        >>> mean, std = inception_score(np.tile(np.eye(4), (5, 1)), splits=5)
        >>> round(mean, 9), round(std, 9)
        (4.0, 0.0)

    Source: Salimans et al., "Improved Techniques for Training GANs", 2016, §4.
    """
    splits = check_positive_int("splits", splits)
    p = check_probabilities(probabilities, minimum=splits)
    bounds = split_bounds(len(p), splits)
    scores = [_score(p[start:stop]) for start, stop in pairwise(bounds)]
    return float(np.mean(scores)), float(np.std(scores))


def check_probabilities(probabilities: ArrayLike, *, minimum: int) -> np.ndarray:
    """Returns at least `minimum` distributions as float64 rows that sum to one."""
    p = check_features("probabilities", probabilities, minimum=minimum)
    p = p.astype(np.float64)
    sums = p.sum(axis=1, keepdims=True)
    worst = np.abs(sums - 1.0).max(initial=0.0)
    if p.min(initial=0.0) < 0 or worst > _TOLERANCE:
        raise InputError(
            "`probabilities` must be >= 0 with rows that sum to one; got a minimum of "
            f"{p.min():g} and a sum off by {worst:g}. Pass the softmax of the logits."
        )
    # A softmax in half precision is off by more than the digits of the score.
    return p / sums


def split_bounds(count: int, splits: int) -> list[int]:
    """Returns where the consecutive splits of so many rows begin, and the end."""
    return [split * count // splits for split in range(splits + 1)]


def _score(p: np.ndarray) -> float:
    marginal = p.mean(axis=0)
    ratio = np.divide(p, marginal, out=np.ones_like(p), where=p > 0)  # 0 log 0 = 0
    divergence = float((p * np.log(ratio)).sum() / len(p))
    return math.exp(max(divergence, 0.0))  # rounding can make it negative


class InceptionScoreStatistics(Streaming):
    """The Inception score of probabilities that come in batches, in constant memory.

    Each row belongs to the split of its position in the whole stream, as if the
    complete stream had been cut. So the number of rows must be known beforehand, unless
    there is one split only. Each split keeps its count, Σ p and Σ p log p.

    Args:
        total: How many rows there will be, over all workers and replicas. None is
            enough for one split.
        splits: How many parts, at most `total`.

    Attributes:
        count: Rows so far.

    Raises:
        ValueError: If `total` is less than `splits`, or None with several splits.

    Example:
        >>> statistics = InceptionScoreStatistics(total=20, splits=5)
        >>> for batch in np.split(np.tile(np.eye(4), (5, 1)), [3, 10]):
        ...     statistics.update(batch)
        >>> mean, std = statistics.result()
        >>> round(mean, 9), round(std, 9)
        (4.0, 0.0)

    Source: Salimans et al., "Improved Techniques for Training GANs", 2016, §4.
    """

    _arguments = ("total", "splits")
    _sums = ("counts", "sums", "entropies", "position")

    def __init__(self, total: int | None = None, splits: int = 10) -> None:
        self.splits = check_positive_int("splits", splits)
        self.total = total
        if total is not None:
            self.total = check_positive_int("total", total, minimum=self.splits)
        elif self.splits > 1:
            raise InputError(
                "`total` must be the number of rows that will come, to cut them into "
                f"{splits} splits; got None. Pass it, or splits=1."
            )
        self.reset()

    @property
    def count(self) -> int:
        """Rows so far."""
        return int(self.counts.sum())

    def reset(self) -> None:
        """Forgets all batches."""
        self.position = 0  # the place of the next batch's first row
        self.counts = np.zeros(self.splits, np.int64)
        self.sums = np.zeros((self.splits, 0))
        self.entropies = np.zeros(self.splits)  # Σ p log p: minus the entropies

    def update(self, probabilities: ArrayLike, *, position: int | None = None) -> None:
        """Takes in `(B, classes)` probabilities; B may differ, and be 0.

        Args:
            probabilities: `(B, classes)` p(y|x); each row sums to one.
            position: The place of the first row in the whole stream, from 0, for a
                worker or replica that sees a part of it; by default after the batch
                before.

        Raises:
            ValueError: If a row is no distribution, or lies outside of the stream.
        """
        p = check_probabilities(probabilities, minimum=0)
        position = check_position(position, self.position)
        self._check_classes(p.shape[1])
        edges = np.clip(self._bounds() - position, 0, len(p))
        counts = self.counts + np.diff(edges)
        self._check_counts(counts, position + len(p))
        for split in np.flatnonzero(np.diff(edges)):
            part = p[edges[split] : edges[split + 1]]
            self.sums[split] += part.sum(axis=0)
            self.entropies[split] += _sum_p_log_p(part)
        self.counts, self.position = counts, position + len(p)

    def merge(self, other: InceptionScoreStatistics) -> Self:
        """Adds what `other` has seen, and returns itself.

        Args:
            other: An object of this class with the same arguments.

        Raises:
            ValueError: If `other` is of another class or has other arguments or
                classes, or both have seen rows at the same positions, as far as the
                counts tell.
        """
        self._check_other(other)
        if other.count:
            counts = self.counts + other.counts
            self._check_counts(counts, 0)
            self._check_classes(other.sums.shape[1])
            self.counts = counts
            self.sums = self.sums + other.sums
            self.entropies = self.entropies + other.entropies
            self.position = max(self.position, other.position)
        return self

    def result(self) -> tuple[float, float]:
        """Returns (mean, std) of the score over the splits, as `inception_score`.

        Raises:
            ValueError: If rows are missing.
        """
        expected = self.total or max(1, self.count)
        if self.count != expected:
            raise InputError(
                f"The score needs {expected} rows; got {self.count}. Call `update` "
                "with the rest, or say how many there are with `total`."
            )
        marginals = self.sums / self.counts[:, np.newaxis]
        logs = np.log(marginals, out=np.zeros_like(marginals), where=marginals > 0)
        divergences = self.entropies / self.counts - (marginals * logs).sum(axis=1)
        scores = np.exp(np.maximum(divergences, 0.0))
        return float(scores.mean()), float(scores.std())

    def _bounds(self) -> np.ndarray:
        end = np.iinfo(np.int64).max if self.total is None else self.total
        return np.array(split_bounds(end, self.splits))

    def _check_classes(self, classes: int) -> None:
        if not self.sums.shape[1]:
            self.sums = np.zeros((self.splits, classes))
        elif self.sums.shape[1] != classes:
            raise InputError(
                f"`probabilities` must have {self.sums.shape[1]} columns, as before; "
                f"got {classes}."
            )

    def _check_counts(self, counts: np.ndarray, end: int) -> None:
        if self.total is None:
            return
        if end > self.total:
            raise InputError(
                f"`position` must leave the rows within `total`={self.total}; got rows "
                f"up to {end}. Make it with the number of rows that come in all."
            )
        if (counts > np.diff(self._bounds())).any():
            raise InputError(
                f"`position` must differ for each row; got more rows in a split than "
                f"{self.total} in all leave for it. Give each worker its own."
            )


def _sum_p_log_p(p: np.ndarray) -> float:
    logs = np.log(p, out=np.zeros_like(p), where=p > 0)  # 0 log 0 = 0
    return float((p * logs).sum())
