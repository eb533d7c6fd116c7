"""Reads a part of a split: "train[:50000]" as in tensorflow-datasets, "train[::10]"."""

from __future__ import annotations

import re

import numpy as np

from keras_gan._checks import InputError, counted

_BOUND = r"(-?[0-9]{1,18})(%?)"
_SLICE = re.compile(
    rf"([^\[\]]+)\[(~)?(?:{_BOUND})?:(?:{_BOUND})?(?::(0*[1-9][0-9]{{0,17}}))?\]"
)


def split_name(split: str) -> str:
    """Returns the name of a split without its brackets."""
    return split.partition("[")[0]


def rows_of(split: str, count: int) -> slice | np.ndarray:
    """Returns the rows that the brackets select from a split of `count` examples.

    Bounds are numbers of examples, negative ones counted from the end, or percentages,
    which are rounded to the nearest example. A third number is a step, and `~` takes
    all others: "train[::10]" is every tenth example, "train[~::10]" the rest.

    Raises:
        InputError: If the brackets cannot be read, or ask for nothing.

    Example:
        >>> rows_of("train[:10%]", 50)
        slice(0, 5, None)
    """
    if "[" not in split:
        return slice(0, count)
    match = _SLICE.fullmatch(split)
    if match is None:
        raise InputError(
            f"`split={split!r}` cannot be read; write for example 'train[:5000]', "
            "'train[-1000:]', 'train[10%:20%]', 'train[::10]' for every tenth, or "
            "'train[~::10]' for all others."
        )
    _, others, start, start_unit, stop, stop_unit, step = match.groups()
    first = 0 if start is None else _row(int(start), start_unit, count)
    last = count if stop is None else _row(int(stop), stop_unit, count)
    rows: slice | np.ndarray = slice(first, last, int(step) if step else None)
    found = first < last
    if others:
        rows = np.delete(np.arange(count), rows)
        found = rows.size > 0
    if not found:
        raise InputError(
            f"`split={split!r}` has none of the {counted(count, 'example')}."
        )
    return rows


def shared_rows(split: str, other: str, count: int) -> int:
    """Returns how many of `count` examples of a split are in both of two parts of it.

    Raises:
        InputError: As in `rows_of`.
    """
    if split_name(split) != split_name(other):
        return 0
    first, second = (np.arange(count)[rows_of(part, count)] for part in (split, other))
    return len(np.intersect1d(first, second))


def _row(bound: int, unit: str, count: int) -> int:
    row = round(bound * count / 100) if unit else bound
    return min(max(row + count if row < 0 else row, 0), count)
