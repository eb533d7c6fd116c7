"""The images that a generator is compared with, as it makes them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

import numpy as np

from keras_gan._checks import InputError

_BATCH_SIZE = 500
DataDir = str | os.PathLike[str] | None


@dataclass(frozen=True)
class ReferenceData:
    """What a generator was trained on, and data that it has not seen.

    Attributes:
        train: `(K, H, W, C)` training images, all or some of them.
        total: How many there are in all.
        indices: `(K,)` the place of each in the source.
        test: `(N, H, W, C)` held-out images; None where there are none.
        value_range: (low, high) of all of them.
    """

    train: np.ndarray
    total: int
    indices: np.ndarray
    test: np.ndarray | None
    value_range: tuple[float, float]


def load_reference(
    source: str,
    split: str,
    *,
    image_shape: tuple[int, ...],
    value_range: tuple[float, float],
    limit: int | None = None,
    held_out: int | None = None,
    data_dir: DataDir = None,
) -> ReferenceData:
    """Loads images of a source in the size and range of those of a generator.

    Args:
        source: See `data.load`.
        split: What the generator was trained on; the held-out images are those of the
            split "test", unless it is that.
        image_shape: (height, width, channels) of the generator's images.
        value_range: (low, high) of them.
        limit: At most so many training images, evenly from all of them; None for all.
        held_out: At most so many held-out images.
        data_dir: See `data.load`.

    Raises:
        ValueError: If the source has no such images.
    """
    arguments = {
        "image_size": image_shape[:2],
        "channels": image_shape[2],
        "value_range": value_range,
        "data_dir": data_dir,
    }
    from keras_gan import data

    shape = data.info(source, split=split, data_dir=data_dir).image_shape
    if len(shape) != 3:
        raise InputError(f"'{source}': it holds points of {shape}, not images.")
    train, total, indices = load_evenly(source, split, limit, arguments)
    try:
        parts = None
        if not split.startswith("test"):
            parts = load_evenly(source, "test", held_out, arguments)
    except InputError:  # the source is not divided
        parts = None
    test = None if parts is None else parts[0]
    return ReferenceData(train, total, indices, test, value_range)


def load_evenly(
    source: str, split: str, limit: int | None, arguments: dict[str, Any]
) -> tuple[np.ndarray, int, np.ndarray]:
    """Loads at most `limit` examples, evenly from all: the same ones every time.

    Args:
        source: See `data.load`.
        split: Its part.
        limit: None for all.
        arguments: Further ones of `data.load`.

    Returns:
        The examples, how many there are in all, and the place of each.
    """
    from keras_gan import data

    info = data.info(source, split=split, data_dir=arguments["data_dir"])
    total = info.num_examples
    wanted = np.arange(total)
    if limit is not None and limit < total:
        wanted = np.linspace(0, total - 1, limit).round().astype(np.int64)
    batches = data.load(
        source,
        split=split,
        batch_size=_BATCH_SIZE,
        shuffle=False,
        drop_remainder=False,
        **arguments,
    )
    parts, start = [], 0
    for batch in batches.as_numpy_iterator():
        inside = wanted[(wanted >= start) & (wanted < start + len(batch))] - start
        parts.append(batch[inside])
        start += len(batch)
    return np.concatenate(parts), total, wanted
