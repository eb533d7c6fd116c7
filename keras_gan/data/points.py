"""Points and other vectors in memory: examples without height, width and range."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from keras_gan._checks import InputError
from keras_gan.data.arrays import check_labels
from keras_gan.data.data_info import DataInfo
from keras_gan.data.pipeline import batches_from_memory

if TYPE_CHECKING:
    import tensorflow as tf

    from keras_gan.data.load_options import LoadOptions


@dataclass(frozen=True, eq=False)
class PointSource:
    """Points `(N, F)` float32, and their labels `(N,)` int32."""

    name: str
    points: np.ndarray
    labels: np.ndarray | None = None

    @property
    def info(self) -> DataInfo:
        """The number and size of the points."""
        num_classes = None if self.labels is None else int(self.labels.max()) + 1
        return DataInfo(len(self.points), self.points.shape[1:], num_classes)

    def part(self, rows: slice) -> PointSource:
        """The source of some of the points."""
        labels = None if self.labels is None else self.labels[rows]
        return PointSource(self.name, self.points[rows], labels)

    def batches(self, options: LoadOptions) -> tf.data.Dataset:
        """Batches of points, or of (points, labels), as they are."""
        for argument in ("image_size", "channels"):
            if getattr(options, argument) is not None:
                raise InputError(
                    f"`{argument}` has no meaning for {self.name}, whose examples are "
                    f"vectors of {self.points.shape[1]} numbers; leave it out."
                )
        return batches_from_memory(self.points, self.labels, options)


def point_source(
    points: np.ndarray, labels: object, *, name: str, labels_name: str
) -> PointSource:
    """Checks floating points `(N, F)` and labels `(N,)` or None.

    Raises:
        InputError: If there are none, they are not finite, or they differ in number.
    """
    if 0 in points.shape:
        raise InputError(f"{name}: there are no points; got shape {points.shape}.")
    points = points.astype(np.float32, copy=False)
    if not np.isfinite(points).all():
        raise InputError(f"{name}: points must be finite; some are NaN or infinite.")
    if labels is None:
        return PointSource(name, points)
    numbers = check_labels(labels_name, np.asarray(labels), len(points), name)
    return PointSource(name, points, numbers)
