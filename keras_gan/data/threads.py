"""Calls a function for many items in several threads."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

# The most items of a task of a thread.
_TASK = 32


def in_threads(function: Callable[[Any], Any], items: Sequence[Any]) -> list[Any]:
    """Returns the results of a function for all items, computed in several threads."""
    # A task takes several items, because handing over a task takes time.
    size = min(_TASK, 1 + len(items) // (4 * num_threads()))
    parts = [items[start : start + size] for start in range(0, len(items), size)]
    with ThreadPoolExecutor(num_threads()) as pool:
        results = pool.map(lambda part: [*map(function, part)], parts)
        return [*itertools.chain.from_iterable(results)]


def num_threads() -> int:
    """Returns the number of threads that compute at once."""
    return os.cpu_count() or 1
