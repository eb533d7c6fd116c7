"""Checks the arguments of `data.load` that do not depend on the kind of source."""

from __future__ import annotations

import math
from dataclasses import dataclass

from keras_gan._checks import (
    InputError,
    check_choice,
    check_image_size,
    check_memory,
    check_positive_int,
    check_value_range,
    counted,
)
from keras_gan._limits import LIMITS
from keras_gan.data.image_conversion import RESIZES


@dataclass(frozen=True)
class LoadOptions:
    """The arguments of `data.load` that shape, scale, order and batch the images."""

    batch_size: int
    image_size: tuple[int, int] | None
    channels: int | None
    labels: bool
    value_range: tuple[float, float]
    shuffle: bool
    seed: int
    drop_remainder: bool
    source_range: tuple[float, float] | None = None
    resize: str | None = None
    mirror: bool = False
    passes: int = 1

    @property
    def order_seed(self) -> int | None:
        """The seed of the order; None for the source's own order."""
        return self.seed if self.shuffle else None

    def target_shape(self, stored: tuple[int | None, ...]) -> tuple[int, int, int]:
        """Returns the `(height, width, channels)` of the loaded images."""
        height, width = self.image_size or stored[:2]
        if height is None or width is None:
            raise InputError(
                "`image_size` is needed: the images of this source differ in size. "
                "Pass for example `image_size=64`."
            )
        return height, width, self.channels or stored[2]  # type: ignore[return-value]

    def check_memory(self, name: str, count: int, shape: tuple[int, ...]) -> None:
        """Raises `InputError` if float images of that shape do not fit in memory.

        Args:
            name: Names the images.
            count: How many of them are in memory at once.
            shape: The shape of one.
        """
        check_memory(
            f"{name}: {counted(count, 'image')} of {shape}",
            count * math.prod(shape) * 4,
            LIMITS.memory_bytes,
            "pass a smaller `image_size`",
        )

    def batches_per_pass(self, num_examples: int) -> int:
        """Returns the number of batches in a pass over `num_examples` images."""
        rest = 0 if self.drop_remainder else self.batch_size - 1
        return (num_examples + rest) // self.batch_size

    def num_batches(self, num_examples: int) -> int:
        """Returns the number of batches in an epoch over `num_examples` images."""
        return self.passes * self.batches_per_pass(num_examples)


def check_options(
    *,
    batch_size: object,
    image_size: object,
    channels: object,
    value_range: object,
    seed: object,
    labels: bool,
    shuffle: bool,
    drop_remainder: bool,
    source_range: object = None,
    resize: object = None,
    mirror: bool = False,
    passes: object = 1,
) -> LoadOptions:
    """Returns the options, or raises `InputError` for the first that is wrong."""
    if channels is not None:
        channels = check_positive_int("channels", channels)
    if resize is not None:
        check_choice("resize", str(resize), RESIZES)
    return LoadOptions(
        batch_size=check_positive_int("batch_size", batch_size),
        image_size=check_image_size(image_size, LIMITS.pixels),
        channels=channels,  # type: ignore[arg-type]
        labels=labels,
        value_range=check_value_range(value_range),
        shuffle=shuffle,
        seed=check_positive_int("seed", seed, minimum=0) % 2**63,
        drop_remainder=drop_remainder,
        resize=resize,  # type: ignore[arg-type]
        mirror=mirror,
        passes=check_positive_int("passes", passes),
        source_range=None
        if source_range is None
        else check_value_range(
            source_range, argument="source_range", example="(0, 4095)"
        ),
    )
