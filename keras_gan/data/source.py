"""Defines what every source of data offers: its description and its batches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import tensorflow as tf

    from keras_gan.data.load_options import LoadOptions


@dataclass(frozen=True)
class DataInfo:
    """The size and shape of one split of a source, known before it is loaded.

    Attributes:
        num_examples: Number of images.
        image_shape: `(height, width, channels)` as stored, or `(F,)` of points. Height
            and width are None where the images differ in size; `image_size` is then
            needed to load them.
        num_classes: Number of classes, or None for a source without labels: those that
            a data set declares, or else the largest label + 1.
        class_names: The name of each label in order, or None where there are no names.
    """

    num_examples: int
    image_shape: tuple[int | None, ...]
    num_classes: int | None = None
    class_names: tuple[str, ...] | None = None


class Source(Protocol):
    """One split of images or points, whatever it is stored in."""

    @property
    def info(self) -> DataInfo:
        """The size and shape of the split."""
        ...

    def batches(self, options: LoadOptions) -> tf.data.Dataset:
        """Returns batches of images, or of (images, labels), as `options` asks."""
        ...
