"""The divergences of Theorem 1: closed forms, scipy, and the identity of C(G)."""

from itertools import pairwise

import numpy as np
import pytest
from scipy import integrate, special, stats

from keras_gan import theory
from keras_gan._checks import InputError

LOG2, LOG4 = np.log(2.0), np.log(4.0)


def normal(mean=0.0, std=1.0, support=(-np.inf, np.inf)):
    return theory.Density(stats.norm(mean, std).pdf, support)


def uniform(low, high):
    height = 1.0 / (high - low)
    return theory.Density(lambda x: np.full(x.shape, height), (low, high))


def vectors(seed=0, size=9):
    """Two random laws of which each has a point to itself."""
    p, q = np.random.default_rng(seed).dirichlet(np.ones(size), 2)
    p[0], q[-1] = 0.0, 0.0
    return p / p.sum(), q / q.sum()


PAIRS = {
    "vectors": vectors,
    "apart": lambda: ([1.0, 0.0], [0.0, 1.0]),
    "normals": lambda: (normal(0, 1), normal(1, 1)),
    "widths": lambda: (normal(0, 1), normal(0.5, 3)),
    "uniforms": lambda: (uniform(0, 2), uniform(1, 4)),
    "disjoint": lambda: (uniform(0, 1), uniform(2, 3)),
}


@pytest.fixture(params=PAIRS)
def laws(request):
    return PAIRS[request.param]()


def test_the_divergence_of_normals_has_the_closed_form():
    for mean, std in [(1.0, 1.0), (0.5, 2.0), (-3.0, 0.5)]:
        expected = np.log(std) + (1 + mean**2) / (2 * std**2) - 0.5
        result = theory.kullback_leibler(normal(0, 1), normal(mean, std))
        assert result == pytest.approx(expected, abs=1e-9)


def test_the_divergence_of_vectors_is_scipys_entropy():
    p, q = np.random.default_rng(1).dirichlet(np.ones(20), 2)
    assert theory.kullback_leibler(p, q) == pytest.approx(stats.entropy(p, q))
    assert theory.kullback_leibler(p, q) != pytest.approx(stats.entropy(q, p))


def test_the_divergence_of_uniforms_is_the_logarithm_of_their_ratio():
    narrow, wide = uniform(1, 2), uniform(0, 5)
    assert theory.kullback_leibler(narrow, wide) == pytest.approx(np.log(5), abs=1e-9)
    assert theory.kullback_leibler(wide, narrow) == np.inf


def test_the_divergence_is_zero_of_equals_and_infinite_where_a_point_is_missing(laws):
    for law in laws:
        assert theory.kullback_leibler(law, law) == pytest.approx(0.0, abs=1e-12)
    assert theory.kullback_leibler([0.5, 0.5], [1.0, 0.0]) == np.inf
    assert theory.kullback_leibler([1.0, 0.0], [0.5, 0.5]) == pytest.approx(LOG2)
    assert theory.kullback_leibler([1 - 1e-300, 1e-300], [1.0, 0.0]) == np.inf


def test_tails_that_round_to_zero_do_not_make_it_infinite():
    # Beyond 38 the second density is 0 in float64, and the first is 1e-36.
    result = theory.kullback_leibler(normal(0, 3), normal(0, 1))
    assert result == pytest.approx(-np.log(3) + 9 / 2 - 0.5, abs=1e-9)


def test_the_mixture_is_the_mean_of_both_and_a_law(laws):
    mean = theory.mixture(*laws)
    if isinstance(laws[0], theory.Density):
        x = np.linspace(-4, 6, 101)
        np.testing.assert_allclose(mean(x), (laws[0](x) + laws[1](x)) / 2, rtol=1e-15)
        low, high = mean.support
        assert low == min(law.support[0] for law in laws)
        assert high == max(law.support[1] for law in laws)
    else:
        np.testing.assert_allclose(mean, np.add(*laws) / 2, rtol=1e-15)


def test_the_criterion_is_written_with_the_mixture_in_both_divergences(laws):
    p, q = laws
    m = theory.mixture(p, q)
    apart = theory.kullback_leibler(p, m) + theory.kullback_leibler(q, m)
    criterion = theory.generator_criterion(p, q)
    assert criterion == pytest.approx(-LOG4 + apart, abs=1e-9)
    expected = -LOG4 + 2 * theory.jensen_shannon(p, q)
    assert criterion == pytest.approx(expected, abs=1e-12)
    assert theory.value(theory.optimal_discriminator(p, q), p, q) == pytest.approx(
        criterion, abs=1e-9
    )


def test_without_the_mixtures_it_is_another_number(laws):
    p, q = laws
    slide = -LOG4 + theory.kullback_leibler(p, q) + theory.kullback_leibler(q, p)
    assert slide > theory.generator_criterion(p, q) + 0.1
    # Of N(0, 1) and N(1, 1) each is 1/2, and C(G) is no larger than 0 ever.
    assert theory.kullback_leibler(normal(0), normal(1)) == pytest.approx(0.5, abs=1e-9)
    assert theory.kullback_leibler([1.0, 0.0], [0.0, 1.0]) == np.inf
    assert theory.generator_criterion([1.0, 0.0], [0.0, 1.0]) == pytest.approx(0.0)


def by_quadrature(p, q, points):
    """C(G) as scipy's quadrature of eq. 4, E log D* + E log(1 − D*)."""

    def integrand(x):
        a, b = p(x), q(x)
        return special.xlogy(a, a / (a + b)) + special.xlogy(b, b / (a + b))

    return sum(
        integrate.quad(integrand, start, stop, epsabs=1e-12, limit=200)[0]
        for start, stop in pairwise(points)
    )


def test_the_criterion_falls_to_minus_log_four_as_p_g_nears_p_data():
    p = stats.norm(0, 1).pdf
    values = []
    for share in (1.0, 0.7, 0.4, 0.2, 0.1, 0.03, 0.01):
        q = stats.norm(3 * share, 1 + share).pdf
        result = theory.generator_criterion(normal(0, 1), normal(3 * share, 1 + share))
        expected = by_quadrature(p, q, (-12, 0, 3 * share, 9, 20))
        assert result == pytest.approx(expected, abs=1e-6)
        values.append(result)
    assert (np.diff(values) < 0).all()
    assert -LOG4 < values[-1] < -LOG4 + 1e-3
    assert theory.generator_criterion(normal(0, 1), normal(0, 1)) == -LOG4


def test_closed_forms_of_overlapping_uniforms():
    # p = 1/2 on [0, 2], q = 1/3 on [1, 4]: D* is 1, 3/5 and 0 from left to right.
    p, q = uniform(0, 2), uniform(1, 4)
    expected = 0.5 * np.log(3 / 5) + np.log(2 / 5) / 3
    assert theory.generator_criterion(p, q) == pytest.approx(expected, abs=1e-9)
    divergence = (expected + LOG4) / 2
    assert theory.jensen_shannon(p, q) == pytest.approx(divergence, abs=1e-9)
    optimum = theory.optimal_discriminator(p, q)
    np.testing.assert_allclose(optimum(np.array([0.5, 1.5, 3])), [1, 0.6, 0])


def test_the_value_is_the_sum_of_its_integrand_which_is_greatest_at_the_optimum():
    p, q = vectors(3)
    rng = np.random.default_rng(0)
    best = theory.pointwise_value(theory.optimal_discriminator(p, q), p, q)
    for _ in range(20):
        d = rng.uniform(0.01, 0.99, len(p))
        terms = theory.pointwise_value(d, p, q)
        assert (terms <= best + 1e-15).all()
        assert terms.sum() == pytest.approx(theory.value(d, p, q), abs=1e-14)
        np.testing.assert_allclose(terms, p * np.log(d) + q * np.log(1 - d))
    integrand = theory.pointwise_value(
        lambda x: special.expit(0.3 * x), normal(0), normal(1)
    )
    x = np.array([-1.0, 0.5])
    expected = stats.norm.pdf(x) * special.log_expit(0.3 * x)
    expected += stats.norm(1).pdf(x) * special.log_expit(-0.3 * x)
    np.testing.assert_allclose(integrand(x), expected, rtol=1e-12)


@pytest.mark.parametrize("function", [theory.mixture, theory.kullback_leibler])
@pytest.mark.parametrize(
    ("p", "q", "message"),
    [
        ([0.5, 0.6], [0.5, 0.5], "`p_data` must be non-negative and sum to one"),
        ([0.5, 0.5], [1.0], "same length; got 2 and 1"),
        ([0.5, 0.5], normal(), "both be vectors or both be `Density` objects"),
    ],
)
def test_laws_that_do_not_fit_are_named(function, p, q, message):
    with pytest.raises(InputError, match=message):
        function(p, q)
