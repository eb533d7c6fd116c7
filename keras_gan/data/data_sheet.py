"""Describes a source of images before anything is trained: sizes, colours, copies."""

from __future__ import annotations

import dataclasses
import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from keras_gan._checks import InputError, counted
from keras_gan.data.image_conversion import fit_images
from keras_gan.data.image_files import read_values
from keras_gan.data.image_folder import FolderSource
from keras_gan.data.load_options import check_options
from keras_gan.data.loading import open_source
from keras_gan.data.source import Source
from keras_gan.data.threads import in_threads
from keras_gan.notebooks.tables import html_table

# More images are described by this many, evenly from all.
_LOOKED_AT = 4000
# Near copies are told by thumbnails of this side, in their root mean square difference.
_THUMBNAIL, _NEAR = 16, 0.02
# Sizes are not known of images that differ in size outside of a folder.
_UNKNOWN_SIDE = 64
# Floats of an array must lie inside.
_RANGE = (-1.0, 1.0)

Spread = tuple[int, int, int]
"""The smallest, the median and the largest of some numbers."""


@dataclass(frozen=True, repr=False)
class DataSheet:
    """A description of a source of images.

    Attributes:
        num_examples: The number of images.
        looked_at: The number of images that were looked at, evenly from all.
        heights: The smallest, the median and the largest height in pixels.
        widths: The same of the widths.
        channels: The channels that `data.load` gives without being asked for others.
        has_alpha: Whether some image file is transparent somewhere.
        bits: The bits of a value in image files; None of other sources.
        class_counts: The number of images of each class by name; empty without labels.
        cropped: The mean share of an image's area outside of its central square, from
            0 to 1.
        duplicates: Groups of equal images, by their path in the folder or by number.
        near_duplicates: Pairs of images whose thumbnails of 16×16 differ by less than
            2 % (root mean square), without the equal ones.
    """

    num_examples: int
    looked_at: int
    heights: Spread
    widths: Spread
    channels: int
    has_alpha: bool
    bits: int | None
    class_counts: dict[str, int]
    cropped: float
    duplicates: tuple[tuple[str, ...], ...]
    near_duplicates: tuple[tuple[str, str], ...]

    @property
    def has_one_size(self) -> bool:
        """True where all images have the same height and width."""
        return all(low == high for low, _, high in (self.heights, self.widths))

    def to_dict(self) -> dict[str, Any]:
        """Returns the attributes by name, in values that JSON can hold."""
        return dataclasses.asdict(self)

    def __repr__(self) -> str:
        return f"DataSheet({counted(self.num_examples, 'image')}, {self._sizes()})"

    def __str__(self) -> str:
        """Returns the description in some lines of text."""
        return "\n".join(f"{name:<8} {value}" for name, value in self._rows())

    def _repr_html_(self) -> str:
        """Returns the description as a table for notebooks."""
        return html_table(self._rows())

    def _sizes(self) -> str:
        if self.has_one_size:
            return shape_in_words(self.heights[1], self.widths[1])
        (low, tall, high), (narrow, wide, broad) = self.heights, self.widths
        return (
            f"{low} to {high} high (median {tall}), {narrow} to {broad} wide (median "
            f"{wide})"
        )

    def _rows(self) -> list[tuple[str, str]]:
        """Returns the description in words, by topic."""
        colours = {1: "grey", 3: "colour"}.get(
            self.channels, f"{self.channels} channels"
        )
        rows = [
            ("images", f"{self.num_examples:,}"),
            ("sizes", self._sizes()),
            ("colours", colours + (", with transparency" if self.has_alpha else "")),
            ("classes", _listed(self.class_counts)),
            (
                "square",
                f"a crop to squares leaves {self.cropped:.0%} of the area out",
            ),
            ("copies", _shown(self.duplicates, "group", "of equal images")),
            ("near", _shown(self.near_duplicates, "pair", "with hardly a difference")),
        ]
        if self.looked_at < self.num_examples:
            rows.append(("seen", f"{self.looked_at:,} of them, evenly from all"))
        return rows


def data_sheet(
    source: Any,
    *,
    split: str = "train",
    source_range: tuple[float, float] | None = None,
    data_dir: str | os.PathLike[str] | None = None,
) -> DataSheet:
    """Looks at the images of a source, at most 4,000 of them.

    Args:
        source: A source of `data.load`.
        split: The part of the source; see `data.load`.
        source_range: (low, high) of integers in arrays; see `data.load`.
        data_dir: The folder of tensorflow-datasets.

    Returns:
        The description; `print` shows it in some lines of text.

    Raises:
        ValueError: If the source or the split is wrong, or holds points.

    Example:
        >>> data.data_sheet("mnist_10k").heights
        (28, 28, 28)
    """
    opened = open_source(source, split, data_dir, told=True)
    info = opened.info
    if len(info.image_shape) != 3:
        told = f"these examples have the shape {info.image_shape}, as points have"
        raise InputError(f"A data sheet describes images; {told}.")
    rows = _evenly(info.num_examples)
    height, width = (side or _UNKNOWN_SIDE for side in info.image_shape[:2])
    heights, widths, bits = [height], [width], None
    if isinstance(opened, FolderSource):
        heights, widths = zip(*(header.size for header in opened.headers), strict=True)
        bits = max(header.bits for header in opened.headers)
        paths = [opened.paths[row] for row in rows]
        names = [str(path.relative_to(opened.name)) for path in paths]
        looks = in_threads(_look_at_file, paths)
    else:
        names = [f"number {row}" for row in rows]
        images = _images(opened, rows, source_range)
        looks = [_look(image, _RANGE, image.shape[-1]) for image in images]
    duplicates, near = _copies(names, looks)
    return DataSheet(
        info.num_examples,
        len(rows),
        _spread(heights),
        _spread(widths),
        int(info.image_shape[2] or 3),
        any(look.is_transparent for look in looks),
        bits,
        _class_counts(opened),
        float(
            np.mean(
                [
                    1 - min(size) / max(size)
                    for size in zip(heights, widths, strict=True)
                ]
            )
        ),
        duplicates,
        near,
    )


@dataclass(frozen=True)
class _Look:
    """The traits of one image that the sheet needs."""

    digest: bytes
    thumbnail: np.ndarray
    is_transparent: bool = False


def _look_at_file(path: Path) -> _Look:
    """Looks at a file of 1 to 4 channels, of which 2 and 4 end with alpha."""
    pixels = read_values(path)
    low, high = float(pixels.min()), float(pixels.max())
    value_range = (low, max(high, low + 1e-6))
    if pixels.dtype.kind == "u":
        value_range = (0.0, float(np.iinfo(pixels.dtype).max))
    if pixels.shape[-1] in (1, 3):
        return _look(pixels, value_range, 3)
    alpha = pixels[..., -1:]
    pixels = np.where(alpha == 0, 0, pixels)  # what nobody sees makes no difference
    look = _look(pixels, value_range, 3)
    return dataclasses.replace(
        look, is_transparent=bool((alpha < value_range[1]).any())
    )


def _look(pixels: np.ndarray, value_range: tuple[float, float], channels: int) -> _Look:
    """Looks at an image `(H, W, C)`; its thumbnail gets so many channels."""
    low, high = value_range
    unit = ((pixels.astype(np.float32) - low) / (high - low))[None]
    thumbnail = fit_images(unit, (_THUMBNAIL, _THUMBNAIL, channels), (0.0, 1.0))
    content = repr((pixels.shape, pixels.dtype)).encode() + pixels.tobytes()
    return _Look(hashlib.sha256(content).digest(), thumbnail[0].reshape(-1))


def _images(
    source: Source, rows: np.ndarray, source_range: tuple[float, float] | None
) -> list[np.ndarray]:
    """Returns some images of a source that is no folder, in the usual range."""
    shape = source.info.image_shape
    options = check_options(
        batch_size=500,
        image_size=_UNKNOWN_SIDE if None in shape else None,
        channels=None,
        labels=False,
        value_range=_RANGE,
        shuffle=False,
        seed=0,
        drop_remainder=False,
        source_range=source_range,
    )
    found, wanted, start = [], set(rows.tolist()), 0
    for batch in source.batches(options).as_numpy_iterator():
        found += [x for n, x in enumerate(batch, start) if n in wanted]
        start += len(batch)
    return found


def _copies(
    names: list[str], looks: list[_Look]
) -> tuple[tuple[tuple[str, ...], ...], tuple[tuple[str, str], ...]]:
    """Returns groups of equal images, and pairs of images that hardly differ."""
    groups: dict[bytes, list[int]] = {}
    for number, look in enumerate(looks):
        groups.setdefault(look.digest, []).append(number)
    equal = tuple(
        tuple(names[n] for n in group) for group in groups.values() if len(group) > 1
    )
    first = [group[0] for group in groups.values()]
    thumbnails = np.stack([looks[number].thumbnail for number in first])
    near = [(names[first[i]], names[first[j]]) for i, j in _near(thumbnails)]
    return equal, tuple(near)


def _near(thumbnails: np.ndarray) -> list[tuple[int, int]]:
    """Returns the pairs of rows whose root mean square difference is below 2 %."""
    squares = np.square(thumbnails).sum(axis=1)
    limit = thumbnails.shape[1] * _NEAR**2
    pairs = []
    for start in range(0, len(thumbnails), 512):
        part = slice(start, start + 512)
        distances = squares[part, None] + squares - 2 * thumbnails[part] @ thumbnails.T
        rows, columns = np.nonzero(distances < limit)
        pairs += [(i + start, j) for i, j in zip(rows, columns, strict=True)]
    return [(int(i), int(j)) for i, j in pairs if i < j]


def _class_counts(source: Source) -> dict[str, int]:
    labels = getattr(source, "labels", None)
    if labels is None or source.info.num_classes is None:
        return {}
    counts = np.bincount(labels, minlength=source.info.num_classes)
    names = source.info.class_names or map(str, range(len(counts)))
    return {name: int(count) for name, count in zip(names, counts, strict=True)}


def shape_in_words(height: int, width: int) -> str:
    """Returns "64×64", and what comes first where the sides differ."""
    return f"{height}×{width}{'' if height == width else ' (height × width)'}"


def _evenly(count: int) -> np.ndarray:
    """Returns the places of the images that are looked at."""
    return np.unique(np.linspace(0, count - 1, _LOOKED_AT).round().astype(int))


def _outside_of_square(heights: Sequence[int], widths: Sequence[int]) -> float:
    """Returns the mean share of images outside of their central squares."""
    sizes = np.stack([heights, widths])
    return float(np.mean(1 - sizes.min(axis=0) / sizes.max(axis=0)))


def _spread(numbers: Any) -> Spread:
    return min(numbers), int(np.median(numbers)), max(numbers)


def _listed(counts: dict[str, int]) -> str:
    if not counts:
        return "none"
    shown = ", ".join(f"{name} {count:,}" for name, count in list(counts.items())[:6])
    return f"{len(counts)}: {shown}" + (", …" if len(counts) > 6 else "")


def _shown(groups: tuple[tuple[str, ...], ...], noun: str, kind: str) -> str:
    if not groups:
        return f"no {noun}s {kind}"
    first = " = ".join(groups[0][:3])
    return f"{counted(len(groups), noun)} {kind}, such as {first}"
