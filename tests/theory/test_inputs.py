"""Laws and discriminators are checked, and densities integrated to ten digits."""

import numpy as np
import pytest
from harness.processes import run_python
from scipy import stats

from keras_gan import theory
from keras_gan._checks import InputError
from keras_gan.theory._integration import integrate

HALF = theory.Density(lambda x: np.full(x.shape, 0.5), (0.0, 2.0))


@pytest.mark.parametrize(
    ("function", "edges", "expected"),
    [
        (np.exp, (0, 1), np.e - 1),
        (np.sqrt, (0, 1), 2 / 3),
        (lambda x: np.exp(-np.abs(x - 0.3)), (-np.inf, np.inf), 2.0),
        (lambda x: np.exp(-(x**2)), (-np.inf, np.inf), np.sqrt(np.pi)),
        (lambda x: 1 / (1 + x**2), (-np.inf, 1), 0.75 * np.pi),
        (lambda x: np.exp(-x), (2, np.inf), np.exp(-2)),
        (lambda x: (x > 1 / 3).astype(float), (0, 2), 5 / 3),
        (lambda x: np.sign(x) + 2.0, (-1, 0, 2), 7.0),
    ],
)
def test_integrals_have_ten_digits(function, edges, expected):
    assert integrate(function, edges) == pytest.approx(expected, abs=1e-10)


def test_integrating_noise_ends():
    rng = np.random.default_rng(0)
    noisy = integrate(lambda x: 1 + 1e-4 * rng.normal(size=x.shape), (0.0, 1.0))
    assert noisy == pytest.approx(1.0, abs=1e-4)


def test_a_density_is_its_pdf_on_the_support_and_zero_elsewhere():
    def pdf(x):
        assert ((x >= 0) & (x <= np.inf)).all()
        return np.exp(-x)

    density = theory.Density(pdf, support=(0, np.inf))
    assert density.pdf is pdf
    assert density.support == (0.0, np.inf)
    x = np.array([[-1.0, 0.0], [1.0, 2.0]])
    np.testing.assert_allclose(density(x), [[0, 1], [np.exp(-1), np.exp(-2)]])
    assert density(-3.0) == 0.0
    assert density([1, 2]).dtype == np.float64


@pytest.mark.parametrize(
    "law",
    [
        (stats.norm(5, 0.1).pdf, (-10, 10)),
        (stats.norm(33.3, 0.05).pdf, (-100, 100)),
        (stats.norm(10, 0.1).pdf, (-np.inf, np.inf)),
        (stats.norm(0, 1).pdf, (-5, 5)),
        (stats.beta(0.5, 0.5).pdf, (0, 1)),
        (stats.cauchy.pdf, (-np.inf, np.inf)),
    ],
)
def test_densities_of_many_shapes_are_accepted(law):
    theory.Density(*law)


@pytest.mark.parametrize(
    ("pdf", "support", "message"),
    [
        (
            stats.norm.pdf,
            (-1, 1),
            r"integrate to one .* got 0\.68.* over \(-1",
        ),
        (lambda x: np.full(x.shape, 1.0), (0, 2), "integrate to one .* got 2 over"),
        (stats.norm(3, 1e-5).pdf, (-1e3, 1e3), "integrate to one .* got 0 over"),
        (stats.norm(1e6, 1).pdf, (0, np.inf), "got 0 over .* infinite and far"),
        (lambda x: x, (-1, 1), "must be finite and >= 0 .* values from -"),
        (lambda x: x * np.nan, (-1, 1), "must be finite and >= 0"),
        (lambda x: 1.0, (0, 1), r"one value per point; got shape \(\)"),
        (lambda x: x[:, None], (0, 1), "one value per point; got shape"),
        (0.5, (0, 2), "`pdf` must be a function"),
        (stats.norm.pdf, (1, -1), r"`support` must be a pair \(low, high\)"),
        (stats.norm.pdf, (np.nan, 1), r"`support` must be a pair \(low, high\)"),
        (stats.norm.pdf, 5, r"`support` must be a pair \(low, high\)"),
    ],
)
def test_what_is_no_density_is_refused(pdf, support, message):
    with pytest.raises(InputError, match=message) as error:
        theory.Density(pdf, support)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    "function",
    [
        theory.optimal_discriminator,
        theory.generator_criterion,
        theory.jensen_shannon,
        lambda p, q: theory.value([0.5, 0.5], p, q),
    ],
)
@pytest.mark.parametrize(
    ("p_data", "p_g", "message"),
    [
        ([0.5, 0.6], [0.5, 0.5], r"`p_data` .* sum to one; .* sum of 1\.1"),
        ([0.5, 0.5], [1.5, -0.5], "`p_g` must be non-negative"),
        ([0.5, 0.5], [np.nan, 0.5], "`p_g` must be non-negative and sum to one"),
        ([0.5, 0.5], [1.0, 0.0, 0.0], "same length; got 2 and 3"),
        ([[0.5, 0.5]], [0.5, 0.5], "`p_data` must be a vector of probabilities"),
        ([], [], "`p_data` must be a vector of probabilities"),
        (stats.norm.pdf, [0.5, 0.5], "`p_data` must be a vector .* or a `Density`"),
        (HALF, [0.5, 0.5], "both be `Density` objects; got Density and list"),
    ],
)
def test_wrong_laws_are_named(function, p_data, p_g, message):
    if function.__name__ == "<lambda>" and p_data is HALF:
        message = "both be `Density`"
    with pytest.raises(InputError, match=message) as error:
        function(p_data, p_g)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("discriminator", "laws", "message"),
    [
        ([0.5, 1.5], ([0.5, 0.5], [0.5, 0.5]), r"probabilities in \[0, 1\].* sigmoid"),
        ([0.5, np.nan], ([0.5, 0.5], [0.5, 0.5]), r"probabilities in \[0, 1\]"),
        ([0.5], ([0.5, 0.5], [0.5, 0.5]), "one value per point"),
        (np.cos, ([0.5, 0.5], [0.5, 0.5]), "a vector for vectors; got ufunc"),
        (0.5, (HALF, HALF), "a function for densities .* got float"),
        (lambda x: x + 5, (HALF, HALF), r"probabilities in \[0, 1\]"),
        (lambda x: 0.5, (HALF, HALF), "one value per point"),
    ],
)
def test_wrong_discriminators_are_named(discriminator, laws, message):
    with pytest.raises(InputError, match=f"`discriminator` .*{message}") as error:
        theory.value(discriminator, *laws)
    assert "\n" not in str(error.value)


def test_float32_probabilities_do():
    p = np.random.default_rng(0).dirichlet(np.ones(1000)).astype(np.float32)
    assert theory.jensen_shannon(p, p) == 0.0


def test_importing_the_theory_imports_numpy_alone():
    program = (
        "import sys, keras_gan.theory; "
        "loaded = {'tensorflow', 'keras', 'scipy'} & set(sys.modules); "
        "sys.exit(f'loaded {loaded}' if loaded else 0)"
    )
    run_python(program)
