"""Whether numbers are smaller than others: Mann and Whitney's test, one-sided.

Source: Mann & Whitney, "On a Test of Whether one of Two Random Variables is
    Stochastically Larger than the Other", 1947; ties as in Lehmann, "Nonparametrics",
    1975, §1.4.
"""

from __future__ import annotations

import math

import numpy as np

# Additions that the exact distribution may take: a twentieth of a second.
_EXACT_WORK = 5e7


def mann_whitney(first: np.ndarray, second: np.ndarray) -> tuple[float, float]:
    """Returns U and the probability of one as small, were all from one distribution.

    U counts the pairs in which the number of `first` is the greater, ties as one half.
    Its distribution is exact where that is quickly counted, ties or not, and else the
    normal approximation with corrections for ties and for continuity.

    Args:
        first: `(M,)` numbers.
        second: `(N,)` numbers.
    """
    m, n = len(first), len(second)
    _, inverse, counts = np.unique(
        np.concatenate([first, second]), return_inverse=True, return_counts=True
    )
    # Twice the mean rank of the tied is a whole number: their first rank plus the last.
    ranks = (2 * np.cumsum(counts) - counts + 1)[inverse]
    u = float(ranks[:m].sum() / 2 - m * (m + 1) / 2)
    fewer = min(m, n)
    largest = int(np.sort(ranks)[-fewer:].sum())
    if float(largest) * fewer * (m + n) <= _EXACT_WORK:
        sums = _subset_sums(ranks, fewer, largest)
        rank_sum = int(ranks[:m].sum() if m <= n else ranks[m:].sum())
        tail = sums[: rank_sum + 1] if m <= n else sums[rank_sum:]
        return u, min(1.0, float(tail.sum() / sums.sum()))
    ties = np.sum(counts.astype(np.float64) ** 3 - counts)
    variance = m * n / 12 * (m + n + 1 - ties / ((m + n) * (m + n - 1)))
    if variance <= 0:  # all are tied
        return u, 1.0
    z = (u - m * n / 2 + 0.5) / math.sqrt(variance)
    return u, math.erfc(-z / math.sqrt(2)) / 2


def _subset_sums(ranks: np.ndarray, size: int, largest: int) -> np.ndarray:
    """Returns how many subsets of `size` ranks have the sum 0, 1, ..., `largest`."""
    counts = np.zeros((size + 1, largest + 1))
    counts[0, 0] = 1.0
    for rank in ranks:
        counts[1:, rank:] += counts[:-1, : largest + 1 - rank]
    return counts[size]
