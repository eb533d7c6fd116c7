"""Stacks three grey images as the channels of one, as Stacked-MNIST does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from keras_gan._checks import InputError
from keras_gan._limits import LIMITS
from keras_gan.data.batching import batches_from_indices, to_value_range
from keras_gan.data.image_conversion import fit_images
from keras_gan.data.load_options import LoadOptions, check_options
from keras_gan.data.source import DataInfo, Source
from keras_gan.data.split_slices import split_name

if TYPE_CHECKING:
    import tensorflow as tf

KIND = "stacked"
# Number of stacks; as many as Lin et al. trained on.
SPLIT_SIZES = {"train": 128_000, "test": 10_000}
_DEPTH = 3


@dataclass(frozen=True, eq=False)
class StackedSource:
    """Triples of grey images, kept as their places in another source.

    Attributes:
        name: Names the source in errors.
        source: The grey images, of K classes.
        rows: `(M, 3)` int32, the images that are red, green and blue of each stack.
    """

    name: str
    source: Source
    rows: np.ndarray

    @property
    def info(self) -> DataInfo:
        """The size and shape of the stacks, of K³ classes."""
        stacked = self.source.info
        height, width, _ = stacked.image_shape
        num_classes = (stacked.num_classes or 1) ** _DEPTH
        return DataInfo(len(self.rows), (height, width, _DEPTH), num_classes)

    def batches(self, options: LoadOptions) -> tf.data.Dataset:
        """Returns batches of stacks, or of (stacks, labels), as `options` asks."""
        import tensorflow as tf

        if options.channels not in (None, _DEPTH):
            raise InputError(
                f"`channels={options.channels}` has no meaning for {self.name}, whose "
                "channels are the images that it stacks; leave it out."
            )
        num_classes = self.info.num_classes or 0
        if options.labels and num_classes > LIMITS.classes:
            raise InputError(
                f"`labels=True`, but {self.name} has {num_classes:,} classes, more "
                f"than {LIMITS.classes:,}: leave `labels` out, or stack images of "
                f"at most {round(LIMITS.classes ** (1 / _DEPTH))} classes."
            )
        images, labels = _read(self.source, options)
        height, width, _ = options.target_shape(images.shape[1:])  # type: ignore[arg-type]
        options.check_memory(self.name, len(images), (height, width, 1))
        images = fit_images(
            images,
            (height, width, 1),
            options.value_range,
            resize=options.resize or "stretch",
        )
        with tf.device("CPU:0"):
            planes, rows = tf.constant(images[..., 0]), tf.constant(self.rows)

        def fetch(indices: tf.Tensor) -> tf.Tensor:
            stacks = tf.gather(planes, tf.gather(rows, indices))
            stacks = tf.transpose(stacks, (0, 2, 3, 1))
            return to_value_range(stacks, options.value_range)

        numbers = self._numbers(labels)
        return batches_from_indices(fetch, len(self.rows), numbers, options)

    def _numbers(self, labels: np.ndarray) -> np.ndarray:
        """Returns each stack's class: its images' classes as digits to the base K."""
        base = self.source.info.num_classes or 1
        powers = base ** np.arange(_DEPTH)[::-1]
        return (labels[self.rows] @ powers).astype(np.int32)


def stacked_source(
    name: str, open_split: Callable[[str], Source], split: str
) -> StackedSource:
    """Draws the triples of a split, the same ones in every call.

    Args:
        name: "stacked:SOURCE".
        open_split: Opens a split of SOURCE.
        split: A split of SOURCE.

    Raises:
        InputError: If SOURCE has no grey images of one size with labels.

    Source: Lin et al., "PacGAN", 2018, §4.2, after Metz et al., "Unrolled generative
    adversarial networks", 2017.
    """
    source = open_split(split)
    info = source.info
    shape = info.image_shape
    if info.num_classes is None or shape[2:] != (1,) or None in shape:
        raise InputError(
            f"`source={name!r}` stacks grey images of one size with labels, such as "
            f"'mnist_10k'; those of {name.partition(':')[2]!r} have shape {shape} and "
            f"{info.num_classes or 'no'} classes."
        )
    part = split_name(split)
    size = SPLIT_SIZES.get(part, SPLIT_SIZES["train"])
    rng = np.random.default_rng(int(part == "test"))
    rows = rng.integers(0, info.num_examples, (size, _DEPTH), dtype=np.int32)
    return StackedSource(name, source, rows)


def _read(source: Source, wanted: LoadOptions) -> tuple[np.ndarray, np.ndarray]:
    """Returns all images as `(N, H, W, 1)` uint8 or float32, and their labels.

    Images that are no whole numbers in 0..255 come as floats in the value range.
    """
    options = check_options(
        batch_size=1000,
        image_size=None,
        channels=None,
        labels=True,
        value_range=(0.0, 255.0),
        shuffle=False,
        seed=0,
        drop_remainder=False,
        source_range=wanted.source_range,
    )
    images, labels = zip(*source.batches(options).as_numpy_iterator(), strict=True)
    pixels, numbers = np.concatenate(images), np.concatenate(labels)
    if (pixels == pixels.round()).all():
        return pixels.astype(np.uint8), numbers
    low, high = wanted.value_range
    return (low + (high - low) * (pixels / 255)).clip(low, high), numbers
