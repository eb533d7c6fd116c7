"""Warns of classes that no label names."""

from __future__ import annotations

import warnings

import numpy as np


def warn_of_empty_classes(name: str, labels: np.ndarray) -> None:
    """Warns if some number from 0 to the largest label is no label.

    The classes of an array are all those numbers, so that a label keeps its meaning
    from split to split. A class without images would be sampled untrained.

    Args:
        name: Names the source.
        labels: `(N,)` whole numbers from 0.
    """
    present = np.unique(labels)
    num_classes = int(present[-1]) + 1
    num_empty = num_classes - len(present)
    if num_empty == 0:
        return
    # The first few are enough; labels may be numbers of a catalogue.
    first = np.setdiff1d(np.arange(min(num_classes, len(present) + 3)), present)[:3]
    listed = ", ".join(map(str, first)) + (", ..." if num_empty > len(first) else "")
    if num_empty == present[0]:
        remedy = f"`labels - {present[0]}` counts them from 0"
    else:
        remedy = "`numpy.unique(labels, return_inverse=True)[1]` numbers them from 0"
    warnings.warn(
        f"{name}: {num_empty} of {num_classes} classes without images ({listed}), "
        "because classes count from 0 to the largest label. Those that occur are "
        f"{present[0]} to {present[-1]}: {remedy}.",
        stacklevel=1,
    )
