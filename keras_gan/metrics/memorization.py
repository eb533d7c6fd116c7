"""A test whether samples are copies of training data."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from keras_gan._checks import InputError
from keras_gan.metrics._distances import nearest
from keras_gan.metrics._features import check_pair_float64
from keras_gan.metrics._rank_test import mann_whitney
from keras_gan.metrics.verdicts import FEWEST_FOR_TAIL, copies_verdict
from keras_gan.notebooks.tables import html_table

# The distance to the nearest example is divided by that to this neighbour. It is near
# enough to lie where the density is the same, and far enough for the test to work if an
# example stands in the data four times.
_SCALE_NEIGHBOR = 5


@dataclass(frozen=True, eq=False, repr=False)
class Memorization:
    """The findings of `memorization_test`.

    Attributes:
        p_value: The probability that the samples as a whole are this near to the
            training data if they are drawn like the held-out data.
        statistic: U of the rank test that gives `p_value`: the number of pairs of a
            sample and a held-out example in which the sample has the larger ratio (see
            `ratios`); ties count one half.
        nearer: The share of pairs in which the sample has the smaller ratio,
            1 − U/(M·N): 1/2 for data, 1 for copies.
        ratios: `(M,)` for each sample the distance to the nearest training example
            divided by that to the fifth nearest.
        copy_p_value: The probability that the nearest few samples are this near,
            adjusted for the number of samples.
        share: The share of samples that are suspected to be copies, from 0 to 1.
        samples: `(C,)` indices of the suspects, the most suspicious first.
        neighbors: `(C,)` index of the training example nearest to each suspect.
        distances: `(C,)` distance of each suspect to that example.
        memorized: Whether either probability is below half of the level.
        verdict: The finding in a sentence or two.
    """

    p_value: float
    statistic: float
    nearer: float
    ratios: np.ndarray
    copy_p_value: float
    share: float
    samples: np.ndarray
    neighbors: np.ndarray
    distances: np.ndarray
    memorized: bool
    verdict: str

    def __repr__(self) -> str:
        return f"Memorization({self.verdict})"

    def _repr_html_(self) -> str:
        """Returns the findings as a table for notebooks."""
        rows = [
            ("p-value, all samples", self.p_value),
            ("p-value, a few copies", self.copy_p_value),
            ("nearer than held-out data", f"{self.nearer:.1%}"),
            ("suspected copies", f"{self.share:.1%}"),
        ]
        return html_table(rows, notes=[self.verdict])


def memorization_test(
    samples: ArrayLike, train: ArrayLike, test: ArrayLike, *, level: float = 0.01
) -> Memorization:
    """Tests whether samples are nearer to the training data than held-out data are.

    Nearness is measured by a ratio: the distance to the nearest training example
    divided by that to the fifth nearest. A copy is near to one example alone. The
    distance by itself would accuse every generator of plain examples, because plain
    examples are near to everything.

    The test has two parts. A rank test, free of assumptions, tells whether the samples
    as a whole are nearer than held-out examples. Then a p-value of each sample tells
    whether it is a copy: its rank among the held-out examples or, if it is nearer than
    all of them, the tail of a power law through the nearest ones, because such ratios
    follow a power law. Simes' method makes one p-value of all. The method of Benjamini
    and Hochberg chooses the suspects: on average less than a share `level` of them is
    innocent.

    Distances between pixels show copies and slight changes of them, but not moved or
    repainted copies; give the features of a network to find those. If a generator draws
    few different samples, the ranks say little: look at the pairs.

    Args:
        samples: `(M, D)` features of what the generator draws.
        train: `(K, D)` features of what it was trained on, whole.
        test: `(N, D)` features of data that it was not trained on; hundreds are needed
            to tell much.
        level: The probability in (0, 1) with which an honest generator may be accused.

    Returns:
        The probabilities, the suspects and a verdict; see `Memorization`.

    Raises:
        ValueError: If the features are not finite `(N, D)` or of unequal D, if all of
            `test` is in `train`, or `level` is not in (0, 1).

    Example:
        >>> rng = np.random.default_rng(0)
        >>> train, test = rng.normal(size=(500, 8)), rng.normal(size=(100, 8))
        >>> samples = np.concatenate([rng.normal(size=(99, 8)), train[[42]]])
        >>> found = memorization_test(samples, train, test)
        >>> found.samples, found.neighbors, found.p_value > 0.05
        (array([99]), array([42]), True)

    Source: Meehan, Chaudhuri & Dasgupta, "A Non-Parametric Test to Detect Data-Copying
        in Generative Models", 2020, here in a single cell; for the ratio Carlini et
        al., "Extracting Training Data from Diffusion Models", 2023; for its law Facco
        et al., "Estimating the Intrinsic Dimension of Datasets by a Minimal
        Neighborhood Information", 2017; for the tail Hill, "A Simple General Approach
        to Inference About the Tail of a Distribution", 1975; for the p-values Bates et
        al., "Testing for Outliers with Conformal p-values", 2023, and Simes, "An
        Improved Bonferroni Procedure for Multiple Tests of Significance", 1986.
    """
    if not 0.0 < level < 1.0:
        raise InputError(f"`level` must be in (0, 1), such as 0.01; got {level!r}.")
    drawn, known = check_pair_float64(("samples", "train"), samples, train)
    held_out, known = check_pair_float64(("test", "train"), test, known)
    k = min(_SCALE_NEIGHBOR, len(known))
    indices, squared = nearest(drawn, known, k)
    _, usual = nearest(held_out, known, k)
    if not usual[:, 0].any():
        raise InputError(
            "`test` must be held out; all of its rows are in `train`, with which they "
            "cannot be compared."
        )
    ratios, usual = _ratios(squared), _ratios(usual)
    statistic, p_value = mann_whitney(ratios, usual)
    adjusted = _adjust(_p_values(ratios, usual, known.shape[1]))
    order = np.argsort(ratios, kind="stable")
    suspects = order[: np.count_nonzero(adjusted < level / 2)]
    copy_p_value = float(adjusted.min())
    return Memorization(
        p_value=p_value,
        statistic=statistic,
        nearer=1.0 - statistic / (len(ratios) * len(usual)),
        ratios=ratios,
        copy_p_value=copy_p_value,
        share=len(suspects) / len(ratios),
        samples=suspects,
        neighbors=indices[suspects, 0],
        distances=np.sqrt(squared[suspects, 0]),
        memorized=min(p_value, copy_p_value) < level / 2,
        verdict=copies_verdict(
            p_value,
            copy_p_value,
            suspects=len(suspects),
            count=len(ratios),
            held_out=len(usual),
            level=level,
        ),
    )


def _ratios(squared: np.ndarray) -> np.ndarray:
    """Returns the nearest distance divided by the farthest: `(M,)` of `(M, k)`."""
    farthest = squared[:, -1]
    return np.sqrt(squared[:, 0] / np.where(farthest > 0, farthest, 1.0))


def _p_values(ratios: np.ndarray, usual: np.ndarray, dimension: int) -> np.ndarray:
    """Returns the probability of a ratio as small as each of `ratios`, `(M,)`.

    Below u, the (k + 1)-th smallest of the N usual ratios, let P(ratio < r) fall like
    r^α. Then log(u/r) is exponential with rate α. If S is the sum of log(u/r) over the
    k smallest, the log(u/r) of a new ratio exceeds t with probability (1 + t/S)^−k,
    whatever α.
    """
    count, usual = len(usual), np.sort(usual)
    p_values = (1 + np.searchsorted(usual, ratios, side="right")) / (count + 1)
    beyond = ratios < usual[0]
    if count < FEWEST_FOR_TAIL or not beyond.any():
        return p_values
    k = round(math.sqrt(count))
    limit = usual[k]
    with np.errstate(divide="ignore"):  # a copy is infinitely far out
        further = np.log(limit) - np.log(ratios[beyond])
    # In D dimensions the law cannot fall faster than r^D. Equal ratios, whose sum is
    # zero, would suggest that it does.
    total = max(np.log(limit / usual[:k]).sum(), k / dimension)
    tail = (k + 1) / (count + 1) * (1.0 + further / total) ** -k
    p_values[beyond] = np.minimum(tail, p_values[beyond])
    return p_values


def _adjust(p_values: np.ndarray) -> np.ndarray:
    """Returns p-values adjusted for their number, by Benjamini and Hochberg (1995).

    The smallest of them is Simes' p-value of all.
    """
    order = np.argsort(p_values, kind="stable")
    count = len(p_values)
    scaled = p_values[order] * count / np.arange(1, count + 1)
    adjusted = np.empty(count)
    adjusted[order] = np.minimum.accumulate(scaled[::-1])[::-1]
    return np.minimum(adjusted, 1.0)
