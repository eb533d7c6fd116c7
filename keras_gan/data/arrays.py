"""Holds sources in memory: arrays of images or of points, and their labels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from keras_gan._checks import InputError
from keras_gan._limits import LIMITS
from keras_gan.data.batching import batches_from_memory
from keras_gan.data.image_conversion import fit_images
from keras_gan.data.source import DataInfo
from keras_gan.data.source_range import in_value_range

if TYPE_CHECKING:
    import tensorflow as tf

    from keras_gan.data.load_options import LoadOptions


@dataclass(frozen=True, eq=False)
class ArraySource:
    """Images `(N, H, W, C)`, numbers or bool, and their labels `(N,)` int32."""

    name: str
    images: np.ndarray
    labels: np.ndarray | None = None
    class_names: tuple[str, ...] | None = None

    @property
    def info(self) -> DataInfo:
        """The size and shape of the arrays."""
        num_classes = None
        if self.labels is not None:
            num_classes = len(self.class_names or range(int(self.labels.max()) + 1))
        height, width, channels = self.images.shape[1:]
        return DataInfo(
            len(self.images), (height, width, channels), num_classes, self.class_names
        )

    def part(self, rows: slice | np.ndarray) -> ArraySource:
        """Returns a source of some of the images, with the same classes."""
        labels = None if self.labels is None else self.labels[rows]
        classes = range(self.info.num_classes or 0)
        names = self.class_names or tuple(str(number) for number in classes) or None
        return ArraySource(self.name, self.images[rows], labels, names)

    def batches(self, options: LoadOptions) -> tf.data.Dataset:
        """Returns batches of images, or of (images, labels), as `options` asks."""
        shape = options.target_shape(self.images.shape[1:])  # type: ignore[arg-type]
        options.check_memory(self.name, len(self.images), shape)
        images = in_value_range(self.name, self.images, options)
        images = fit_images(
            images, shape, options.value_range, resize=options.resize or "stretch"
        )
        return batches_from_memory(images, self.labels, options)


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

    def part(self, rows: slice | np.ndarray) -> PointSource:
        """Returns a source of some of the points."""
        labels = None if self.labels is None else self.labels[rows]
        return PointSource(self.name, self.points[rows], labels)

    def batches(self, options: LoadOptions) -> tf.data.Dataset:
        """Returns batches of points, or of (points, labels), unchanged."""
        given = {
            "image_size": options.image_size,
            "channels": options.channels,
            "source_range": options.source_range,
            "resize": options.resize,
            "mirror": options.mirror or None,
        }
        for argument, value in given.items():
            if value is not None:
                raise InputError(
                    f"`{argument}` has no meaning for {self.name}, whose examples are "
                    f"vectors of {self.points.shape[1]} numbers; leave it out."
                )
        return batches_from_memory(self.points, self.labels, options)


def array_source(
    images: object,
    labels: object = None,
    *,
    name: str,
    labels_name: str | None = None,
    class_names: tuple[str, ...] | None = None,
) -> ArraySource:
    """Checks images and labels and gives them their standard shape and dtype.

    Args:
        images: `(N, H, W)` or `(N, H, W, C)` of integers, floats or bool.
        labels: `(N,)` or `(N, 1)` whole numbers from 0, or None.
        name: Names the images in errors: a file's path, or the argument.
        labels_name: Names the labels in errors; None for `name`.
        class_names: The name of each label.

    Raises:
        InputError: If they are of another shape or dtype, or differ in number.
    """
    checked = _check_images(name, np.asarray(images))
    if labels is None:
        return ArraySource(name, checked)
    numbers = _stored_labels(labels_name or name, labels, len(checked), name)
    return ArraySource(name, checked, numbers, class_names)


def point_source(
    points: np.ndarray, labels: object, *, name: str, labels_name: str
) -> PointSource:
    """Checks floating points `(N, F)` and labels `(N,)` or None.

    Args:
        points: `(N, F)` floats.
        labels: `(N,)` or `(N, 1)` whole numbers from 0, or None.
        name: Names the points in errors.
        labels_name: Names the labels in errors.

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
    numbers = _stored_labels(labels_name, labels, len(points), name)
    return PointSource(name, points, numbers)


def _check_images(name: str, images: np.ndarray) -> np.ndarray:
    if images.ndim == 3:
        images = images[..., None]
    if images.ndim != 4:
        raise InputError(
            f"{name}: images must have shape (N, height, width) or (N, height, width, "
            f"channels), points (N, F) and be floats; got {images.dtype} of shape "
            f"{images.shape}."
        )
    if 0 in images.shape:
        raise InputError(f"{name}: there are no images; got shape {images.shape}.")
    if images.shape[1] in (1, 3) and images.shape[3] > 4:
        raise InputError(
            f"{name}: channels must come last; got shape {images.shape}. Use "
            "images.transpose(0, 2, 3, 1)."
        )
    if images.dtype.kind not in "uifb":
        raise InputError(
            f"{name}: images must be numbers: uint8 (0 to 255), other integers with "
            f"`source_range`, or floats in `value_range`; got dtype {images.dtype}."
        )
    return images


def _stored_labels(
    name: str, stored: object, count: int, images_name: str
) -> np.ndarray:
    """Returns labels from a file or an array as `(count,)` int32.

    Files hold labels in many types; any whole numbers from 0 will do. The labels that
    `fit` and `sample` take are checked by `priors.sample_arguments.check_labels`.

    Raises:
        InputError: If they are not one whole number for each image of `images_name`.
    """
    labels = np.asarray(stored)
    if labels.ndim == 2 and labels.shape[1] == 1:
        labels = labels[:, 0]
    if labels.ndim != 1:
        raise InputError(
            f"{name}: labels must have shape (N,), one class number for each image; "
            f"got shape {labels.shape}. One-hot labels: use labels.argmax(-1)."
        )
    largest = labels.max() if labels.size and labels.dtype.kind in "iuf" else 0
    if largest >= LIMITS.classes and np.isfinite(largest):
        raise InputError(
            f"{name}: the label {largest} is more than {LIMITS.classes - 1:,}, and "
            "classes count from 0 to the largest label; "
            "`numpy.unique(labels, return_inverse=True)[1]` numbers them from 0."
        )
    with np.errstate(invalid="ignore"):  # NaN and infinity are compared below
        numbers = labels.astype(np.int32) if labels.dtype.kind in "iufb" else None
    if numbers is None or (numbers != labels).any() or (numbers < 0).any():
        raise InputError(
            f"{name}: labels must be whole numbers from 0; got dtype {labels.dtype}, "
            f"for example {labels[:3].tolist()}."
        )
    if len(numbers) != count:
        more = "more" if len(numbers) > count else "fewer"
        raise InputError(
            f"{name}: {more} labels than images: {len(numbers)} labels for the {count} "
            f"images of {images_name}."
        )
    return numbers
