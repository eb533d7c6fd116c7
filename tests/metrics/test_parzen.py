"""Parzen windows: equal to scipy's densities, in blocks, without overflow."""

import numpy as np
import pytest
from scipy import special, stats

from keras_gan.metrics import (
    _distances,
    parzen_estimate,
    parzen_log_likelihood,
    select_parzen_sigma,
)


def by_scipy(points, centres, sigma):
    """Log of the mean over centres of scipy's multivariate normal density."""
    columns = [
        stats.multivariate_normal(centre, sigma**2 * np.eye(centres.shape[1])).logpdf(
            points
        )
        for centre in centres
    ]
    return special.logsumexp(columns, axis=0) - np.log(len(centres))


@pytest.mark.parametrize("block", [20, 1 << 22])
@pytest.mark.parametrize("sigma", [0.05, 0.3, 2.0])
@pytest.mark.parametrize("mean", [0.0, 1e3])
def test_it_equals_scipys_mixture(sigma, mean, block, monkeypatch):
    monkeypatch.setattr(_distances, "_BLOCK_ENTRIES", block)
    rng = np.random.default_rng(0)
    points, centres = rng.normal(mean, 1, (15, 4)), rng.normal(mean, 1, (12, 4))
    likelihood = parzen_log_likelihood(points, centres, sigma)
    assert likelihood.shape == (15,)
    expected = by_scipy(points, centres, sigma)
    np.testing.assert_allclose(likelihood, expected, rtol=1e-9)


def test_points_far_from_every_sample_have_a_finite_likelihood():
    likelihood = parzen_log_likelihood(np.full((1, 784), 10.0), np.zeros((2, 784)), 0.1)
    expected = -0.5 * 784 * (10.0 / 0.1) ** 2 - 784 * np.log(0.1 * np.sqrt(2 * np.pi))
    np.testing.assert_allclose(likelihood, [expected], rtol=1e-12)


def test_the_density_integrates_to_one():
    grid = np.linspace(-8, 8, 4001)[:, None]
    density = np.exp(parzen_log_likelihood(grid, [[-1.0], [0.2], [2.0]], 0.5))
    assert np.trapezoid(density, grid[:, 0]) == pytest.approx(1.0, abs=1e-10)


def test_the_chosen_sigma_has_the_largest_mean():
    rng = np.random.default_rng(1)
    points, centres = rng.normal(size=(40, 3)), rng.normal(size=(30, 3))
    sigmas = [0.2, 0.4, 0.6, 0.8, 3.0]
    means = [by_scipy(points, centres, sigma).mean() for sigma in sigmas]
    assert select_parzen_sigma(points, centres, sigmas) == sigmas[np.argmax(means)]


def test_the_default_sigmas_are_the_ten_of_the_2014_protocol():
    # The best σ for one centre is the root mean square of the coordinates.
    for i, sigma in enumerate(10.0 ** np.linspace(-1.0, 0.0, 10)):
        chosen = select_parzen_sigma([[sigma]], [[0.0]])
        assert chosen == pytest.approx(sigma, rel=1e-12), i


def test_the_estimate_is_the_protocol_in_one_call():
    rng = np.random.default_rng(2)
    samples, held_out, test = (rng.uniform(size=(n, 2, 3, 1)) for n in (50, 10, 30))
    flat = [images.reshape(len(images), -1) for images in (samples, held_out, test)]
    sigmas = [0.1, 0.3, 0.9]
    sigma = select_parzen_sigma(flat[1], flat[0], sigmas)
    likelihoods = by_scipy(flat[2], flat[0], sigma)
    assert parzen_estimate(samples, held_out, test, sigmas) == pytest.approx(
        (likelihoods.mean(), likelihoods.std() / np.sqrt(30), sigma)
    )
