"""Takes batches apart, and checks them: before `fit` begins, and in the graph."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf

from keras_gan._checks import InputError, counted
from keras_gan._typing import Tensor
from keras_gan.priors.sample_arguments import check_labels

# The part of a range by which values may leave it, as rounded ones do.
_SLACK = 1e-3


@dataclass(frozen=True)
class BatchContract:
    """The shape, range, labels and size that a GAN needs of every batch.

    Attributes:
        image_shape: The shape of one image.
        num_classes: The number of classes; None if labels are not used.
        value_range: (low, high) of the images; None if they have no range.
        discriminator_steps: k, which must divide the batch size.
        pack: How many images make an input of the discriminator.
        replicas: The number of replicas; each takes an equal part of every batch.
        compiled: Whether XLA compiles the step, and leaves out checks in the graph.
    """

    image_shape: tuple[int, ...]
    num_classes: int | None
    value_range: tuple[float, float] | None
    discriminator_steps: int
    pack: int = 1
    replicas: int = 1
    compiled: bool = False

    def check_arrays(self, images: Any, labels: Any | None, batch_size: int) -> None:
        """Checks arrays, and the sizes of the batches cut from them.

        Raises:
            ValueError: If a batch is not of this kind.
        """
        if not hasattr(images, "__len__") or not hasattr(images, "shape"):
            raise InputError(
                "`x` must be an array of images, a pair of images and labels, or "
                "batches: a `tf.data.Dataset`, a `keras.utils.PyDataset` or another "
                f"iterable; got {type(images).__name__}."
            )
        self.check_batch(
            np.asarray(images), None if labels is None else np.asarray(labels)
        )
        if labels is not None and len(labels) != len(images):
            raise InputError(
                f"There are {counted(len(images), 'image')} but "
                f"{counted(len(labels), 'label')}; give one "
                "label per image."
            )
        rest = len(images) % batch_size
        if rest and self.replicas > 1:
            remedy = (
                f"drop {counted(rest, 'image')}"
                if rest < len(images)
                else "give a smaller one"
            )
            raise InputError(
                f"{len(images)} images leave {rest} over after batches of `batch_size` "
                f"{batch_size}, and {self.replicas} replicas need full ones; {remedy}."
            )
        for size in {min(batch_size, len(images)), rest} - {0}:
            self.check_size(size)
        if self.value_range is not None:
            _warn_of_half_range(np.asarray(images), self.value_range)

    def check_dataset(self, element_spec: Any, first: Any) -> None:
        """Checks the first batch of a dataset, and the size of all, if that must be.

        Args:
            element_spec: Of the dataset.
            first: Its first batch; None if it has none.

        Raises:
            ValueError: If a batch is not of this kind.
        """
        size = unpack(element_spec)[0].shape[:1]
        known = bool(size) and size[0] is not None
        k, pack = self.discriminator_steps, self.pack
        if self.compiled and k * pack > 1 and not known:
            packs = f" and packs of {pack}" if pack > 1 else ""
            raise InputError(
                f"With `jit_compile` and `discriminator_steps={k}`{packs} all batches "
                "must have one size that is known; make them with "
                "`batch(batch_size, drop_remainder=True)`, as `data.load` does, or use "
                "`jit_compile=False`."
            )
        if self.replicas > 1 and not known:
            raise InputError(
                f"The {self.replicas} replicas need full batches; make them with "
                "`batch(batch_size, drop_remainder=True)`, as `data.load` does."
            )
        if first is None:
            raise InputError(
                "The dataset has no batches; it is empty, or smaller than one batch "
                "and made with `drop_remainder=True`."
            )
        images, labels = unpack(first)
        self.check_batch(
            np.asarray(images), None if labels is None else np.asarray(labels)
        )
        self.check_size(len(images))
        if self.value_range is not None:
            _warn_of_half_range(np.asarray(images), self.value_range)

    def check_batch(self, images: np.ndarray, labels: np.ndarray | None) -> None:
        """Checks the shape and the values of images and labels.

        Raises:
            ValueError: If there is one that the GAN cannot train on.
        """
        if images.shape[1:] != self.image_shape:
            raise InputError(
                f"The images have shape {images.shape[1:]}; the networks take "
                f"{self.image_shape}. {self._remedy_of_shape(images.shape[1:])}"
            )
        if len(images) == 0:
            raise InputError("There are no images to train on.")
        _check_finite(images)
        if self.value_range is not None:
            _check_values(images, self.value_range)
        if labels is not None:
            labels = _without_axis(labels, self.num_classes)
        if self.num_classes is not None:
            if labels is None:
                raise InputError(
                    f"This GAN has `num_classes={self.num_classes}`: give labels too, "
                    "as `(images, labels)` batches or `fit(images, labels)`."
                )
            check_labels(labels, len(images), self.num_classes)

    def check_size(self, size: int) -> None:
        """Checks the number of images in a batch.

        Raises:
            ValueError: If it cannot be cut into equal parts.
        """
        factor = self.discriminator_steps * self.pack
        if size % factor:
            raise InputError(
                f"A batch of {counted(size, 'image')} cannot be cut into "
                "`discriminator_steps="
                f"{self.discriminator_steps}` equal minibatches{_packs_of(self.pack)}; "
                f"use a `batch_size` that is a multiple of {factor} and drop the "
                "remainder."
            )
        factor *= self.replicas
        if size % factor:
            raise InputError(
                f"A batch of {counted(size, 'image')} cannot be cut into equal "
                f"minibatches for {self.replicas} replicas and `discriminator_steps="
                f"{self.discriminator_steps}`{_packs_of(self.pack)}; use a multiple of "
                f"{factor}."
            )

    def holds(self, images: Tensor, labels: Tensor | None) -> Tensor:
        """Returns whether a batch passes the checks, in a few operations of a graph.

        Where it does not, `check_batch` and `check_size` find the words.

        Args:
            images: `(B, ...)`.
            labels: `(B,)` or `(B, 1)`; None where there are none.
        """
        tests = [self._shape_holds(images)]
        factor = self.discriminator_steps * self.pack * self.replicas
        if factor > 1 and images.shape.rank is not None and images.shape[0] is None:
            rest = tf.math.floormod(tf.shape(images)[0], factor)
            tests.append(tf.equal(rest, 0))
        values = images if images.dtype.is_floating else tf.cast(images, tf.float32)
        if self.value_range is None:
            tests.append(tf.reduce_all(tf.math.is_finite(values)))
        else:
            low, high = self.value_range
            middle, reach = (low + high) / 2, (high - low) / 2 * (1 + 2 * _SLACK)
            # Written so that NaN, which compares false, does not pass.
            tests.append(tf.reduce_all(tf.abs(values - middle) <= reach))
        if self.num_classes is not None and labels is not None:
            numbers = tf.cast(labels, tf.float32)
            whole = tf.equal(numbers, tf.round(numbers))
            inside = (numbers >= 0) & (numbers < self.num_classes)
            tests.append(tf.reduce_all(whole & inside))
            tests.append(tf.equal(tf.size(labels), tf.shape(images)[0]))
        return tf.reduce_all(tf.stack(tests))

    def _shape_holds(self, images: Tensor) -> Tensor:
        """Returns whether the images have their shape, where it is not known before."""
        if images.shape[1:].is_fully_defined():
            return tf.constant(True)
        return tf.cond(
            tf.equal(tf.rank(images), 1 + len(self.image_shape)),
            lambda: tf.reduce_all(tf.equal(tf.shape(images)[1:], self.image_shape)),
            lambda: False,
        )

    def _remedy_of_shape(self, shape: tuple[int, ...]) -> str:
        """Returns what to do with images of another shape."""
        if shape and (*shape[1:], shape[0]) == self.image_shape:
            return (
                "Their channels come first: move these last, "
                "`np.moveaxis(images, 1, -1)`."
            )
        return "Reshape or resize them, or build the networks for this `image_shape`."


def unpack(data: Any) -> tuple[Tensor, Tensor | None]:
    """Returns the images of a batch, and its labels or None."""
    while isinstance(data, (tuple, list)) and len(data) == 1:
        data = data[0]
    if isinstance(data, Mapping):
        return _of_mapping(data)
    if not isinstance(data, (tuple, list)):
        return data, None
    if len(data) != 2:
        raise InputError(
            f"A batch holds {counted(len(data), 'element')}, but a GAN takes images "
            "and perhaps "
            "labels; weights of examples have no meaning for it. Leave the others out, "
            "as by `dataset.map(lambda images, labels, *rest: (images, labels))`."
        )
    images, labels = data
    return unpack(images) if isinstance(images, (tuple, list)) else (images, labels)


def _of_mapping(data: Mapping[str, Any]) -> tuple[Tensor, Tensor | None]:
    """Returns "image" and "label" of a batch, as tensorflow-datasets names them."""
    images = [data[name] for name in ("image", "images") if name in data]
    labels = [data[name] for name in ("label", "labels") if name in data]
    if len(images) != 1 or len(labels) > 1:
        raise InputError(
            f"A batch is a dict with the keys {sorted(data)}; its images must have the "
            "key 'image', its labels 'label'. Map it, as by `dataset.map(lambda batch: "
            "(batch['picture'], batch['class']))`."
        )
    return images[0], labels[0] if labels else None


def _packs_of(pack: int) -> str:
    """Returns the words that name packs in a message; none for single images."""
    return f" of packs of {pack} (PackedDiscriminator)" if pack > 1 else ""


def _without_axis(labels: np.ndarray, num_classes: int | None) -> np.ndarray:
    """Returns labels `(N,)` of `(N,)` or `(N, 1)`; refuses other shapes."""
    if labels.ndim == 1 or labels.shape[1:] == (1,):
        return labels.reshape(-1)
    if labels.ndim == 2 and labels.shape[1] == num_classes:
        raise InputError(
            f"The labels have shape {labels.shape}, as one-hot labels have; give the "
            "class numbers, `labels.argmax(-1)`."
        )
    raise InputError(
        f"The second array has shape {labels.shape}; labels are one class number for "
        "each image, (N,). Several arrays of images are joined by `np.concatenate`."
    )


def _check_finite(images: np.ndarray) -> None:
    """Refuses values that are no numbers, NaN or infinite, and names the first row."""
    if images.dtype.kind not in "fiub":
        raise InputError(
            f"The images are of type {images.dtype}, which are no numbers; give an "
            "array of floats, without columns of text."
        )
    if images.dtype.kind == "f" and not np.isfinite(images).all():
        rows = ~np.isfinite(images.reshape(len(images), -1)).all(axis=1)
        raise InputError(
            f"There are NaN or infinite values in {rows.sum()} of "
            f"{counted(len(images), 'image')} "
            f"(rows), the first in row {rows.argmax()}; drop or fill these."
        )


def _check_values(images: np.ndarray, value_range: tuple[float, float]) -> None:
    """Refuses values outside the range, and names the first row."""
    low, high = value_range
    slack = _SLACK * (high - low)
    smallest, largest = float(images.min()), float(images.max())
    if smallest >= low - slack and largest <= high + slack:
        return
    outside = (images < low - slack) | (images > high + slack)
    row = int(outside.reshape(len(images), -1).any(axis=1).argmax())
    raise InputError(
        f"The images have values from {smallest:g} to {largest:g}, outside "
        f"`value_range=({low:g}, {high:g})`, first in row {row}; rescale them, as "
        "`data.load` does, or give the GAN their range."
    )


def _warn_of_half_range(images: np.ndarray, value_range: tuple[float, float]) -> None:
    """Warns of images in [0, 1] where the range begins below 0."""
    low, high = value_range
    smallest, largest = float(images.min()), float(images.max())
    if low < 0 <= smallest and 0 < largest <= 1 and high <= 1:
        warnings.warn(
            f"All pixels of the first images are in [0, 1], but `value_range` is "
            f"({low:g}, {high:g}): rescale the images to it, or use "
            "`GAN(..., value_range=(0.0, 1.0))`.",
            stacklevel=4,
        )
