"""The value from samples: what it converges to, how fast, and its own error bar."""

import numpy as np
import pytest
from scipy import special, stats

from keras_gan import theory
from keras_gan._checks import InputError

SIZES = (10**2, 10**3, 10**4, 10**5, 10**6)
REPEATS = 30


def optimum(x):
    """D* of N(0, 1) against N(1, 1)."""
    return special.expit(0.5 - x)


def exact():
    laws = [theory.Density(stats.norm(mean).pdf, (-40, 40)) for mean in (0, 1)]
    return theory.generator_criterion(*laws)


def estimate(n, rng):
    return theory.monte_carlo_value(optimum, rng.normal(0, 1, n), rng.normal(1, 1, n))


@pytest.mark.slow
def test_the_error_falls_with_the_root_of_the_number_of_samples():
    truth, rng = exact(), np.random.default_rng(0)
    errors, ratios = [], []
    for n in SIZES:
        estimates = [estimate(n, rng) for _ in range(REPEATS)]
        wrong = np.array([each.value - truth for each in estimates])
        errors.append(np.sqrt(np.mean(wrong**2)))
        ratios.extend(wrong / [each.standard_error for each in estimates])
    slope, _ = np.polyfit(np.log(SIZES), np.log(errors), 1)
    assert -0.6 <= slope <= -0.4
    # The error in units of its standard error has mean 0 and deviation 1.
    assert abs(np.mean(ratios)) < 0.25
    assert np.std(ratios) == pytest.approx(1.0, abs=0.15)


def test_it_is_the_two_means_with_the_error_of_both():
    x, y = np.array([[0.0], [1.0], [3.0]]), np.array([[1.0], [2.0]])
    result = theory.monte_carlo_value(lambda x: 0.1 + 0.2 * x, x, y)
    on_data, on_samples = np.log([0.1, 0.3, 0.7]), np.log([0.7, 0.5])
    assert result.value == pytest.approx(on_data.mean() + on_samples.mean())
    variance = np.var(on_data, ddof=1) / 3 + np.var(on_samples, ddof=1) / 2
    assert result.standard_error == pytest.approx(np.sqrt(variance))


def test_a_discriminator_that_is_sure_and_wrong_has_value_minus_infinity():
    result = theory.monte_carlo_value(lambda x: x, [0.0, 1.0], [0.0, 0.5])
    assert result.value == -np.inf
    assert np.isnan(result.standard_error)


@pytest.mark.parametrize(
    ("discriminator", "x", "y", "message"),
    [
        (optimum, [0.0], [0.0, 1.0], "`data_samples` must hold at least two samples"),
        (optimum, [0.0, 1.0], 3.0, "`generated_samples` must hold at least two"),
        (lambda x: 2 + x, [0.0, 1.0], [0.0, 1.0], r"probabilities in \[0, 1\]"),
        (lambda x: np.full((len(x), 3), 0.5), [0, 1], [0, 1], "one value per point"),
    ],
)
def test_what_cannot_be_averaged_is_named(discriminator, x, y, message):
    with pytest.raises(InputError, match=message):
        theory.monte_carlo_value(discriminator, x, y)


def test_the_law_of_a_linear_generator_is_the_stretched_prior():
    z = np.linspace(-1, 1, 101)
    edges = np.array([-np.inf, -1, 0, 0.5, 3, 7, np.inf])
    result = theory.generated_probabilities(3 * z + 2, edges)  # uniform on [−1, 5]
    np.testing.assert_allclose(result, np.array([0, 1, 0.5, 2.5, 2, 0]) / 6, atol=1e-14)


def test_the_law_of_a_folded_generator_adds_both_branches():
    z = np.linspace(-1, 1, 2001)
    edges = np.linspace(0, 1, 11)
    result = theory.generated_probabilities(z**2, edges)
    np.testing.assert_allclose(result, np.diff(np.sqrt(edges)), atol=1e-4)


def test_a_generator_that_collapsed_has_all_its_mass_in_one_cell():
    result = theory.generated_probabilities(np.full(9, 0.5), [-1.0, 0.0, 1.0, 2.0])
    np.testing.assert_array_equal(result, [0, 1, 0])


@pytest.mark.parametrize(
    ("places", "edges", "message"),
    [
        ([1.0], [0.0, 1.0], "`generated` must be a vector of at least two"),
        ([1.0, np.nan], [0.0, 1.0], "`generated` must be a vector of .* finite"),
        ([0.0, 1.0], [1.0, 0.0], "`edges` must be a vector .* ascending"),
        ([0.0, 1.0], [1.0], "`edges` must be a vector of at least two"),
    ],
)
def test_places_and_edges_are_checked(places, edges, message):
    with pytest.raises(InputError, match=message):
        theory.generated_probabilities(places, edges)
