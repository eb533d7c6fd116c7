"""The interval of the kernel distance holds the MMD² of the distributions."""

from statistics import NormalDist

import numpy as np
import pytest

from keras_gan._checks import InputError
from keras_gan.metrics import kernel_distance, kernel_distance_interval


def squared_mmd(atoms, real_weights, fake_weights):
    """MMD² of two distributions on the same few points."""
    kernel = (atoms @ atoms.T / atoms.shape[1] + 1) ** 3
    difference = real_weights - fake_weights
    return difference @ kernel @ difference


def share_of_intervals_that_hold(confidence, fake_weights, *, repetitions=150):
    rng = np.random.default_rng(0)
    atoms = rng.normal(size=(5, 2))
    real_weights = np.array([0.3, 0.2, 0.2, 0.2, 0.1])
    exact = squared_mmd(atoms, real_weights, fake_weights)
    held = 0
    for seed in range(repetitions):
        real = atoms[rng.choice(5, 200, p=real_weights)]
        fake = atoms[rng.choice(5, 200, p=fake_weights)]
        estimate = kernel_distance_interval(
            real,
            fake,
            subsets=25,
            subset_size=50,
            confidence=confidence,
            seed=seed,
        )
        assert estimate.low <= estimate.mean <= estimate.high
        held += estimate.low <= exact <= estimate.high
    return held / repetitions


@pytest.mark.parametrize("confidence", [0.5, 0.95])
def test_it_holds_the_distance_of_different_distributions_as_often_as_it_says(
    confidence,
):
    share = share_of_intervals_that_hold(
        confidence, np.array([0.1, 0.1, 0.1, 0.2, 0.5])
    )
    error = np.sqrt(confidence * (1 - confidence) / 150)
    assert abs(share - confidence) < 4 * error


def test_it_is_too_wide_and_never_too_narrow_for_equal_distributions():
    weights = np.array([0.3, 0.2, 0.2, 0.2, 0.1])
    assert share_of_intervals_that_hold(0.8, weights) > 0.85


def test_mean_and_width_are_those_of_the_subsets():
    rng = np.random.default_rng(1)
    real, fake = rng.normal(size=(60, 3)), rng.normal(0.4, 1.0, (90, 3))
    generator = np.random.default_rng(9)
    values = []
    for _ in range(12):
        chosen = [generator.choice(n, 20, replace=False) for n in (60, 90)]
        values.append(kernel_distance(real[chosen[0]], fake[chosen[1]]))
    estimate = kernel_distance_interval(real, fake, 12, 20, 0.9, 9)
    assert estimate.mean == pytest.approx(np.mean(values), rel=1e-12)
    deviation = np.std(values, ddof=1) * np.sqrt(20 / 40 + 1 / 12)
    half = NormalDist().inv_cdf(0.95) * deviation
    assert estimate.high - estimate.mean == pytest.approx(half, rel=1e-12)
    assert estimate.mean - estimate.low == pytest.approx(half, rel=1e-12)


def test_the_mean_is_the_distance_of_all_samples_on_average():
    rng = np.random.default_rng(2)
    real, fake = rng.normal(size=(50, 3)), rng.normal(0.5, 1.2, (50, 3))
    estimate = kernel_distance_interval(real, fake, subsets=600, subset_size=25)
    error = (estimate.high - estimate.mean) / 1.96 / np.sqrt(1 + 600) * 1.01
    assert abs(estimate.mean - kernel_distance(real, fake)) < 4 * error
    assert kernel_distance_interval(real, fake, 600, 25) == estimate


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({}, "`subset_size` must be less than .* 20; got 1000. Pass at most 10"),
        ({"subset_size": 20}, "`subset_size` must be less"),
        ({"subset_size": 1}, "`subset_size` must be an integer >= 2"),
        ({"subset_size": 9, "subsets": 1}, "`subsets` must be an integer >= 2"),
        ({"subset_size": 9, "confidence": 1.0}, "`confidence` must be less than 1"),
        ({"subset_size": 9, "confidence": 0}, "`confidence` must be a positive"),
        ({"subset_size": 9, "seed": -1}, "`seed` must be an integer >= 0"),
    ],
)
def test_wrong_numbers_are_named(change, message):
    points = np.arange(40.0).reshape(20, 2)
    with pytest.raises(InputError, match=message):
        kernel_distance_interval(points, points, **change)
