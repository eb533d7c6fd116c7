"""Copies of training images are found; held-out images are left in peace."""

import itertools
from fractions import Fraction

import numpy as np
import pytest
from scipy import stats

from keras_gan import data
from keras_gan._checks import InputError
from keras_gan.metrics import memorization_test, nearest_neighbors
from keras_gan.metrics._rank_test import mann_whitney
from keras_gan.metrics.memorization import _adjust, _p_values

TRAIN = 1500


@pytest.fixture(scope="module")
def digits():
    """1,500 training images, and two halves of the held-out ones: `(N, 784)`."""

    def load(split):
        batches = data.load(
            "mnist_10k", split=split, batch_size=1000, shuffle=False, value_range=(0, 1)
        )
        images = np.concatenate(list(batches.as_numpy_iterator()))
        return images.reshape(len(images), -1)

    test = load("test")
    return load("train")[:TRAIN], test[::2], test[1::2]


@pytest.mark.parametrize("size", [(3, 4), (5, 2), (1, 8), (30, 25), (300, 200)])
def test_the_rank_test_equals_scipys(size):
    rng = np.random.default_rng(sum(size))
    for shift in (-1.0, 0.0, 0.5):
        first, second = rng.normal(shift, 1, size[0]), rng.normal(size=size[1])
        method = "exact" if sum(size) < 100 else "asymptotic"
        theirs = stats.mannwhitneyu(first, second, alternative="less", method=method)
        u, p_value = mann_whitney(first, second)
        assert u == theirs.statistic
        assert p_value == pytest.approx(theirs.pvalue, rel=1e-10)


def test_ties_are_corrected_as_scipy_does():
    rng = np.random.default_rng(0)
    first, second = rng.integers(0, 9, 400), rng.integers(1, 10, 300)
    theirs = stats.mannwhitneyu(first, second, alternative="less", method="asymptotic")
    u, p_value = mann_whitney(first, second)
    assert u == theirs.statistic
    assert p_value == pytest.approx(theirs.pvalue, rel=1e-10)


@pytest.mark.parametrize(("m", "n"), [(3, 5), (5, 3), (4, 4)])
def test_few_numbers_with_ties_are_counted_out(m, n):
    pooled = np.random.default_rng(m).integers(0, 4, m + n)

    def pairs(chosen):
        rest = np.delete(pooled, chosen)
        each = pooled[list(chosen), None]
        return np.sum(each > rest) + np.sum(each == rest) / 2

    everything = [pairs(c) for c in itertools.combinations(range(m + n), m)]
    u, p_value = mann_whitney(pooled[:m], pooled[m:])
    assert u == everything[0]
    share = Fraction(sum(other <= u for other in everything), len(everything))
    assert p_value == pytest.approx(float(share), rel=1e-12)


def test_numbers_that_are_all_equal_tell_nothing():
    assert mann_whitney(np.ones(3), np.ones(4)) == (6.0, 1.0)
    assert mann_whitney(np.ones(300), np.ones(400)) == (60_000.0, 1.0)


def test_the_adjustment_is_that_of_benjamini_and_hochberg():
    p_values = np.random.default_rng(0).uniform(size=50) ** 3
    expected = stats.false_discovery_control(p_values, method="bh")
    np.testing.assert_allclose(_adjust(p_values), expected, rtol=1e-12)


def test_the_tail_is_exact_for_a_power_law_whatever_its_exponent():
    """Smaller ratios than all of the usual ones are as frequent as is claimed."""
    rng = np.random.default_rng(0)
    for exponent in (1.0, 7.0, 40.0):
        p_values = []
        for _ in range(1500):
            usual, new = np.split(rng.uniform(size=140) ** (1 / exponent), [100])
            p_values.append(_p_values(new, usual, dimension=10**6))
        p_values = np.concatenate(p_values)
        for level in (1e-4, 1e-3, 5e-3):
            count = np.count_nonzero(p_values <= level)
            # 60,000 draws, forty at a time against one tail.
            assert count <= 1.3 * level * p_values.size + 8
            assert count >= 0.7 * level * p_values.size - 8


def test_a_generator_that_returns_training_images_is_flagged(digits):
    train, _, held_out = digits
    picks = np.random.default_rng(0).choice(TRAIN, 200, replace=False)
    found = memorization_test(train[picks], train, held_out)
    assert found.memorized
    assert found.p_value < 1e-6
    assert found.copy_p_value == 0.0
    assert (found.share, found.statistic, found.nearer) == (1.0, 0.0, 1.0)
    np.testing.assert_array_equal(found.neighbors, picks[found.samples])
    assert "200 of 200 samples" in found.verdict
    assert "p < 1e-12" in found.verdict


@pytest.mark.parametrize("noise", [0.05, 0.2])
def test_noise_over_the_training_images_hides_nothing(digits, noise):
    train, _, held_out = digits
    rng = np.random.default_rng(1)
    picks = rng.choice(TRAIN, 200, replace=False)
    noisy = np.clip(train[picks] + rng.normal(0, noise, (200, 784)), 0, 1)
    found = memorization_test(noisy, train, held_out)
    assert found.memorized
    assert found.p_value < 1e-6
    if noise == 0.05:
        assert found.share > 0.9
        np.testing.assert_array_equal(found.neighbors, picks[found.samples])


def test_held_out_images_are_not_flagged(digits):
    train, good, held_out = digits
    found = memorization_test(good, train, held_out)
    assert not found.memorized
    assert found.p_value > 0.05
    assert found.copy_p_value > 0.05
    assert found.share == 0.0
    assert len(found.samples) == len(found.neighbors) == len(found.distances) == 0
    assert found.nearer == pytest.approx(0.5, abs=0.05)
    assert found.verdict.startswith("No sign of copying")


@pytest.mark.parametrize("noise", [0.0, 0.02])
def test_a_planted_training_image_is_found(digits, noise):
    train, good, held_out = digits
    rng = np.random.default_rng(2)
    samples = good.copy()
    samples[321] = train[1234] + noise * rng.normal(size=784)
    found = memorization_test(samples, train, held_out)
    assert found.memorized
    assert found.copy_p_value < 1e-3
    assert found.p_value > 0.05  # one image does not move the ranks
    assert (found.samples.tolist(), found.neighbors.tolist()) == ([321], [1234])
    (distance,) = found.distances
    assert distance == pytest.approx(np.linalg.norm(samples[321] - train[1234]))
    assert found.share == 0.001


@pytest.mark.parametrize("noise", [0.0, 0.05])
def test_one_copy_in_twenty_is_found(digits, noise):
    train, good, held_out = digits
    rng = np.random.default_rng(3)
    samples, copies = good.copy(), rng.choice(1000, 50, replace=False)
    picks = rng.choice(TRAIN, 50, replace=False)
    samples[copies] = train[picks] + noise * rng.normal(size=(50, 784))
    found = memorization_test(samples, train, held_out)
    assert found.copy_p_value < 1e-3
    assert np.isin(copies, found.samples).mean() > 0.9
    assert np.isin(found.samples, copies).mean() > 0.98
    of_copy = dict(zip(copies, picks, strict=True))
    for sample, neighbor in zip(found.samples, found.neighbors, strict=True):
        assert of_copy.get(sample, neighbor) == neighbor


def test_the_ranks_are_those_of_the_relative_distances(digits):
    train, good, held_out = (part[:300] for part in digits)
    ratios = []
    for queries in (good, held_out):
        _, distances = nearest_neighbors(queries, train, k=5)
        ratios.append(distances[:, 0] / distances[:, 4])
    theirs = stats.mannwhitneyu(*ratios, alternative="less", method="asymptotic")
    found = memorization_test(good, train, held_out)
    assert found.statistic == pytest.approx(theirs.statistic)
    assert found.p_value == pytest.approx(theirs.pvalue)


@pytest.mark.parametrize("kind", ["pale", "plain"])
def test_images_that_are_nearer_to_everything_are_no_copies(digits, kind):
    """The plain distance accuses them, the relative one does not."""
    train, good, held_out = digits
    images, others = good[:300], good[300:]
    samples = 0.8 * images
    if kind == "plain":  # half-way to the mean of others like it
        indices, _ = nearest_neighbors(images, others, k=4)
        samples = (images + others[indices].mean(axis=1)) / 2
    distances = [nearest_neighbors(x, train)[1][:, 0] for x in (samples, held_out)]
    accused = stats.mannwhitneyu(*distances, alternative="less").pvalue
    assert accused < 1e-10
    found = memorization_test(samples, train, held_out)
    assert found.p_value > 0.01
    assert not found.memorized


@pytest.mark.parametrize("sizes", [(1000, 1000), (150, 400)])
def test_under_the_null_the_p_values_are_uniform(digits, sizes):
    """Random parts of the held-out images, one in the place of a generator's."""
    train, *halves = digits
    _, distances = nearest_neighbors(np.concatenate(halves), train, k=5)
    ratios = distances[:, 0] / distances[:, 4]
    rng = np.random.default_rng(4)
    p_values, copy_p_values = [], []
    for _ in range(1000):
        drawn = rng.permutation(ratios)[: sum(sizes)]
        first, second = np.split(drawn, sizes[:1])
        p_values.append(mann_whitney(first, second)[1])
        copy_p_values.append(_adjust(_p_values(first, second, 784)).min())
    p_values, copy_p_values = np.array(p_values), np.array(copy_p_values)
    assert np.mean(p_values < 0.05) <= 0.07
    assert stats.kstest(p_values, "uniform").pvalue > 0.01
    assert np.mean(copy_p_values < 0.05) <= 0.07
    assert np.mean(np.minimum(p_values, copy_p_values) < 0.005) <= 0.02


def test_usual_ratios_that_are_all_equal_do_not_accuse_a_slightly_smaller_one():
    usual, new = np.full(100, 0.5), np.array([0.499, 0.4, 0.0])
    p_values = _p_values(new, usual, dimension=2)
    # 0.4 is a fall to (0.4/0.5)² of the 11/101 at most; a little more, as k is finite.
    slow = 11 / 101 * (1 + 2 * np.log(0.5 / 0.4) / 10) ** -10
    np.testing.assert_allclose(p_values, [1 / 101, min(slow, 1 / 101), 0.0])
    steep = _p_values(new, usual, dimension=784)
    assert steep[1] < 1e-10


def test_with_few_held_out_examples_nothing_is_extrapolated():
    rng = np.random.default_rng(5)
    train, test = rng.normal(size=(200, 3)), rng.normal(size=(19, 3))
    found = memorization_test(train[:1], train, test)
    assert found.copy_p_value == pytest.approx(1 / 20)
    assert not found.memorized
    assert memorization_test(train[:1], train, rng.normal(size=(20, 3))).memorized


def test_where_held_out_images_are_in_the_data_too_a_copy_is_no_proof():
    rng = np.random.default_rng(6)
    train, test = rng.normal(size=(200, 3)), rng.normal(size=(100, 3))
    test[:2] = train[:2]
    found = memorization_test(train[5:6], train, test)
    assert found.copy_p_value == pytest.approx(3 / 101)


def test_an_image_that_stands_in_the_data_often_is_still_found(digits):
    train, good, held_out = (part[:500] for part in digits)
    train = np.concatenate([train] + [train[7:8]] * 6)
    samples = good.copy()
    samples[3] = train[7]
    assert memorization_test(samples, train, held_out).samples.tolist() == [3]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([[1.0]], [[1.0, 2.0]], [[1.0]]), "`samples` and `train` must have the same"),
        (([[1.0]], [[2.0]], [[1.0, 2.0]]), "`test` and `train` must have the same"),
        (([1.0], [[2.0]], [[1.0]]), r"`samples` must have shape \(N, D\)"),
        (([[1.0]], [[2.0]], [[np.nan]]), "`test` must be finite"),
        (([[1.0]], [[2.0], [3.0]], [[3.0]]), "`test` must be held out"),
    ],
)
def test_wrong_input_is_named(arguments, message):
    with pytest.raises(InputError, match=message):
        memorization_test(*arguments)


@pytest.mark.parametrize("level", [0.0, 1.0, float("nan")])
def test_a_level_that_is_none_is_refused(level):
    with pytest.raises(InputError, match=r"`level` must be in \(0, 1\)"):
        memorization_test([[1.0]], [[2.0]], [[3.0]], level=level)
