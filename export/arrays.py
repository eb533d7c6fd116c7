"""Cuts arrays into batches, and shortens float32 values for JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np


def batches_of(
    arrays: Mapping[str, np.ndarray], size: int
) -> Iterator[dict[str, np.ndarray]]:
    """Yields arrays of one length in parts of at most `size` rows, in order."""
    count = len(next(iter(arrays.values())))
    for start in range(0, count, size):
        yield {name: values[start : start + size] for name, values in arrays.items()}


def short_numbers(rows: np.ndarray) -> list[list[float]]:
    """Returns `(R, C)` float32 values as lists of numbers with nine digits.

    Nine digits tell every float32 from every other and keep a JSON file readable.
    """
    return [[float(f"{value:.9g}") for value in row] for row in rows]
