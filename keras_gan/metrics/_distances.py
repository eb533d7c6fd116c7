"""Euclidean distances at the speed of a matrix product, exact where it matters.

‖x − y‖² = ‖x‖² + ‖y‖² − 2 x·y needs one matrix product, but rounds by up to about
D·ε·(‖x‖² + ‖y‖²), and differently for every shape of the operands. So the product
decides clear cases only. A pair that rounding could decide wrongly is measured again
from x − y, which depends on x and y alone: duplicates are at distance 0, and equal
distances tie.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

import numpy as np

from keras_gan.metrics._features import chunks

# A block of distances has at most this many float64 entries: 32 MiB.
_BLOCK_ENTRIES = 1 << 22


class Block(NamedTuple):
    """Squared distances of some queries to all references, by the matrix product.

    Entry (i, j) is within `row_error[i] + column_error[j]` of what `measure` returns.
    """

    rows: slice
    squared: np.ndarray
    row_error: np.ndarray
    column_error: np.ndarray


class PairwiseDistances:
    """Squared distances between two sets of points, in blocks of rows.

    Attributes:
        queries: `(M, D)` float64.
        references: `(N, D)` float64.
    """

    def __init__(self, queries: np.ndarray, references: np.ndarray) -> None:
        self.queries = queries
        self.references = references

    def blocks(self) -> Iterator[Block]:
        """Yields the blocks of rows in order; `squared` may be written to."""
        # A common shift changes no distance, but features with large means would be
        # rounded more.
        centre = self.references.mean(axis=0)
        queries, references = self.queries - centre, self.references - centre
        row_norms = np.einsum("ij,ij->i", queries, queries)
        column_norms = np.einsum("ij,ij->i", references, references)
        # D·ε bounds the rounding of a sum of D products; 32 covers that of centring
        # and of `measure`.
        rounding = (queries.shape[1] + 32) * np.finfo(np.float64).eps
        column_error = rounding * column_norms
        for rows in chunks(len(queries), _BLOCK_ENTRIES // len(references)):
            squared = queries[rows] @ references.T
            squared *= -2.0
            squared += row_norms[rows, np.newaxis]
            squared += column_norms
            yield Block(rows, squared, rounding * row_norms[rows], column_error)

    def inside(
        self, block: Block, squared_radii: np.ndarray, *, closed: bool
    ) -> np.ndarray:
        """Returns a mask of the pairs of a block that are nearer than their radius.

        Args:
            block: One of `blocks`.
            squared_radii: `(N,)`, one per reference, or `(rows, 1)`, one per query.
            closed: Whether a pair at exactly the radius counts.
        """
        margin = block.squared - squared_radii
        inside = margin < 0
        np.abs(margin, out=margin)
        margin -= block.column_error
        row, column = _where(margin <= block.row_error[:, np.newaxis])
        measured = self.measure(row + block.rows.start, column)
        radii = np.broadcast_to(squared_radii, inside.shape)[row, column]
        inside[row, column] = measured <= radii if closed else measured < radii
        return inside

    def measure(self, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
        """Returns the squared distances of the pairs (rows[i], columns[i]) from x − y.

        Each distinct pair is measured once. Otherwise a generator that always draws the
        same image would be slow, because all of its distances tie.
        """
        count = len(self.references)
        codes = self._query_leaders[rows] * count + self._reference_leaders[columns]
        codes, inverse = np.unique(codes, return_inverse=True)
        first, second = np.divmod(codes, count)
        squared = np.empty(len(codes))
        for part in chunks(len(codes), _BLOCK_ENTRIES // self.queries.shape[1]):
            difference = self.queries[first[part]] - self.references[second[part]]
            squared[part] = np.square(difference, out=difference).sum(axis=1)
        return squared[inverse]

    @cached_property
    def _query_leaders(self) -> np.ndarray:
        return _leaders(self.queries)

    @cached_property
    def _reference_leaders(self) -> np.ndarray:
        if self.references is self.queries:
            return self._query_leaders
        return _leaders(self.references)


def nearest(
    queries: np.ndarray,
    references: np.ndarray,
    k: int,
    *,
    exclude_self: bool = False,
) -> tuple[np.ndarray, np.ndarray]:
    """Returns the k nearest references of each query, ties to the lower index.

    Args:
        queries: `(M, D)` float64.
        references: `(N, D)` float64.
        k: How many, at most N (N − 1 with `exclude_self`).
        exclude_self: Whether query i is reference i, which then does not count as its
            own neighbour.

    Returns:
        Indices `(M, k)` int64 and squared distances `(M, k)`, ascending.
    """
    indices = np.empty((len(queries), k), np.int64)
    distances = np.empty((len(queries), k))
    pairs = PairwiseDistances(queries, references)
    for rows, squared, row_error, column_error in pairs.blocks():
        size = len(squared)
        if exclude_self:
            squared[np.arange(size), np.arange(rows.start, rows.stop)] = np.inf
        closest = np.argpartition(squared, k - 1, axis=1)[:, :k]
        # At least k references are within this limit, so the k-th neighbour is too.
        limit = np.take_along_axis(squared, closest, axis=1) + column_error[closest]
        limit = limit.max(axis=1) + row_error
        squared -= column_error
        row, column = _where(squared <= (limit + row_error)[:, np.newaxis])
        measured = pairs.measure(row + rows.start, column)
        order = np.lexsort((column, measured, row))
        first = np.searchsorted(row, np.arange(size))
        chosen = order[first[:, np.newaxis] + np.arange(k)]
        indices[rows], distances[rows] = column[chosen], measured[chosen]
    return indices, distances


def squared_radii(points: np.ndarray, k: int) -> np.ndarray:
    """Returns the squared distance of each point to its k-th neighbour: `(N,)`."""
    return nearest(points, points, k, exclude_self=True)[1][:, -1]


def _where(mask: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Computes `np.nonzero(mask)`, twenty times faster where few entries are true."""
    return np.divmod(np.flatnonzero(mask), mask.shape[1])


def _leaders(points: np.ndarray) -> np.ndarray:
    """Returns for each row the index of an equal row: of most duplicates, the first."""
    keys = np.fromiter((hash(row.tobytes()) for row in points), np.int64, len(points))
    _, first, inverse = np.unique(keys, return_index=True, return_inverse=True)
    leaders = first[inverse]
    equal = (points == points[leaders]).all(axis=1)  # equal hashes do not prove it
    return np.where(equal, leaders, np.arange(len(points)))
