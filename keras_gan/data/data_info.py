"""What is known of a source before it is loaded."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class DataInfo:
    """The size and shape of one split of a source.

    Attributes:
        num_examples: Number of images.
        image_shape: `(height, width, channels)` as stored, or `(F,)` of points. Height
            and width are None where the images differ in size; `image_size` is then
            needed to load them.
        num_classes: Number of classes, or None for a source without labels.
        class_names: The name of each label in order, or None where there are no names.
    """

    num_examples: int
    image_shape: tuple[int | None, ...]
    num_classes: int | None = None
    class_names: tuple[str, ...] | None = None
