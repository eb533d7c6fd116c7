"""Keeps features that come in batches, all rows or a uniform sample of them."""

from __future__ import annotations

from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from keras_gan._checks import InputError, check_positive_int
from keras_gan.metrics._features import check_features
from keras_gan.metrics._streaming import Streaming, check_position
from keras_gan.priors.philox import NUMPY, philox4x32


class FeatureReservoir(Streaming):
    """Features that come in batches, kept for metrics that need the rows themselves.

    Precision and recall, density and coverage, nearest neighbours, the kernel distance
    and the sliced Wasserstein distance compare rows with rows. None has an exact form
    in constant memory (that of the cubic kernel takes D³/6 numbers: 11 GB for
    D = 2,048). So either all rows are kept, or a uniform sample without replacement.

    The choice of the rows depends on `seed` and on their positions in the whole stream
    alone, not on batches, replicas, workers or the order in which they are merged.

    Args:
        capacity: How many rows to keep at most; None keeps all.
        seed: A non-negative integer that chooses the rows that are kept.

    Attributes:
        count: Rows so far, including those that are not kept.

    Raises:
        ValueError: If `capacity` is less than 1 or `seed` is negative.

    Example:
        >>> reservoir = FeatureReservoir(capacity=2)
        >>> for batch in ([[0.0]], [[1.0], [2.0]], [[3.0]]):
        ...     reservoir.update(batch)
        >>> reservoir.count, reservoir.result().shape
        (4, (2, 1))

    Source: Efraimidis & Spirakis, "Weighted Random Sampling with a Reservoir", 2006,
    algorithm A with equal weights.
    """

    _arguments = ("capacity", "seed")
    _sums = ("count", "position", "features", "positions")

    def __init__(self, capacity: int | None = None, seed: int = 0) -> None:
        self.capacity = capacity
        if capacity is not None:
            self.capacity = check_positive_int("capacity", capacity)
        self.seed = check_positive_int("seed", seed, minimum=0)
        self.reset()

    def reset(self) -> None:
        """Forgets all batches."""
        self.count = 0
        self.position = 0  # the place of the next batch's first row
        self._features: list[np.ndarray] = []
        self._positions: list[np.ndarray] = []

    @property
    def features(self) -> np.ndarray:
        """`(n, D)` the rows that are kept, by position; `(0, 0)` before any.

        Raises:
            ValueError: If two rows have the same position.
        """
        self._compact()
        return self._features[0] if self._features else np.zeros((0, 0))

    @features.setter
    def features(self, value: np.ndarray) -> None:
        self._features = [value] if len(value) else []

    @property
    def positions(self) -> np.ndarray:
        """`(n,)` int64 positions of the rows that are kept, ascending.

        Raises:
            ValueError: If two rows have the same position.
        """
        self._compact()
        return self._positions[0] if self._positions else np.zeros(0, np.int64)

    @positions.setter
    def positions(self, value: np.ndarray) -> None:
        self._positions = [value] if len(value) else []

    def update(self, features: ArrayLike, *, position: int | None = None) -> None:
        """Takes in `(B, D)` features; B may differ between batches, and be 0.

        Args:
            features: `(B, D)` rows, kept in their own dtype.
            position: The place of the first row in the whole stream, from 0, for a
                worker or replica that sees a part of it; by default after the batch
                before.

        Raises:
            ValueError: If the features are not finite `(B, D)`, D changes, or
                `position` is negative.
        """
        array = check_features("features", features, minimum=0)
        position = check_position(position, self.position)
        self._check_dimension(array)
        self.position = position + len(array)
        self.count += len(array)
        self._add(array.copy(), np.arange(position, self.position))

    def merge(self, other: FeatureReservoir) -> Self:
        """Adds what `other` has seen, and returns itself.

        Args:
            other: A reservoir with the same arguments.

        Raises:
            ValueError: If `other` is of another class or has other arguments or D, or a
                row of both has the same position.
        """
        self._check_other(other)
        if other.count:
            self._check_dimension(other.features)
            self._add(other.features, other.positions)
            self._compact()
            self.count += other.count
            self.position = max(self.position, other.position)
        return self

    def result(self) -> np.ndarray:
        """Returns the rows that are kept, `(n, D)`, in the order of the stream.

        Raises:
            ValueError: If there has been no row.
        """
        if not self.count:
            raise InputError("There are no features yet. Call `update` first.")
        return self.features.copy()

    def _check_dimension(self, array: np.ndarray) -> None:
        if self._features and self._features[0].shape[1] != array.shape[1]:
            raise InputError(
                f"`features` must have {self._features[0].shape[1]} columns, as "
                f"before; got {array.shape[1]}."
            )

    def _add(self, features: np.ndarray, positions: np.ndarray) -> None:
        if len(features):
            self._features.append(features)
            self._positions.append(positions)
        held = sum(map(len, self._positions))
        if self.capacity is not None and held >= 2 * self.capacity:
            self._compact()

    def _compact(self) -> None:
        """Joins the batches, drops rows beyond the capacity, sorts by position."""
        if len(self._positions) < 2 and (
            self.capacity is None or sum(map(len, self._positions)) <= self.capacity
        ):
            return
        positions = np.concatenate(self._positions)
        kept = np.argsort(positions, kind="stable")
        self._check_distinct(positions[kept])
        if self.capacity is not None and len(kept) > self.capacity:
            first = np.argsort(_priorities(positions[kept], self.seed), kind="stable")
            kept = kept[np.sort(first[: self.capacity])]
        self._features = [np.concatenate(self._features)[kept]]
        self._positions = [positions[kept]]

    def _check_distinct(self, positions: np.ndarray) -> None:
        twice = positions[1:][positions[1:] == positions[:-1]]
        if len(twice):
            raise InputError(
                f"`position` must differ for each row; got two rows at {twice[0]}. "
                "Give each worker and replica its own."
            )


def _priorities(positions: np.ndarray, seed: int) -> np.ndarray:
    """Returns independent uniform 64-bit numbers; the lowest rows are kept."""
    low, high = (NUMPY.low(positions.astype(np.uint64)), positions.astype(np.uint64))
    zeros = np.zeros_like(low)
    words = np.full_like(low, seed)
    counter = [low, high >> np.uint64(32), zeros, zeros]
    words = philox4x32(counter, [NUMPY.low(words), words >> np.uint64(32)], NUMPY)
    return (words[0] << np.uint64(32)) | words[1]
