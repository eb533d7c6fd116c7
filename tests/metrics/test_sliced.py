"""The sliced Wasserstein distance: scipy on each line, closed forms, properties."""

import numpy as np
import pytest
from scipy import stats

from keras_gan.metrics import sliced_wasserstein, sliced_wasserstein_distance


def directions_of(count, dimension, seed=0):
    raw = np.random.default_rng(seed).standard_normal((count, dimension))
    return raw / np.linalg.norm(raw, axis=1, keepdims=True)


def by_repetition(real, fake, directions):
    """On each line, samples repeated to the product of both numbers, and sorted."""
    squares = []
    for direction in directions:
        x = np.sort(np.repeat(real @ direction, len(fake)))
        y = np.sort(np.repeat(fake @ direction, len(real)))
        squares.append(np.mean((x - y) ** 2))
    return np.sqrt(np.mean(squares))


@pytest.mark.parametrize(("n", "m"), [(1, 1), (1, 7), (20, 20), (12, 18), (31, 8)])
@pytest.mark.parametrize("block", [30, 1 << 22])
def test_it_equals_the_definition_for_unequal_numbers(n, m, block, monkeypatch):
    monkeypatch.setattr(sliced_wasserstein_distance, "_BLOCK_ENTRIES", block)
    rng = np.random.default_rng(n)
    real, fake = rng.normal(size=(n, 5)), rng.gamma(2.0, size=(m, 5))
    expected = by_repetition(real, fake, directions_of(9, 5, seed=3))
    value = sliced_wasserstein(real, fake, projections=9, seed=3)
    assert value == pytest.approx(expected, rel=1e-12)


def test_it_is_at_least_scipys_distance_of_order_one_on_a_line():
    # W₁ ≤ W₂, with equality for a shift.
    rng = np.random.default_rng(0)
    real, fake = rng.normal(size=(40, 1)), rng.normal(1.0, 2.0, (25, 1))
    first_order = stats.wasserstein_distance(real[:, 0], fake[:, 0])
    assert sliced_wasserstein(real, fake, 3) > first_order
    assert sliced_wasserstein(real, real + 2.5, 3) == pytest.approx(2.5, rel=1e-14)


def test_gaussians_have_the_closed_form_on_average_over_directions():
    # W₂² of N(δ·θ, 1) and N(0, s²) is (δ·θ)² + (1 − s)²; its mean is ‖δ‖²/D + (1 − s)².
    quantiles = stats.norm.ppf((np.arange(1000) + 0.5) / 1000)
    rng = np.random.default_rng(1)
    real = np.stack([rng.permutation(quantiles) for _ in range(6)], axis=1)
    shift = np.array([3.0, 0.0, 0.0, 4.0, 0.0, 0.0])
    value = sliced_wasserstein(real, 2.0 * real[::-1] + shift, projections=1000)
    assert value**2 == pytest.approx(25.0 / 6.0 + 1.0, rel=4 * np.sqrt(2.0 / 1000))


@pytest.mark.parametrize("mean", [0.0, 1e4])
def test_a_set_against_itself_is_at_distance_zero_in_any_order(mean):
    rng = np.random.default_rng(2)
    features = rng.normal(mean, 1.0, (50, 30)).astype(np.float32)
    assert sliced_wasserstein(features, features) == 0.0
    assert sliced_wasserstein(features, rng.permutation(features)) < 1e-12
    twice = np.repeat(features, 2, axis=0)
    assert sliced_wasserstein(features, twice) < 1e-12


def test_it_is_a_distance_for_fixed_directions():
    rng = np.random.default_rng(3)
    a, b, c = (rng.normal(i, 1.0 + i, (10 + 7 * i, 4)) for i in range(3))
    ab, ba = sliced_wasserstein(a, b), sliced_wasserstein(b, a)
    assert ab == pytest.approx(ba, rel=1e-12)
    assert ab <= sliced_wasserstein(a, c) + sliced_wasserstein(c, b)
    assert sliced_wasserstein(3 * a, 3 * b) == pytest.approx(3 * ab, rel=1e-12)
    assert sliced_wasserstein(a, b, seed=1) != ab
    assert sliced_wasserstein(a, b) == ab


def test_large_means_lose_no_digits():
    rng = np.random.default_rng(4)
    real, fake = rng.integers(-9, 10, (30, 6)), rng.integers(-9, 15, (20, 6))
    expected = sliced_wasserstein(real, fake)
    shifted = sliced_wasserstein(real + 10**8, fake + 10**8)
    assert shifted == pytest.approx(expected, rel=1e-12)
