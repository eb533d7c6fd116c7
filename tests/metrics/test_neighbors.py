"""Nearest neighbours: equal to scipy's tree and to brute force on ties."""

import numpy as np
import pytest
from scipy.spatial import cKDTree

from keras_gan.metrics import _distances, nearest_neighbors


@pytest.mark.parametrize("block", [40, 1 << 22])
@pytest.mark.parametrize("mean", [0.0, 1e6])
@pytest.mark.parametrize("k", [1, 4, 30])
def test_it_equals_scipys_tree(k, mean, block, monkeypatch):
    monkeypatch.setattr(_distances, "_BLOCK_ENTRIES", block)
    rng = np.random.default_rng(k)
    queries, references = rng.normal(mean, 1, (20, 5)), rng.normal(mean, 1, (30, 5))
    indices, distances = nearest_neighbors(queries, references, k)
    their_distances, their_indices = cKDTree(references).query(queries, range(1, k + 1))
    assert indices.dtype == np.int64
    np.testing.assert_array_equal(indices, their_indices)
    np.testing.assert_allclose(distances, their_distances, rtol=1e-14)


@pytest.mark.parametrize("shift", [0, 10**6])
@pytest.mark.parametrize("k", [1, 3, 50])
def test_ties_go_to_the_lower_index(k, shift):
    rng = np.random.default_rng(0)
    queries, references = rng.integers(0, 3, (40, 3)), rng.integers(0, 3, (50, 3))
    squared = ((queries[:, None] - references[None]) ** 2).sum(axis=-1)
    expected = np.argsort(squared, axis=1, kind="stable")[:, :k]
    indices, distances = nearest_neighbors(queries + shift, references + shift, k)
    np.testing.assert_array_equal(indices, expected)
    np.testing.assert_array_equal(
        distances, np.sqrt(np.take_along_axis(squared, expected, axis=1))
    )


def test_a_copied_training_image_is_found_at_distance_zero():
    train = np.random.default_rng(1).uniform(size=(500, 784)).astype(np.float32)
    indices, distances = nearest_neighbors(train[[17, 3, 17]], train)
    np.testing.assert_array_equal(indices, [[17], [3], [17]])
    np.testing.assert_array_equal(distances, np.zeros((3, 1)))


def test_neighbours_nearer_than_a_matrix_product_resolves_are_ordered():
    references = np.ones((6, 64))
    references[:, 0] += 2.0**-40 * np.array([5, 3, 4, 1, 2, 6])
    query = np.ones((1, 64))
    indices, distances = nearest_neighbors(query, np.vstack([references, -query]), 6)
    np.testing.assert_array_equal(indices, [[3, 4, 1, 2, 0, 5]])
    np.testing.assert_array_equal(distances, 2.0**-40 * np.arange(1.0, 7.0)[None])


def test_distances_that_differ_by_their_rounding_are_ordered_as_measured():
    # Around the mean of the references, all of them at one distance but for rounding.
    rng = np.random.default_rng(2)
    vector = rng.normal(size=90) * rng.gamma(1.0, size=90) ** 3
    half = np.array([rng.permutation(vector) for _ in range(100)])
    references = np.concatenate([half, -half])
    measured = np.square(references).sum(axis=1)
    assert len(np.unique(measured)) > 1  # how many depends on the processor
    indices, _ = nearest_neighbors(np.zeros((1, 90)), references, 10)
    expected = np.argsort(measured, kind="stable")[:10]
    np.testing.assert_array_equal(indices[0], expected)


def test_rows_whose_hashes_collide_are_told_apart(monkeypatch):
    monkeypatch.setattr(_distances, "hash", lambda row: 0, raising=False)
    points = np.random.default_rng(3).integers(0, 2, (30, 2))
    squared = ((points[:, None] - points[None]) ** 2).sum(axis=-1)
    expected = np.argsort(squared, axis=1, kind="stable")[:, :25]
    np.testing.assert_array_equal(nearest_neighbors(points, points, 25)[0], expected)
