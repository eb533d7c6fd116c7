"""The streaming twins, what they are fed, and the one-shot values they must equal."""

import inspect
from collections.abc import Callable
from itertools import cycle
from typing import Any, NamedTuple

import numpy as np

from keras_gan import metrics

RNG = np.random.default_rng(7)
REAL = RNG.normal(1e3, 1.0, (137, 9)).astype(np.float32)
FAKE = RNG.normal(1e3 + 0.5, 1.5, (120, 9)).astype(np.float32)
LOGITS = RNG.normal(0.0, 2.0, (137, 6))
PROBABILITIES = np.exp(LOGITS) / np.exp(LOGITS).sum(axis=1, keepdims=True)
POINTS, CENTRES = RNG.uniform(size=(20, 5)), RNG.uniform(size=(137, 5))
RING = np.array([[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0], [0.0, -1.0]])
SAMPLES = RING[RNG.integers(0, 3, 137)] + RNG.normal(0.0, 0.05, (137, 2))
SIZE = 137


class Case(NamedTuple):
    """A twin, all rows of its stream, its value, and the function's value."""

    make: Callable[[], Any]
    rows: np.ndarray
    value: Callable[[Any], Any]
    one_shot: Callable[[], Any]


def result(twin):
    return twin.result()


def of_features(function):
    return lambda twin: function(REAL, twin.result())


def mean_and_error():
    values = metrics.parzen_log_likelihood(CENTRES, POINTS, 0.3)
    return values.mean(), values.std(ddof=1) / np.sqrt(len(values))


def gathered_real():
    twin = metrics.FrechetStatistics()
    twin.update(REAL)
    return twin


CASES = {
    "frechet": Case(
        metrics.FrechetStatistics,
        FAKE,
        lambda twin: gathered_real().distance(twin),
        lambda: metrics.frechet_distance(REAL, FAKE),
    ),
    "inception": Case(
        lambda: metrics.InceptionScoreStatistics(total=SIZE, splits=10),
        PROBABILITIES,
        result,
        lambda: metrics.inception_score(PROBABILITIES, 10),
    ),
    "inception_one_split": Case(
        lambda: metrics.InceptionScoreStatistics(splits=1),
        PROBABILITIES,
        result,
        lambda: metrics.inception_score(PROBABILITIES, 1),
    ),
    "parzen_density": Case(
        lambda: metrics.ParzenDensityStatistics(POINTS, 0.2),
        CENTRES,
        result,
        lambda: metrics.parzen_log_likelihood(POINTS, CENTRES, 0.2),
    ),
    "parzen_mean": Case(
        lambda: metrics.ParzenMeanStatistics(POINTS, 0.3),
        CENTRES,
        result,
        mean_and_error,
    ),
    "modes": Case(
        lambda: metrics.ModeCoverageStatistics(RING, 0.05),
        SAMPLES,
        result,
        lambda: metrics.mode_coverage(SAMPLES, RING, 0.05),
    ),
    "all_features": Case(
        metrics.FeatureReservoir, FAKE, result, lambda: FAKE.astype(np.float64)
    ),
    "kernel": Case(
        metrics.FeatureReservoir,
        FAKE,
        of_features(metrics.kernel_distance),
        lambda: metrics.kernel_distance(REAL, FAKE),
    ),
    "precision_recall": Case(
        metrics.FeatureReservoir,
        FAKE,
        of_features(metrics.precision_recall),
        lambda: metrics.precision_recall(REAL, FAKE),
    ),
    "sliced": Case(
        metrics.FeatureReservoir,
        FAKE,
        of_features(metrics.sliced_wasserstein),
        lambda: metrics.sliced_wasserstein(REAL, FAKE),
    ),
    "reservoir": Case(
        lambda: metrics.FeatureReservoir(capacity=30, seed=5),
        FAKE,
        result,
        lambda: whole_reservoir().result(),
    ),
}


def whole_reservoir():
    twin = metrics.FeatureReservoir(capacity=30, seed=5)
    twin.update(FAKE)
    return twin


def assert_equal(value, expected):
    """1e-10 relative, for numbers, tuples of numbers and arrays."""
    np.testing.assert_allclose(value, expected, rtol=1e-10, atol=1e-300)


def cut(rows, sizes):
    """Batches of these sizes, over and over, and what is left."""
    parts, start = [], 0
    for size in cycle(sizes):
        if start >= len(rows):
            return parts
        parts.append(rows[start : start + size])
        start += size
    return parts


def position_of(twin, start):
    """The argument that tells a twin the place of a batch, if it wants one."""
    wants = "position" in inspect.signature(twin.update).parameters
    return {"position": start} if wants else {}


def count(index, folder):
    """Counts every second batch, and writes the state to a file."""
    for name, case in CASES.items():
        twin, start = case.make(), 0
        for i, part in enumerate(cut(case.rows, (13, 4, 20))):
            if i % 2 == index:
                twin.update(part, **position_of(twin, start))
            start += len(part)
        np.savez(folder / f"{name}-{index}.npz", **twin.state())


def merge(folder):
    """Reads the files of both counts, and writes the state of the whole."""
    for name, case in CASES.items():
        merged = case.make()
        for index in (1, 0):
            with np.load(folder / f"{name}-{index}.npz", allow_pickle=False) as state:
                merged.merge(type(merged).from_state(state))
        np.savez(folder / f"{name}.npz", **merged.state())
