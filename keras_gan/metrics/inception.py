"""The Inception score, from a classifier's probabilities."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike

from keras_gan._checks import InputError, check_positive_int
from keras_gan.metrics._features import check_features

_TOLERANCE = 1e-3  # what a float16 softmax sums to, at worst


def inception_score(probabilities: ArrayLike, splits: int = 10) -> tuple[float, float]:
    """Returns the mean and standard deviation over splits of exp E KL(p(y|x) ‖ p(y)).

    High when each sample is clearly of one class and all classes are drawn. The
    samples are cut into consecutive splits, each with its own p(y): shuffle them first
    if they are ordered.

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
    return (
        p / sums
    )  # a softmax in half precision is off by more than the score's digits


def split_bounds(count: int, splits: int) -> list[int]:
    """Returns where the consecutive splits of so many rows begin, and the end."""
    return [split * count // splits for split in range(splits + 1)]


def _score(p: np.ndarray) -> float:
    marginal = p.mean(axis=0)
    ratio = np.divide(p, marginal, out=np.ones_like(p), where=p > 0)  # 0 log 0 = 0
    divergence = float((p * np.log(ratio)).sum() / len(p))
    return math.exp(max(divergence, 0.0))  # equal rows may fall below it by rounding
