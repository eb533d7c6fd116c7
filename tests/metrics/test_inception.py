"""The Inception score: closed forms, and scipy's relative entropy."""

import numpy as np
import pytest
from scipy import special, stats

from keras_gan.metrics import inception_score


def test_sure_and_even_classes_score_their_number():
    probabilities = np.tile(np.eye(7), (20, 1))
    assert inception_score(probabilities, splits=10) == pytest.approx((7.0, 0.0))


def test_equal_rows_score_one():
    probabilities = np.tile([0.5, 0.2, 0.3, 0.0], (50, 1))
    assert inception_score(probabilities, splits=5) == pytest.approx((1.0, 0.0))


@pytest.mark.parametrize(("n", "splits"), [(100, 10), (103, 10), (2, 1), (9, 9)])
def test_it_equals_scipys_relative_entropy_over_consecutive_splits(n, splits):
    logits = np.random.default_rng(n).normal(0, 3, (n, 12))
    p = special.softmax(logits, axis=1)
    scores = []
    for i in range(splits):
        part = p[i * n // splits : (i + 1) * n // splits]
        entropies = [stats.entropy(row, part.mean(axis=0)) for row in part]
        scores.append(np.exp(np.mean(entropies)))
    expected = (np.mean(scores), np.std(scores))
    assert inception_score(p, splits) == pytest.approx(expected, rel=1e-10, abs=1e-12)


def test_half_precision_probabilities_count_as_if_they_summed_to_one():
    logits = np.random.default_rng(0).normal(0, 3, (200, 50))
    p = special.softmax(logits, axis=1).astype(np.float16)
    rows = p / p.sum(axis=1, keepdims=True, dtype=np.float64)
    expected = np.exp(np.mean([stats.entropy(row, rows.mean(axis=0)) for row in rows]))
    assert inception_score(p, 1) == pytest.approx((expected, 0.0), rel=1e-12)


@pytest.mark.parametrize("p", [[[0.5, 0.6]], [[1.5, -0.5]], [[3.0, -1.0]]])
def test_rows_that_are_no_distribution_are_refused(p):
    with pytest.raises(ValueError, match=r"`probabilities` must be >= 0 .* softmax"):
        inception_score(p, splits=1)
