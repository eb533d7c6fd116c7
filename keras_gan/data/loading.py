"""Defines `load` and `info`, which find a source by its name."""

from __future__ import annotations

import difflib
import functools
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from keras_gan._checks import (
    InputError,
    choice_error,
    counted,
    one_line,
    printable,
    without_passwords,
)
from keras_gan.data.arrays import ArraySource, PointSource
from keras_gan.data.bundled_digits import NAME as BUNDLED
from keras_gan.data.bundled_digits import bundled_source
from keras_gan.data.class_gaps import warn_of_empty_classes
from keras_gan.data.gaussian_mixtures import NAMES as MIXTURES
from keras_gan.data.gaussian_mixtures import mixture_source
from keras_gan.data.given_objects import object_source
from keras_gan.data.idx_files import idx_source
from keras_gan.data.image_folder import FolderSource, folder_source
from keras_gan.data.load_options import LoadOptions, check_options
from keras_gan.data.npz_archive import npz_source
from keras_gan.data.source import DataInfo, Source
from keras_gan.data.split_slices import rows_of, split_name
from keras_gan.data.stacked_images import KIND as STACKED
from keras_gan.data.stacked_images import stacked_source
from keras_gan.data.tfds import find_builder, known_names, tfds_source

if TYPE_CHECKING:
    import tensorflow as tf


# Stands for no range; points ignore it.
_NO_RANGE = (-1.0, 1.0)

# Drive letters and shares of Windows, and paths of other systems.
_PATH = re.compile(r"[A-Za-z]:[\\/]|\\\\|/|~|\.{1,2}[\\/]")

PATH_KINDS: dict[str, Callable[[Path, str], Source]] = {
    "folder": folder_source,
    "idx": idx_source,
    "npz": npz_source,
}


def load(  # noqa: PLR0913 - flat, as `data.load` is called in one line
    source: Any,
    *,
    split: str = "train",
    batch_size: int,
    image_size: int | tuple[int, int] | None = None,
    resize: str | None = None,
    channels: int | None = None,
    labels: bool = False,
    value_range: tuple[float, float] | None = (-1.0, 1.0),
    source_range: tuple[float, float] | None = None,
    shuffle: bool = True,
    mirror: bool = False,
    passes: int = 1,
    seed: int = 0,
    drop_remainder: bool = True,
    data_dir: str | os.PathLike[str] | None = None,
) -> tf.data.Dataset:
    """Loads images from any source as a `tf.data.Dataset` of batches.

    Mistakes in a source are found here, before training. The order of the images is a
    pure function of `seed` and of how often the dataset has been iterated before; it
    changes from epoch to epoch and is the same in every process.

    Args:
        source: One of

            - `"mnist_10k"`: the first 10,000 training (`split="train"`) and 2,000 test
              images (`"test"`) of MNIST, bundled with the package;
            - `"ring"` and `"grid"`: 100,000 points in the plane (`"test"`: 10,000) from
              8 or 25 Gaussians, see `data.mixture`; the labels are the modes;
            - a tensorflow-datasets name such as `"cifar10"`, `"name/config"` or
              `"name:version"`, or a builder object: prepared in `data_dir`, or else
              downloaded; `split` may be any expression of that package;
            - `"folder:PATH"`: images, or one sub-folder for each class (labels in
              alphabetical order), or such folders for each split, one of them `train`;
            - `"idx:PATH"`: a folder with files named as MNIST's, or one images file;
            - `"npz:PATH"`: keys `images` and `labels`, `x` and `y`, or for each split
              `x_train` and `y_train` or `train_images` and `train_labels`;
            - `"stacked:SOURCE"`: 128,000 images (`"test"`: 10,000) whose red, green and
              blue are three random grey images of another of these sources, such as
              `"stacked:mnist_10k"`; of digits a, b and c the label is 100a + 10b + c;
            - an array or tensor `(N, H, W)` or `(N, H, W, C)`, or a pair of one and
              its labels `(N,)`: integers or bool, or floats already in `value_range`;
              or points `(N, F)` of floats, which pass as they are.
        split: The part of the source. A source that is not divided has `"train"` alone.
            `"train[:5000]"`, `"train[-1000:]"` and `"train[10%:20%]"` take a part of
            any source (of a stacked one, a part of the images that it stacks);
            `"train[::10]"` takes every tenth example and `"train[~::10]"` all others,
            of any source that is no data set of tensorflow-datasets.
        batch_size: Number of images in a batch (over all replicas).
        image_size: Height and width, or one number for both. Resizes bilinearly with
            antialiasing. None keeps the size.
        resize: The way to another aspect ratio: "crop" cuts off what is over on both
            sides, "pad" adds white (or transparency), "stretch" distorts. None crops
            the images of a folder and stretches those of other sources.
        channels: 1 (ITU-R 601 luma of colour), 3 (grey repeated), or 2 and 4 (the same
            with transparency as the last channel, opaque where a file has none).
            Without it, transparency is laid over white. None keeps the channels; in a
            folder that is 1 if all files are grey, else 3.
        labels: Whether to yield `(images, labels)` instead of images.
        value_range: (low, high), the values of 0 and 255: images become
            `low + (high - low) * x / 255`. Points have no range and accept None.
        source_range: The (low, high) of the images as stored, which become those of
            `value_range`, such as (0, 4095) for 12 bits in 16-bit files. None for the
            whole range of 8 bits, 16 bits (0 to 65535) or bool; other integers need it.
        shuffle: Whether to shuffle over the whole source (a source of tensorflow-
            datasets that exceeds 64 MiB decoded: over a buffer of 256 MiB encoded).
            False keeps the source's order.
        mirror: Whether to exchange left and right in half of the images, drawn anew in
            each pass from `seed` and the image's place in the order.
        passes: The number of passes over the source that make one epoch.
        seed: Non-negative integer that chooses the order.
        drop_remainder: Whether to drop a last batch that is not full.
        data_dir: The folder of tensorflow-datasets' data; other sources ignore it.

    Returns:
        A dataset of float32 `(batch_size, height, width, channels)`, or points
        `(batch_size, F)`, or of pairs of these and int32 labels `(batch_size,)`.

    Raises:
        ValueError: If an argument or the source is wrong; the message names the file.

    Example:
        >>> train = data.load("mnist_10k", batch_size=100)
        >>> data.load("folder:faces", batch_size=64, image_size=64)  # doctest: +SKIP
    """
    options = check_options(
        batch_size=batch_size,
        image_size=image_size,
        channels=channels,
        labels=labels,
        value_range=_NO_RANGE if value_range is None else value_range,
        source_range=source_range,
        shuffle=shuffle,
        mirror=mirror,
        passes=passes,
        seed=seed,
        drop_remainder=drop_remainder,
        resize=resize,
    )
    opened = open_source(source, split, data_dir, told=labels)
    if value_range is None and len(opened.info.image_shape) > 1:
        raise InputError(
            f"`value_range=None` is for points; the images of {_describe(source)} need "
            "a range, such as (-1.0, 1.0)."
        )
    _check_fits(_describe(source), opened.info, options)
    return opened.batches(options)


def info(
    source: Any,
    *,
    split: str = "train",
    data_dir: str | os.PathLike[str] | None = None,
) -> DataInfo:
    """Returns number, shape and classes of a source's images, without decoding them.

    Args:
        source: As in `load`.
        split: As in `load`.
        data_dir: As in `load`.

    Raises:
        ValueError: If the source or the split is wrong.

    Example:
        >>> data.info("mnist_10k").num_examples
        10000
    """
    return open_source(source, split, data_dir, told=True).info


def file_names(
    source: Any,
    *,
    split: str = "train",
    data_dir: str | os.PathLike[str] | None = None,
) -> tuple[str, ...] | None:
    """Returns the path of each image, in the order of `load` without shuffling.

    Args:
        source: As in `load`.
        split: As in `load`.
        data_dir: As in `load`.

    Returns:
        The paths, as `source` writes them; None of sources that are no folder.
    """
    opened = open_source(source, split, data_dir)
    if not isinstance(opened, FolderSource):
        return None
    return tuple(map(str, opened.paths))


def open_source(
    source: Any,
    split: str,
    data_dir: str | os.PathLike[str] | None,
    *,
    told: bool = False,
) -> Source:
    """Opens a part of a source; `told` asks for a warning of empty classes."""
    opened = _open_split(source, split, data_dir)
    if told and isinstance(opened, (ArraySource, PointSource)):
        has_names = getattr(opened, "class_names", None) is not None
        if opened.labels is not None and not has_names:
            warn_of_empty_classes(_describe(source), opened.labels)
    # Stacked and tensorflow-datasets sources read the brackets themselves.
    if "[" not in split or not isinstance(
        opened, (ArraySource, FolderSource, PointSource)
    ):
        return opened
    return opened.part(rows_of(split, opened.info.num_examples))


def _open_split(
    source: Any, split: str, data_dir: str | os.PathLike[str] | None
) -> Source:
    name = split_name(split)
    if not isinstance(source, str):
        return _open_object(source, split)
    if source == BUNDLED:
        return bundled_source(name)
    if source in MIXTURES:
        return mixture_source(source, name)
    kind, _, path = source.partition(":")
    if kind in (*PATH_KINDS, STACKED) and not path:
        what = "source" if kind == STACKED else "path"
        raise InputError(
            f"`source={source!r}` lacks a {what}: '{kind}:{what.upper()}'."
        )
    if kind == STACKED:
        open_split = functools.partial(open_source, path, data_dir=data_dir)
        return stacked_source(source, open_split, split)
    if kind in PATH_KINDS:
        try:
            return PATH_KINDS[kind](Path(path).expanduser(), name)
        except (OSError, RuntimeError) as error:  # no rights, no such name or home
            reason = error.strerror if isinstance(error, OSError) else error
            shown = printable(path, 300)
            raise InputError(
                f"{shown}: it cannot be read: {one_line(reason)}."
            ) from None
    builder = find_builder(source, data_dir)
    if builder is None:
        raise _unknown_source(source)
    return tfds_source(builder, split)


def _open_object(source: Any, split: str) -> Source:
    if hasattr(source, "as_dataset") and hasattr(source, "download_and_prepare"):
        return tfds_source(source, split)
    if isinstance(source, os.PathLike):
        raise _unknown_source(os.fspath(source))
    if split_name(split) != "train":
        raise choice_error("split", split, ["train"])
    return object_source(source)


def _describe(source: Any) -> str:
    if isinstance(source, str):
        return without_passwords(repr(source))
    return type(source).__name__


def _unknown_source(source: str) -> InputError:
    is_there = os.path.exists(os.path.expanduser(source))
    if is_there or _PATH.match(source):
        # Not the repr of it, which doubles backslashes.
        return InputError(
            f"`source='{source}'` is a path; say what is there: 'folder:{source}', "
            f"'idx:{source}' or 'npz:{source}'."
        )
    _, colon, path = source.partition(":")
    names = [f"{name}:{path}" for name in (*PATH_KINDS, STACKED)] if colon else []
    names += [BUNDLED, *MIXTURES, *known_names()]
    close = difflib.get_close_matches(source, names, n=1)
    hint = without_passwords(f" Did you mean {close[0]!r}?") if close else ""
    return InputError(
        f"`source` must be {BUNDLED!r}, 'ring', 'grid', a name of tensorflow-datasets, "
        f"'folder:PATH', 'idx:PATH', 'npz:PATH', 'stacked:SOURCE', or an array; got "
        f"{_describe(source)}.{hint}"
    )


def _check_fits(name: str, info: DataInfo, options: LoadOptions) -> None:
    """Refuses options that a source cannot fulfil."""
    if options.labels and info.num_classes is None:
        raise InputError(
            f"`labels=True`, but {name} has no labels; leave `labels` out."
        )
    if options.num_batches(info.num_examples) == 0:
        raise InputError(
            f"`batch_size={options.batch_size}` is more than the "
            f"{counted(info.num_examples, 'image')} of {name}, which would give no "
            "batch at all: pass a smaller one, or `drop_remainder=False`."
        )
