"""Mode coverage by the counting rule of PacGAN."""

import numpy as np
import pytest
from scipy import stats

from keras_gan._checks import InputError
from keras_gan.metrics import class_coverage, mode_coverage

ANGLES = np.arange(8) * np.pi / 4
RING = np.stack([np.cos(ANGLES), np.sin(ANGLES)], axis=1)


def test_samples_of_the_mixture_find_every_mode():
    rng = np.random.default_rng(0)
    owners = rng.integers(0, 8, 4000)
    points = RING[owners] + rng.normal(0, 0.01, (4000, 2))
    modes, high_quality, kl = mode_coverage(points, RING, 0.01)
    assert modes == 8
    # Within 3σ in two dimensions: 1 − exp(−9/2), to four standard errors.
    assert high_quality == pytest.approx(1 - np.exp(-4.5), abs=4 * 0.0017)
    assert 0 <= kl < 0.005


def test_kl_is_of_the_histogram_of_high_quality_samples_from_uniform():
    counts = [5, 0, 2, 1, 0, 0, 7, 1]
    points = np.concatenate([np.repeat(RING, counts, axis=0), np.full((16, 2), 9.0)])
    modes, high_quality, kl = mode_coverage(points, RING, 0.01)
    assert (modes, high_quality) == (5, 0.5)
    assert kl == pytest.approx(stats.entropy(counts, np.ones(8)), rel=1e-14)


def test_even_samples_have_kl_zero_and_one_mode_alone_has_log_k():
    assert mode_coverage(RING, RING, 0.01) == (8, 1.0, 0.0)
    modes, high_quality, kl = mode_coverage(np.repeat(RING[:1], 9, 0), RING, 0.01)
    assert (modes, high_quality) == (1, 1.0)
    assert kl == pytest.approx(np.log(8), rel=1e-15)


def test_samples_that_miss_every_mode_have_the_worst_of_each():
    result = mode_coverage(np.full((5, 2), 7.0), RING, 0.01)
    assert result == (0, 0.0, pytest.approx(np.log(8), rel=1e-15))


def test_three_standard_deviations_are_the_limit():
    points = [[3.0], [-3.0], [3.0 + 1e-12], [-4.0]]
    modes, high_quality, kl = mode_coverage(points, [[0.0]], 1.0)
    assert (modes, high_quality, kl) == (1, 0.5, 0.0)


def test_a_sample_between_overlapping_modes_finds_both_and_counts_once():
    modes, high_quality, kl = mode_coverage([[0.4]], [[0.0], [1.0]], 0.5)
    assert (modes, high_quality) == (2, 1.0)
    assert kl == pytest.approx(np.log(2))


def test_the_coverage_of_classes_counts_and_compares_to_uniform():
    counts = [5, 0, 2, 1, 0, 0, 7, 1]
    modes, kl = class_coverage(np.repeat(np.arange(8), counts), 8)
    assert modes == 5
    assert kl == pytest.approx(stats.entropy(counts, np.ones(8)), rel=1e-14)
    assert class_coverage(np.arange(6), 6) == (6, 0.0)


def test_kl_of_the_data_themselves_is_what_the_docstring_says():
    classes = np.random.default_rng(0).integers(0, 1000, 26_000)
    assert class_coverage(classes, 1000)[1] == pytest.approx(999 / 52_000, rel=0.15)


@pytest.mark.parametrize("classes", [[], [[1]], [0.5], [-1], [3]])
def test_classes_that_are_none_are_refused(classes):
    with pytest.raises(InputError, match="`classes` must be"):
        class_coverage(classes, 3)
