"""The kernel distance: equal to its definition, in exact arithmetic where it counts."""

from fractions import Fraction

import numpy as np
import pytest

from keras_gan.metrics import kernel, kernel_distance


def by_definition(real, fake):
    """Unbiased MMD² in rational arithmetic: exact for integer features."""

    def k(x, y):
        dot = sum(Fraction(int(a)) * int(b) for a, b in zip(x, y, strict=True))
        return (dot / len(x) + 1) ** 3

    def mean_within(points):
        pairs = [(x, y) for i, x in enumerate(points) for y in np.delete(points, i, 0)]
        return sum(k(x, y) for x, y in pairs) / len(pairs)

    between = sum(k(x, y) for x in real for y in fake) / (len(real) * len(fake))
    return mean_within(real) + mean_within(fake) - 2 * between


def in_float64(real, fake):
    def k(x, y):
        return (x @ y.T / x.shape[1] + 1) ** 3

    n, m = len(real), len(fake)
    within_real = k(real, real)[~np.eye(n, dtype=bool)].mean()
    within_fake = k(fake, fake)[~np.eye(m, dtype=bool)].mean()
    return within_real + within_fake - 2 * k(real, fake).mean()


@pytest.mark.parametrize(("n", "m", "dimension"), [(2, 2, 1), (30, 45, 16), (5, 9, 99)])
def test_it_equals_the_definition(n, m, dimension):
    rng = np.random.default_rng(n)
    real = rng.normal(size=(n, dimension))
    fake = rng.normal(0.5, 2.0, (m, dimension))
    expected = in_float64(real, fake)
    assert kernel_distance(real, fake) == pytest.approx(expected, rel=1e-11)


@pytest.mark.parametrize("mean", [0, 100, 10**6])
def test_large_means_lose_no_digits(mean):
    rng = np.random.default_rng(1)
    real = rng.integers(-9, 10, (7, 3)) + mean
    fake = rng.integers(-9, 15, (6, 3)) + mean
    expected = float(by_definition(real, fake))
    assert kernel_distance(real, fake) == pytest.approx(expected, rel=1e-9)


def test_a_set_against_itself_is_what_the_definition_says():
    points = np.random.default_rng(2).integers(-5, 6, (8, 4))
    expected = float(by_definition(points, points))
    assert expected < 0
    assert kernel_distance(points, points) == pytest.approx(expected, rel=1e-12)


def test_it_is_zero_on_average_for_equal_distributions_and_positive_otherwise():
    rng = np.random.default_rng(3)
    same = [kernel_distance(*rng.normal(size=(2, 10, 4))) for _ in range(400)]
    standard_error = np.std(same) / np.sqrt(len(same))
    assert abs(np.mean(same)) < 4 * standard_error
    far = kernel_distance(rng.normal(size=(50, 4)), rng.normal(2.0, 1.0, (50, 4)))
    assert far > 20 * np.std(same)


def test_blocks_do_not_change_the_value(monkeypatch):
    rng = np.random.default_rng(4)
    real, fake = rng.normal(size=(23, 6)), rng.normal(0.3, 1.0, (31, 6))
    monkeypatch.setattr(kernel, "_BLOCK_ENTRIES", 100)
    expected = in_float64(real, fake)
    assert kernel_distance(real, fake) == pytest.approx(expected, rel=1e-11)
