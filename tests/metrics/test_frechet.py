"""The Fréchet distance: closed forms, scipy, and covariances without an inverse."""

import numpy as np
import pytest
from scipy import linalg

from keras_gan.metrics import _moments, frechet_distance


def features_with(mean, variances, *, samples=50, rotation=None, seed=0):
    """Features whose sample mean and covariance are exactly those given."""
    raw = np.random.default_rng(seed).normal(size=(samples, len(mean)))
    raw -= raw.mean(axis=0)
    white = raw @ np.linalg.inv(np.linalg.cholesky(np.cov(raw, rowvar=False))).T
    scaled = white * np.sqrt(variances)
    return mean + (scaled if rotation is None else scaled @ rotation)


def by_singular_values(real, fake):
    """From the centred samples: tr (Σ₁^½Σ₂Σ₁^½)^½ is the nuclear norm of X Yᵀ."""
    x = (real - real.mean(axis=0)) / np.sqrt(len(real) - 1)
    y = (fake - fake.mean(axis=0)) / np.sqrt(len(fake) - 1)
    shift = np.sum((real.mean(axis=0) - fake.mean(axis=0)) ** 2)
    return shift + (x**2).sum() + (y**2).sum() - 2 * np.linalg.norm(x @ y.T, "nuc")


def by_sqrtm(real, fake):
    """The formula as written, with scipy's matrix square root."""
    one, other = np.cov(real, rowvar=False), np.cov(fake, rowvar=False)
    root = linalg.sqrtm(one)
    cross = np.trace(linalg.sqrtm(root @ other @ root)).real
    shift = np.sum((real.mean(axis=0) - fake.mean(axis=0)) ** 2)
    return shift + np.trace(one) + np.trace(other) - 2 * cross


def test_gaussians_with_common_axes_have_the_closed_form():
    mean, variances = np.array([1.0, -2.0, 0.5]), np.array([1.0, 4.0, 9.0])
    other_mean, other_variances = np.array([0.0, 1.0, 0.5]), np.array([2.0, 0.25, 9.0])
    rotation = linalg.qr(np.arange(9.0).reshape(3, 3) ** 2 + np.eye(3))[0]
    real = features_with(mean, variances, rotation=rotation)
    fake = features_with(other_mean, other_variances, rotation=rotation, seed=1)
    expected = np.sum((mean - other_mean) ** 2) + np.sum(
        (np.sqrt(variances) - np.sqrt(other_variances)) ** 2
    )
    assert frechet_distance(real, fake) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("dimension", [2, 17, 64])
def test_it_equals_the_formula_with_scipys_matrix_square_root(dimension):
    rng = np.random.default_rng(dimension)
    mixing = rng.normal(size=(dimension, dimension))
    real = rng.normal(size=(500, dimension))
    fake = rng.normal(0.2, 1.0, (400, dimension)) @ mixing
    expected = by_sqrtm(real, fake)
    assert frechet_distance(real, fake) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(
    ("n", "m", "dimension"), [(2, 2, 2), (2, 3, 100), (40, 30, 150), (20, 500, 64)]
)
@pytest.mark.parametrize("mean", [0.0, 1e4])
def test_fewer_samples_than_dimensions_lose_no_digits(n, m, dimension, mean):
    rng = np.random.default_rng(n)
    real = rng.normal(mean, 1.0, (n, dimension)).astype(np.float32)
    fake = rng.normal(mean, 1.5, (m, dimension)).astype(np.float32)
    expected = by_singular_values(real.astype(np.float64), fake.astype(np.float64))
    assert frechet_distance(real, fake) == pytest.approx(expected, rel=1e-10)


def test_clouds_in_orthogonal_subspaces_are_their_variances_apart():
    real, fake = np.zeros((2, 30, 8))
    real[:, :3] = features_with(np.zeros(3), np.array([1.0, 2.0, 3.0]), samples=30)
    fake[:, 3:5] = features_with(np.zeros(2), np.array([5.0, 7.0]), samples=30)
    assert frechet_distance(real, fake) == pytest.approx(18.0, rel=1e-12)


@pytest.mark.parametrize("shape", [(2, 2), (3, 200), (200, 30), (64, 64)])
@pytest.mark.parametrize("mean", [0.0, 1e4])
@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e6])
def test_equal_sets_are_at_distance_zero_in_any_order(shape, mean, scale):
    rng = np.random.default_rng(0)
    features = (rng.normal(mean, 1.0, shape) * scale).astype(np.float32)
    assert frechet_distance(features, features) == 0.0
    shuffled = rng.permutation(features)
    distance = frechet_distance(features, shuffled)
    assert 0.0 <= distance <= 1e-20 * np.square(features, dtype=np.float64).sum()


def test_points_that_are_all_one_point_have_a_distance():
    real = np.full((10, 5), 3.0)
    assert frechet_distance(real, real) == 0.0
    assert frechet_distance(real, real + 2.0) == pytest.approx(20.0, rel=1e-12)
    fake = features_with(np.full(5, 3.0), np.arange(1.0, 6.0))
    assert frechet_distance(real, fake) == pytest.approx(15.0, rel=1e-12)


def test_it_is_symmetric_and_a_shift_adds_its_square():
    rng = np.random.default_rng(3)
    real, fake = rng.normal(size=(60, 10)), rng.gamma(2.0, size=(80, 10))
    assert frechet_distance(real, fake) == pytest.approx(frechet_distance(fake, real))
    shift = np.arange(10.0)
    assert frechet_distance(real, real + shift) == pytest.approx(285.0, rel=1e-12)


def test_moments_do_not_depend_on_the_size_of_the_chunks(monkeypatch):
    features = np.random.default_rng(4).normal(5.0, 1.0, (101, 7)).astype(np.float32)
    monkeypatch.setattr(_moments, "_CHUNK_ENTRIES", 7 * 10)
    count, mean, _, scatter = _moments.moments(features)
    exact = features.astype(np.float64)
    assert count == 101
    np.testing.assert_allclose(mean, exact.mean(axis=0), rtol=1e-14)
    covariance = np.cov(exact, rowvar=False)
    np.testing.assert_allclose(scatter / 100, covariance, rtol=1e-12)
