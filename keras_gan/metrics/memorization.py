"""Whether a generator copies its training data."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from keras_gan._checks import InputError
from keras_gan.metrics._distances import nearest
from keras_gan.metrics._features import check_pair_float64
from keras_gan.metrics._rank_test import mann_whitney

# The neighbour whose distance is the scale: near enough to see the same density, and
# far enough that an example may stand in the data four times.
_SCALE_NEIGHBOR = 5
# With fewer held-out examples nothing is said of what none of them shows.
_FEWEST_FOR_TAIL = 20
# Below this a probability is only as good as the model of the tail.
_SMALLEST_SHOWN = 1e-12


@dataclass(frozen=True, eq=False)
class Memorization:
    """What `memorization_test` finds.

    Attributes:
        p_value: The probability that the samples as a whole are this near to the
            training data, were they drawn like the held-out data.
        statistic: U of the rank test behind it: the pairs of a sample and a held-out
            example in which the sample is, relatively, the farther; ties as one half.
        nearer: The share of pairs in which it is the nearer, 1 − U/(M·N): 1/2 for data,
            1 for copies.
        ratios: `(M,)` how near each sample is: the distance to the nearest training
            example divided by that to the fifth.
        copy_p_value: The probability that the nearest few samples are this near, of
            which there are many to choose from.
        share: The share of samples that are suspected to be copies.
        samples: `(C,)` indices of those, the most suspicious first.
        neighbors: `(C,)` the index of the training example that each is nearest to.
        distances: `(C,)` how near they are.
        memorized: Whether either probability is below half of the level.
        verdict: The finding in one sentence.
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


def memorization_test(
    samples: ArrayLike, train: ArrayLike, test: ArrayLike, *, level: float = 0.01
) -> Memorization:
    """Tests whether samples are nearer to the training data than held-out data are.

    How near is the distance to the nearest training example divided by that to the
    fifth: a copy is near to one example alone. The plain distance would accuse every
    generator of plain examples, which are nearer to everything.

    Two questions are asked. Whether the samples on the whole are nearer than held-out
    examples: a rank test, free of assumptions. And whether a few of them are copies:
    the p-value of a sample is its rank among the held-out examples, or where it is
    nearer than all of them, the rest of a power law through the nearest, which is the
    law that such ratios follow. The p-value of all is Simes', the suspects are those
    of Benjamini and Hochberg: by mistake, on average less than a share `level` of them.

    Distances between pixels see copies and slight changes of them, no moved or
    repainted ones; give the features of a network to see more. Of a generator that
    draws few different samples the ranks say little: look at the pairs.

    Args:
        samples: `(M, D)` features of what the generator draws.
        train: `(K, D)` features of what it was trained on, whole.
        test: `(N, D)` features of data that it was not trained on; hundreds are needed
            to tell much.
        level: In (0, 1), how often the verdict may accuse an honest generator.

    Returns:
        The probabilities, the suspects and a verdict, see `Memorization`.

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
        verdict=_verdict(p_value, copy_p_value, len(suspects), len(ratios), level),
    )


def _ratios(squared: np.ndarray) -> np.ndarray:
    """Returns the nearest distance divided by the farthest: `(M,)` of `(M, k)`."""
    farthest = squared[:, -1]
    return np.sqrt(squared[:, 0] / np.where(farthest > 0, farthest, 1.0))


def _p_values(ratios: np.ndarray, usual: np.ndarray, dimension: int) -> np.ndarray:
    """Returns the probability of one as small as each of `ratios`, `(M,)`.

    Below u, the (k + 1)-th smallest of the N usual ones, let P(ratio < r) fall like
    r^α. Then log(u/r) is exponential with rate α; and where S is the sum of those of
    the k smallest, a new one exceeds t with probability (1 + t/S)^−k, whatever α is.
    """
    count, usual = len(usual), np.sort(usual)
    p_values = (1 + np.searchsorted(usual, ratios, side="right")) / (count + 1)
    beyond = ratios < usual[0]
    if count < _FEWEST_FOR_TAIL or not beyond.any():
        return p_values
    k = round(math.sqrt(count))
    limit = usual[k]
    with np.errstate(divide="ignore"):  # a copy is infinitely far out
        further = np.log(limit) - np.log(ratios[beyond])
    # No density in D dimensions falls faster than r^D; equal ratios would seem to.
    total = max(np.log(limit / usual[:k]).sum(), k / dimension)
    tail = (k + 1) / (count + 1) * (1.0 + further / total) ** -k
    p_values[beyond] = np.minimum(tail, p_values[beyond])
    return p_values


def _adjust(p_values: np.ndarray) -> np.ndarray:
    """Returns p-values adjusted for their number, by Benjamini and Hochberg (1995).

    The smallest is Simes' p-value of all.
    """
    order = np.argsort(p_values, kind="stable")
    count = len(p_values)
    scaled = p_values[order] * count / np.arange(1, count + 1)
    adjusted = np.empty(count)
    adjusted[order] = np.minimum.accumulate(scaled[::-1])[::-1]
    return np.minimum(adjusted, 1.0)


def _verdict(
    p_value: float, copy_p_value: float, suspects: int, count: int, level: float
) -> str:
    """The finding in words."""
    found = []
    if copy_p_value < level / 2:
        found.append(
            f"{suspects} of {count} samples are too near to one training image to be "
            f"new ({_shown(copy_p_value)})"
        )
    if p_value < level / 2:
        found.append(
            "as a whole the samples are nearer to the training images than held-out "
            f"images are ({_shown(p_value)})"
        )
    if found:
        return f"Signs of copying: {', and '.join(found)}."
    if p_value > 1 - level / 2:
        return (
            "No sign of copying: the samples are farther from the training images than "
            "held-out images are."
        )
    return (
        "No sign of copying: the samples are no nearer to the training images than "
        f"held-out images are ({_shown(p_value)})."
    )


def _shown(p_value: float) -> str:
    """A probability with two digits."""
    if p_value < _SMALLEST_SHOWN:
        return f"p < {_SMALLEST_SHOWN:g}"
    return f"p = {p_value:.2g}"
