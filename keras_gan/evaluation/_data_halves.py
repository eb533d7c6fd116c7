"""Splits data in two at random, to compare data with data as samples are compared."""

from __future__ import annotations

import dataclasses

import numpy as np

from keras_gan._checks import InputError
from keras_gan.evaluation._metrics_by_name import METRICS, Compared, Figures
from keras_gan.evaluation.extractor import Outputs


def counts_of_halves(total: int, real: int, fake: int) -> tuple[int, int]:
    """Returns how many examples to compare with how many, of `total` in all.

    Args:
        total: The number of examples.
        real: The number of examples that samples are compared with.
        fake: The number of samples.

    Returns:
        (real, fake) where there are so many examples; else smaller numbers that use all
        of them, halves if both sides want more.
    """
    second = min(fake, total // 2 if total < real + fake else fake)
    first = min(real, total - second)
    return first, min(fake, total - first)


def figures_of_halves(
    pool: Compared, counts: tuple[int, int], names: list[str]
) -> Figures:
    """Returns the figures of some of the data, taken as samples, against others.

    A metric that needs more examples is left out.

    Args:
        pool: All of the data, as data and as samples.
        counts: The numbers of examples to compare, from `counts_of_halves`.
        names: The names of the metrics.
    """
    order = np.random.default_rng(0).permutation(len(pool.images))
    first, second = order[: counts[0]], order[counts[0] : sum(counts)]
    halves = dataclasses.replace(
        pool,
        real=_rows(pool.real, first),
        fake=_rows(pool.fake, second),
        images=pool.images[first],
        samples=pool.samples[second],
    )
    figures: Figures = {}
    for name in names:
        try:
            found = METRICS[name](halves)
        except InputError:  # too few examples
            continue
        figures |= {figure: float(value) for figure, value in found.items()}
    return figures


def joined(first: Outputs, second: Outputs) -> Outputs:
    """Returns the outputs for two sets of images as those for one."""
    features = np.concatenate([first[0], second[0]])
    if first[1] is None or second[1] is None:
        return features, None
    return features, np.concatenate([first[1], second[1]])


def _rows(outputs: Outputs, rows: np.ndarray) -> Outputs:
    features, probabilities = outputs
    return features[rows], None if probabilities is None else probabilities[rows]
