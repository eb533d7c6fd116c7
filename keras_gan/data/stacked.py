"""Stacked-MNIST and its kind: three grey images as the channels of one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from keras_gan._checks import InputError
from keras_gan.data import order
from keras_gan.data.data_info import DataInfo
from keras_gan.data.images import fit_images
from keras_gan.data.load_options import LoadOptions, check_options
from keras_gan.data.pipeline import index_batches, to_value_range
from keras_gan.data.slices import split_name

if TYPE_CHECKING:
    import tensorflow as tf

KIND = "stacked"
# Number of stacks; as many as Lin et al. trained on.
SPLIT_SIZES = {"train": 128_000, "test": 10_000}
_DEPTH = 3


class GreySource(Protocol):
    """A source of grey images with labels."""

    @property
    def info(self) -> DataInfo:
        """Its size and shape."""
        ...

    def batches(self, options: LoadOptions) -> tf.data.Dataset:
        """Its images, or (images, labels), in batches."""
        ...


@dataclass(frozen=True, eq=False)
class StackedSource:
    """Triples of images, of which only the numbers are kept.

    Attributes:
        name: What errors call it.
        source: The grey images, of K classes.
        rows: `(M, 3)` int32, which images make a stack: red, green and blue.
    """

    name: str
    source: GreySource
    rows: np.ndarray

    @property
    def info(self) -> DataInfo:
        """The size and shape of the stacks, of K³ classes."""
        stacked = self.source.info
        height, width, _ = stacked.image_shape
        num_classes = (stacked.num_classes or 1) ** _DEPTH
        return DataInfo(len(self.rows), (height, width, _DEPTH), num_classes)

    def batches(self, options: LoadOptions) -> tf.data.Dataset:
        """Batches of stacks, or of (stacks, labels), as `options` asks."""
        import tensorflow as tf

        if options.channels not in (None, _DEPTH):
            raise InputError(
                f"`channels={options.channels}` has no meaning for {self.name}, whose "
                "channels are the images that it stacks; leave it out."
            )
        images, labels = _read(self.source)
        height, width, _ = options.target_shape(images.shape[1:])  # type: ignore[arg-type]
        images = fit_images(images, (height, width, 1), options.value_range)
        with tf.device("CPU:0"):
            planes, rows = tf.constant(images[..., 0]), tf.constant(self.rows)
            numbers = tf.constant(self._numbers(labels))

        def fetch(indices: tf.Tensor) -> Any:
            stacks = tf.gather(planes, tf.gather(rows, indices))
            stacks = tf.transpose(stacks, (0, 2, 3, 1))
            batch = to_value_range(stacks, options.value_range)
            return (batch, tf.gather(numbers, indices)) if options.labels else batch

        dataset = index_batches(len(self.rows), options)
        dataset = dataset.map(fetch, num_parallel_calls=2, deterministic=True)
        return order.finished(dataset, options.num_batches(len(self.rows)))

    def _numbers(self, labels: np.ndarray) -> np.ndarray:
        """The class of each stack: those of its images as digits to the base K."""
        base = self.source.info.num_classes or 1
        powers = base ** np.arange(_DEPTH)[::-1]
        return (labels[self.rows] @ powers).astype(np.int32)


def stacked_source(
    name: str, open_split: Callable[[str], GreySource], split: str
) -> StackedSource:
    """Draws the triples of a split, the same ones every time.

    Args:
        name: "stacked:SOURCE".
        open_split: Opens a split of SOURCE.
        split: One of SOURCE's.

    Raises:
        InputError: If SOURCE is not of grey images of one size with labels.

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


def _read(source: GreySource) -> tuple[np.ndarray, np.ndarray]:
    """All images as `(N, H, W, 1)` uint8, and their labels."""
    options = check_options(
        batch_size=1000,
        image_size=None,
        channels=None,
        labels=True,
        value_range=(0.0, 255.0),
        shuffle=False,
        seed=0,
        drop_remainder=False,
    )
    images, labels = zip(*source.batches(options).as_numpy_iterator(), strict=True)
    return np.concatenate(images).round().astype(np.uint8), np.concatenate(labels)
