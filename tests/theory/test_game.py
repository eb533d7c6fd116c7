"""The 2014 theorems: closed forms, scipy's quadrature, and what D* and C(G) promise."""

from itertools import pairwise

import numpy as np
import pytest
from scipy import integrate, special, stats

from keras_gan import theory

LOG2, LOG4 = np.log(2.0), np.log(4.0)
REAL_LINE = (-np.inf, np.inf)


def normal(mean=0.0, std=1.0, support=REAL_LINE):
    return theory.Density(stats.norm(mean, std).pdf, support)


def uniform(low, high):
    height = 1.0 / (high - low)
    return theory.Density(lambda x: np.full(x.shape, height), (low, high))


def jsd_by_quadrature(p, q, low, high, points=()):
    """JSD from scipy's adaptive quadrature of relative entropies."""

    def integrand(x):
        a, b = p(x), q(x)
        return (special.rel_entr(a, (a + b) / 2) + special.rel_entr(b, (a + b) / 2)) / 2

    pieces = [low, *points, high]
    return sum(
        integrate.quad(integrand, start, stop, epsabs=1e-13, limit=200)[0]
        for start, stop in pairwise(pieces)
    )


def random_laws(seed, size=12):
    """Two random vectors, with zeros in one, in the other and in both."""
    p, q = np.random.default_rng(seed).dirichlet(np.ones(size), 2)
    p[[0, 1]] = 0.0
    q[[1, 2]] = 0.0
    return p / p.sum(), q / q.sum()


PAIRS = {
    "normals": lambda: (normal(0, 1), normal(1, 1)),
    "far normals": lambda: (normal(0, 1), normal(10, 1)),
    "narrow in wide": lambda: (normal(0, 0.01, (-0.2, 0.2)), normal(0, 3)),
    "uniforms": lambda: (uniform(0, 2), uniform(1, 4)),
    "disjoint": lambda: (uniform(0, 1), uniform(2, 3)),
    "normal and uniform": lambda: (normal(0, 1, (-9, 9)), uniform(-1, 2)),
    "heavy tails": lambda: (
        theory.Density(stats.cauchy.pdf, REAL_LINE),
        theory.Density(stats.laplace(1.3).pdf, REAL_LINE),
    ),
    "one-sided": lambda: (
        theory.Density(stats.expon.pdf, (0, np.inf)),
        theory.Density(stats.gamma(3.0).pdf, (0, np.inf)),
    ),
    "vectors": lambda: random_laws(0),
    "extreme vectors": lambda: ([1.0 - 1e-20, 1e-20, 0.0], [1e-300, 0.5, 0.5]),
}


@pytest.fixture(params=PAIRS)
def laws(request):
    return PAIRS[request.param]()


def test_optimal_discriminator_of_vectors_is_the_share_of_data():
    result = theory.optimal_discriminator([0.5, 0.2, 0.3, 0, 0], [0, 0.2, 0.6, 0.2, 0])
    np.testing.assert_allclose(result, [1.0, 0.5, 1 / 3, 0.0, 0.5], rtol=1e-15)


def test_optimal_discriminator_of_shifted_normals_is_a_sigmoid():
    # log p/q of N(0, 1) against N(1, 1) is ½ − x.
    optimum = theory.optimal_discriminator(normal(0), normal(1))
    x = np.linspace(-8, 8, 101)
    np.testing.assert_allclose(optimum(x), special.expit(0.5 - x), rtol=1e-12)
    assert optimum(np.zeros((3, 2))).shape == (3, 2)
    assert optimum(0.5) == pytest.approx(0.5)


def test_optimal_discriminator_knows_the_supports():
    optimum = theory.optimal_discriminator(uniform(0, 2), uniform(1, 4))
    x = np.array([-1.0, 0.5, 1.5, 3.0, 5.0])
    np.testing.assert_allclose(optimum(x), [0.5, 1.0, 0.6, 0.0, 0.5], rtol=1e-15)


def test_value_at_the_optimum_is_the_criterion(laws):
    optimum = theory.optimal_discriminator(*laws)
    expected = theory.generator_criterion(*laws)
    assert theory.value(optimum, *laws) == pytest.approx(expected, abs=1e-10)


def test_divergence_is_symmetric_and_between_zero_and_log_two(laws):
    p, q = laws
    divergence = theory.jensen_shannon(p, q)
    assert 0.0 < divergence <= LOG2
    assert theory.jensen_shannon(q, p) == pytest.approx(divergence, abs=1e-12)


def test_equal_laws_are_at_zero_and_the_criterion_at_minus_log_four(laws):
    for law in laws:
        assert theory.jensen_shannon(law, law) == 0.0
        assert theory.generator_criterion(law, law) == -LOG4


def test_laws_that_never_meet_are_at_log_two():
    assert theory.jensen_shannon([1, 0], [0, 1]) == pytest.approx(LOG2, rel=1e-15)
    assert theory.jensen_shannon([1.0 + 5e-7, 0.0], [0.0, 1.0]) <= LOG2
    disjoint = uniform(0, 1), uniform(2, 3)
    assert theory.jensen_shannon(*disjoint) == pytest.approx(LOG2, rel=1e-14)
    assert theory.generator_criterion(*disjoint) == pytest.approx(0.0, abs=1e-14)


@pytest.mark.parametrize("seed", range(5))
def test_divergence_of_vectors_equals_scipys(seed):
    p, q = random_laws(seed)
    middle = (p + q) / 2
    expected = (stats.entropy(p, middle) + stats.entropy(q, middle)) / 2
    assert theory.jensen_shannon(p, q) == pytest.approx(expected, rel=1e-14)


def test_divergence_keeps_its_digits_where_the_laws_are_near():
    # JSD = Σ (p − q)² / (8 m), up to the fourth power of the difference.
    rng = np.random.default_rng(0)
    q = rng.dirichlet(np.full(50, 5.0))
    step = 1e-6 * q * rng.normal(size=50)
    p = q + step - step.mean()
    expected = np.sum((p - q) ** 2 / (4 * (p + q)))
    assert theory.jensen_shannon(p, q) == pytest.approx(expected, rel=1e-7, abs=0)


def test_divergence_of_overlapping_uniforms_has_the_closed_form():
    # Halves overlap: m = p there, and m = p/2 on the other half.
    expected = LOG2 / 2
    divergence = theory.jensen_shannon(uniform(0, 2), uniform(1, 3))
    assert divergence == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("support", [REAL_LINE, (-11.0, 12.0)])
@pytest.mark.parametrize(("mean", "std"), [(1.0, 1.0), (0.0, 2.0), (0.3, 0.05)])
def test_divergence_of_normals_equals_scipys_quadrature(mean, std, support):
    if std == 2.0 and support != REAL_LINE:
        support = (-17.0, 17.0)
    p, q = stats.norm(0, 1).pdf, stats.norm(mean, std).pdf
    points = (mean - 8 * std, mean, mean + 8 * std)
    expected = jsd_by_quadrature(p, q, -30, 30, points)
    laws = theory.Density(p, support), theory.Density(q, support)
    assert theory.jensen_shannon(*laws) == pytest.approx(expected, abs=1e-10)


def test_value_is_the_expectation_of_the_two_logarithms():
    p, q = stats.norm(0, 1), stats.norm(1, 2)

    def discriminator(x):
        return special.expit(0.7 - 0.2 * x)

    expected = p.expect(lambda x: special.log_expit(0.7 - 0.2 * x), epsabs=1e-13)
    expected += q.expect(lambda x: special.log_expit(0.2 * x - 0.7), epsabs=1e-13)
    result = theory.value(discriminator, normal(0, 1), normal(1, 2))
    assert result == pytest.approx(expected, abs=1e-10)
    by_hand = 0.25 * np.log(0.9) + 0.75 * np.log(0.4) + 0.5 * np.log(0.1 * 0.6)
    result = theory.value([0.9, 0.4], [0.25, 0.75], [0.5, 0.5])
    assert result == pytest.approx(by_hand, rel=1e-14)


def test_value_of_an_undecided_discriminator_is_minus_log_four(laws):
    if isinstance(laws[0], theory.Density):
        half = theory.value(lambda x: np.full(x.shape, 0.5), *laws)
    else:
        half = theory.value(np.full(len(laws[0]), 0.5), *laws)
    assert half == pytest.approx(-LOG4, abs=1e-10)


@pytest.mark.parametrize("strength", [1e-3, 0.1, 1.0])
@pytest.mark.parametrize("seed", range(3))
def test_no_discriminator_has_a_larger_value_than_the_optimum(strength, seed):
    rng = np.random.default_rng(seed)
    p, q = rng.dirichlet(np.ones(10), 2)
    optimum = theory.optimal_discriminator(p, q)
    best = theory.value(optimum, p, q)
    moved = special.expit(special.logit(optimum) + strength * rng.normal(size=10))
    assert theory.value(moved, p, q) < best - 1e-3 * strength**2

    a, b, c = rng.normal(size=3)
    laws = normal(0, 1), normal(1, 1.5)
    optimum = theory.optimal_discriminator(*laws)

    def perturbed(x):
        shift = strength * (a + b * np.sin(x + c))
        return special.expit(special.logit(optimum(x).clip(1e-15, 1 - 1e-15)) + shift)

    best = theory.value(optimum, *laws)
    assert theory.value(perturbed, *laws) < best - 1e-3 * strength**2


def test_criterion_falls_to_minus_log_four_as_the_generator_nears_the_data():
    shifts = [4.0, 2.0, 1.0, 0.5, 0.1, 0.0]
    values = [theory.generator_criterion(normal(0), normal(shift)) for shift in shifts]
    assert all(np.diff(values) < 0)
    assert values[-1] == -LOG4


def test_a_discriminator_that_is_sure_and_wrong_has_value_minus_infinity():
    assert theory.value([1.0, 0.5], [0.5, 0.5], [0.1, 0.9]) == -np.inf
    assert theory.value([0.0, 0.5], [0.5, 0.5], [0.0, 1.0]) == -np.inf

    def step(x):
        return (x > 0).astype(float)

    assert theory.value(step, normal(0), normal(1)) == -np.inf
    # Sure and right is no error: 0 log 0 = 0.
    assert theory.value(step, uniform(0, 1), uniform(-1, 0)) == 0.0
    assert theory.value([1.0, 0.0], [1.0, 0.0], [0.0, 1.0]) == 0.0
