"""Precision, recall, density, coverage: equal to brute force, ties included."""

import numpy as np
import pytest
from scipy.spatial import distance

from keras_gan.metrics import _distances, density_coverage, precision_recall

KINDS = ["gaussian", "lattice", "shifted lattice", "duplicates"]


def make_sets(kind, n, m, dimension):
    """Two sets; on lattices most distances tie, and integers make them exact."""
    rng = np.random.default_rng(n + dimension)
    if kind == "gaussian":
        return rng.normal(size=(n, dimension)), rng.normal(0.3, 0.8, (m, dimension))
    real, fake = rng.integers(0, 3, (n, dimension)), rng.integers(0, 4, (m, dimension))
    if kind == "duplicates":
        real[n // 2 :] = real[0]
        fake[m // 3 :] = real[0]
    return (real, fake) if kind == "lattice" else (real + 10**5, fake + 10**5)


def squared_distances(x, y):
    return ((x[:, None] - y[None]) ** 2).sum(axis=-1)


def radii(points, k):
    others = squared_distances(points, points).astype(float)
    np.fill_diagonal(others, np.inf)
    return np.sort(others, axis=1)[:, k - 1]


def brute_precision_recall(real, fake, k):
    between = squared_distances(real, fake)
    precision = (between <= radii(real, k)[:, None]).any(axis=0).mean()
    recall = (between <= radii(fake, k)[None]).any(axis=1).mean()
    return precision, recall


def brute_density_coverage(real, fake, k):
    inside = squared_distances(real, fake) < radii(real, k)[:, None]
    return inside.sum(axis=0).mean() / k, inside.any(axis=1).mean()


@pytest.mark.parametrize("block", [50, 1 << 22])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("n", "m", "dimension"), [(40, 30, 2), (25, 60, 8)])
@pytest.mark.parametrize("k", [1, 3, 5])
def test_they_equal_brute_force(kind, n, m, dimension, k, block, monkeypatch):
    monkeypatch.setattr(_distances, "_BLOCK_ENTRIES", block)
    real, fake = make_sets(kind, n, m, dimension)
    for ours, theirs in [
        (precision_recall, brute_precision_recall),
        (density_coverage, brute_density_coverage),
    ]:
        expected = theirs(real, fake, k)
        np.testing.assert_allclose(ours(real, fake, k), expected, rtol=1e-13)


def test_precision_is_of_fake_samples_and_recall_of_real_ones():
    rng = np.random.default_rng(0)
    real = rng.normal(size=(200, 2))
    collapsed = real[:1] + rng.normal(0.0, 1e-3, (200, 2))
    precision, recall = precision_recall(real, collapsed)
    assert precision > 0.95
    assert recall < 0.05
    scattered = rng.normal(0.0, 10.0, (200, 2))
    precision, recall = precision_recall(real, scattered)
    assert precision < 0.2
    assert recall > 0.8


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("mean", [0.0, 1e4])
@pytest.mark.parametrize("shape", [(6, 2), (50, 300), (300, 20)])
def test_a_set_against_itself_has_ones_throughout(shape, mean, dtype):
    rng = np.random.default_rng(1)
    features = rng.normal(mean, 1.0, shape).astype(dtype)
    for other in (features, rng.permutation(features)):
        assert precision_recall(features, other) == (1.0, 1.0)
        assert density_coverage(features, other) == (1.0, 1.0)


def test_a_generator_of_one_image_is_measured_exactly():
    real = np.random.default_rng(2).normal(size=(300, 30))
    fake = np.repeat(real[:1], 300, axis=0)
    # A ball holds real[0] where that is nearer than the ball's fifth neighbour.
    others = distance.cdist(real, real)
    inside = others[0] < np.sort(others, axis=1)[:, 5]
    assert precision_recall(real, fake) == (1.0, 1 / 300)
    expected = (inside.sum() / 5, inside.mean())
    np.testing.assert_allclose(density_coverage(real, fake), expected, rtol=1e-13)


def test_clusters_far_smaller_than_their_distance_are_resolved():
    # ‖x − y‖² is 1e-14 of ‖x‖² and less: below the rounding of a matrix product.
    rng = np.random.default_rng(3)
    centres = np.repeat(np.eye(4), 10, axis=0)
    real = centres + 2.0**-30 * rng.integers(0, 99, (40, 4))
    fake = centres + 2.0**-30 * rng.integers(50, 149, (40, 4))
    expected = brute_precision_recall(real, fake, 3)
    assert 0.0 < min(expected) <= max(expected) < 1.0
    assert precision_recall(real, fake) == expected
    expected = brute_density_coverage(real, fake, 5)
    np.testing.assert_allclose(density_coverage(real, fake), expected, rtol=1e-13)


def test_density_may_exceed_one_and_disjoint_sets_score_nothing():
    real = np.random.default_rng(4).normal(size=(100, 2))
    assert density_coverage(real, np.zeros((10, 2)))[0] > 1.0
    assert density_coverage(real, real + 1e3) == (0.0, 0.0)
    assert precision_recall(real, real + 1e3) == (0.0, 0.0)
