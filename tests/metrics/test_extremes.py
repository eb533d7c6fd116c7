"""Finite and right from 2 to 32,768 samples and from 2 to 2,048 dimensions."""

import numpy as np
import pytest

from keras_gan import metrics

SIZES = [(2, 2), (2, 2048), (3, 64), (5, 2048), (300, 2), (40, 300)]
KINDS = ["plain", "float32 with large means", "duplicates", "one point", "singular"]


def make(kind, n, dimension, seed):
    rng = np.random.default_rng(seed)
    features = rng.normal(size=(n, dimension))
    if kind == "float32 with large means":
        return (features + 1e4).astype(np.float32)
    if kind == "duplicates":
        features = np.repeat(features[: n // 2 + 1], 2, axis=0)[:n]
    if kind == "one point":
        features[:] = features[0]
    if kind == "singular":
        features[:, 1:] = features[:, :1]
    return features


def assert_in_range(kind, other_kind, n, dimension):
    real, fake = make(kind, n, dimension, 0), make(other_kind, n, dimension, 1)
    k = min(3, n - 1)
    positive = {
        "frechet": metrics.frechet_distance(real, fake),
        "sliced": metrics.sliced_wasserstein(real, fake, projections=8),
        "density": metrics.density_coverage(real, fake, k)[0],
    }
    shares = [
        *metrics.precision_recall(real, fake, k),
        metrics.density_coverage(real, fake, k)[1],
        metrics.mode_coverage(fake, real[:20], 1.0)[1],
    ]
    assert all(0.0 <= value < np.inf for value in positive.values()), positive
    assert all(0.0 <= share <= 1.0 for share in shares), shares
    assert np.isfinite(metrics.kernel_distance(real, fake))
    assert np.isfinite(metrics.parzen_log_likelihood(fake[:9], real, 0.2)).all()
    if n > 4:
        interval = metrics.kernel_distance_interval(real, fake, 5, n // 8 + 2)
        assert np.isfinite(interval).all()
        assert interval.low <= interval.mean <= interval.high


@pytest.mark.parametrize(("n", "dimension"), SIZES)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("other_kind", ["plain", "one point"])
def test_every_metric_is_finite_and_in_its_range(kind, other_kind, n, dimension):
    assert_in_range(kind, other_kind, n, dimension)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "n", "dimension"), [("plain", 16384, 2), ("duplicates", 8192, 16)]
)
def test_every_metric_is_finite_and_in_its_range_with_many(kind, n, dimension):
    assert_in_range(kind, "plain", n, dimension)


@pytest.mark.slow
def test_the_moments_of_32768_samples_in_2048_dimensions_are_finite():
    real = np.random.default_rng(0).normal(size=(32768, 2048)).astype(np.float32)
    twin = metrics.FrechetStatistics()
    for start in range(0, len(real), 4096):
        twin.update(real[start : start + 4096])
    fake = metrics.FrechetStatistics()
    fake.update(real[:2000] + 0.5)
    # Σ of the few has rank 1,999; the shift alone is 2,048 · 0.5².
    distance = fake.distance(twin)
    assert 512.0 < distance < 512.0 + 2.0 * 2048
    assert twin.distance(twin) == 0.0


@pytest.mark.parametrize(("n", "dimension"), SIZES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_set_against_itself_scores_zero_or_one_exactly(kind, n, dimension):
    features = make(kind, n, dimension, 2)
    k = min(3, n - 1)
    assert metrics.frechet_distance(features, features) == 0.0
    assert metrics.sliced_wasserstein(features, features, 8) == 0.0
    assert metrics.precision_recall(features, features, k) == (1.0, 1.0)
    density, coverage = metrics.density_coverage(features, features, k)
    if kind in ("plain", "float32 with large means"):  # all distances differ
        assert (density, coverage) == (1.0, 1.0)
    if kind == "one point":  # an open ball of radius 0 holds nothing
        assert (density, coverage) == (0.0, 0.0)


def test_probabilities_that_are_all_equal_score_one_exactly():
    rng = np.random.default_rng(3)
    for classes in (2, 3, 1000):
        row = rng.gamma(1.0, size=classes)
        score = metrics.inception_score(np.tile(row / row.sum(), (77, 1)), splits=7)
        assert score[0] == pytest.approx(1.0, abs=1e-13)
        assert score[0] >= 1.0


@pytest.mark.parametrize("n", [2, 4096])
def test_extreme_probabilities_are_finite(n):
    rng = np.random.default_rng(n)
    p = rng.dirichlet(np.full(10, 0.01), n)  # with zeros and denormals
    p[0] = np.eye(10)[0]
    mean, std = metrics.inception_score(p, splits=2)
    assert 1.0 <= mean <= 10.0
    assert 0.0 <= std < 10.0
