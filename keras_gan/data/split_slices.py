"""Reads a part of a split, written as in tensorflow-datasets: "train[:50000]"."""

from __future__ import annotations

import re

from keras_gan._checks import InputError

_BOUND = r"(-?[0-9]{1,18})(%?)"
_SLICE = re.compile(rf"([^\[\]]+)\[(?:{_BOUND})?:(?:{_BOUND})?\]")


def split_name(split: str) -> str:
    """Returns the name of a split without its brackets."""
    return split.partition("[")[0]


def rows_of(split: str, count: int) -> slice:
    """Returns the rows that the brackets select from a split of `count` examples.

    Bounds are numbers of examples, negative ones counted from the end, or percentages,
    which are rounded to the nearest example.

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
            "'train[-1000:]' or 'train[10%:20%]'."
        )
    _, start, start_unit, stop, stop_unit = match.groups()
    first = 0 if start is None else _row(int(start), start_unit, count)
    last = count if stop is None else _row(int(stop), stop_unit, count)
    if first >= last:
        raise InputError(f"`split={split!r}` has none of the {count} examples.")
    return slice(first, last)


def _row(bound: int, unit: str, count: int) -> int:
    row = round(bound * count / 100) if unit else bound
    return min(max(row + count if row < 0 else row, 0), count)
