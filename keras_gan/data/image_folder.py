"""Opens a folder of image files: images directly, or a sub-folder for each class."""

from __future__ import annotations

import dataclasses
import itertools
import os
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from keras_gan._checks import InputError, check_choice
from keras_gan.data.arrays import ArraySource
from keras_gan.data.batching import (
    batches_from_indices,
    fits_in_memory,
    to_value_range,
)
from keras_gan.data.file_headers import examine
from keras_gan.data.image_files import (
    ImageHeader,
    decode,
    decode_floats,
    read_values,
)
from keras_gan.data.left_out_files import (
    is_of_desktop,
    is_text,
    moving_away,
    named_files,
    tell_left_out,
)
from keras_gan.data.source import DataInfo
from keras_gan.data.source_range import (
    BYTES,
    FULL_RANGES,
    hint_at_small_part,
    range_unknown,
)
from keras_gan.data.threads import in_threads, num_threads

if TYPE_CHECKING:
    import tensorflow as tf

    from keras_gan.data.load_options import LoadOptions

# Sub-folders are splits, not classes, if all have such a name and one is `train`.
SPLIT_FOLDERS = {"train", "test", "val", "valid", "validation"}
# Files whose values are looked at before they are loaded, if they have over 8 bits.
_FILES_LOOKED_AT = 64


@dataclass(frozen=True, eq=False)
class FolderSource:
    """Image files with checked headers, which are decoded when they are needed."""

    name: str
    paths: tuple[Path, ...]
    headers: tuple[ImageHeader, ...]
    labels: np.ndarray | None = None
    class_names: tuple[str, ...] | None = None

    @property
    def info(self) -> DataInfo:
        """The size of all images, or None; one channel if all images are grey."""
        sizes = {header.size for header in self.headers}
        height, width = sizes.pop() if len(sizes) == 1 else (None, None)
        channels = 1 if all(header.is_grey for header in self.headers) else 3
        num_classes = None if self.class_names is None else len(self.class_names)
        return DataInfo(
            len(self.paths), (height, width, channels), num_classes, self.class_names
        )

    def part(self, rows: slice | np.ndarray) -> FolderSource:
        """Returns a source of some of the images, with the same classes."""
        labels = None if self.labels is None else self.labels[rows]
        chosen = np.arange(len(self.paths))[rows]
        paths, headers = (
            tuple(whole[row] for row in chosen) for whole in (self.paths, self.headers)
        )
        return FolderSource(self.name, paths, headers, labels, self.class_names)

    def batches(self, options: LoadOptions) -> tf.data.Dataset:
        """Returns batches of images, or of (images, labels), as `options` asks."""
        if options.image_size is None:
            self._check_one_size()
        shape = options.target_shape(self.info.image_shape)
        options.check_memory(self.name, min(options.batch_size, len(self.paths)), shape)
        bits = {header.bits for header in self.headers}
        stay_bytes = bits == {8} and options.source_range in (None, BYTES)

        resize = options.resize or "crop"

        def read(path: Path) -> np.ndarray:
            if stay_bytes:
                return decode(path, shape, resize)
            return decode_floats(
                path, shape, options.source_range, options.value_range, resize
            )

        if not stay_bytes:
            self._check_values(bits, options)
        if fits_in_memory(len(self.paths), shape, 1 if stay_bytes else 4):
            images = np.stack(in_threads(read, self.paths))
            source = ArraySource(self.name, images, self.labels, self.class_names)
            # The floats are in the value range already.
            return source.batches(dataclasses.replace(options, source_range=None))
        return self._lazy_batches(read, options)

    def _check_values(self, bits: set[int], options: LoadOptions) -> None:
        """Refuses a mixture that one range does not fit, and warns of little contrast.

        The values of a few files are looked at, evenly from all.
        """
        bits_of_files = (header.bits for header in self.headers)
        named = dict(zip(bits_of_files, self.paths, strict=True))
        if options.source_range is not None and len(bits) > 1:
            files = ", ".join(f"{named[b]} has {b} bits" for b in sorted(bits))
            raise InputError(
                f"`source_range` is one for all files, but {files}; leave it out, or "
                "put files of one kind into a folder."
            )
        for path, header in zip(self.paths, self.headers, strict=True):
            if header.is_rounded:
                warnings.warn(
                    f"{path}: colours of 16 bits are read with 8 in this file format; "
                    "save them as PNG to keep the rest.",
                    stacklevel=2,
                )
                break
        if options.source_range is None:
            self._look_at_range(bits)

    def _look_at_range(self, bits: set[int]) -> None:
        """Refuses files of an unknown range; warns if 16 bits are used in part."""
        deepest = max(bits)
        paths = [
            path
            for path, header in zip(self.paths, self.headers, strict=True)
            if header.bits == deepest and not header.is_rounded
        ]
        seen = paths[:: max(1, len(paths) // _FILES_LOOKED_AT)]
        if not seen:
            return
        values = in_threads(read_values, seen)
        lowest = min(float(value.min()) for value in values)
        highest = max(float(value.max()) for value in values)
        if deepest == 32:
            raise range_unknown(f"{seen[0]} has 32-bit pixels", "such", lowest, highest)
        hint_at_small_part(self.name, lowest, highest, FULL_RANGES["uint16"])

    def _check_one_size(self) -> None:
        first = self.headers[0].size
        for path, header in zip(self.paths, self.headers, strict=True):
            if header.size != first:
                raise InputError(
                    f"`image_size` is needed, because images differ in size (height x "
                    f"width): {self.paths[0]} is {first[0]}x{first[1]}, {path} is "
                    f"{header.size[0]}x{header.size[1]}. Pass for example "
                    f"`image_size={min(first)}`."
                )

    def _lazy_batches(
        self, read: Callable[[Path], np.ndarray], options: LoadOptions
    ) -> tf.data.Dataset:
        import tensorflow as tf

        first = read(self.paths[0])
        # One call of Python for several images costs less than a call for each. The
        # parts are read in TensorFlow's threads, which end quietly with the process.
        parts = min(2 * num_threads(), options.batch_size)

        def read_part(indices: np.ndarray) -> np.ndarray:
            images = np.empty((len(indices), *first.shape), first.dtype)
            for place, index in enumerate(indices):
                images[place] = read(self.paths[index])
            return images

        def fetch(indices: tf.Tensor) -> tf.Tensor:
            bounds = [tf.size(indices) * k // parts for k in range(parts + 1)]
            dtype = tf.as_dtype(first.dtype)
            read_parts = [
                tf.numpy_function(read_part, [indices[i:j]], dtype, stateful=False)
                for i, j in itertools.pairwise(bounds)
            ]
            images = tf.concat(read_parts, axis=0)
            images = tf.ensure_shape(images, (*indices.shape, *first.shape))
            return to_value_range(images, options.value_range)

        return batches_from_indices(fetch, len(self.paths), self.labels, options)


def folder_source(path: Path, split: str) -> FolderSource:
    """Lists a folder and checks the header of every file in it.

    Raises:
        InputError: If the folder is missing or empty, mixes images with sub-folders,
            or holds a file that is not an image.
    """
    if not path.is_dir():
        place = "" if path.is_absolute() else f" in '{Path.cwd()}'"
        raise InputError(
            f"{path}: no such folder{place}. A run whose pictures lie elsewhere now "
            "goes on, or is judged, with `--data folder:PATH`."
        )
    root = _split_folder(path, split)
    aside: list[Path] = []
    files, folders = _members(root, aside)
    if files and folders:
        raise InputError(
            f"{root} holds both files ({files[0].name}, ...) and sub-folders "
            f"({folders[0].name}, ...); expected images alone, or one sub-folder of "
            "images for each class."
        )
    if not folders:
        return _checked_source(root, files, aside)
    members = [_class_files(folder, aside) for folder in folders]
    labels = np.repeat(np.arange(len(folders), dtype=np.int32), [*map(len, members)])
    class_names = tuple(folder.name for folder in folders)
    paths = list(itertools.chain(*members))
    return _checked_source(root, paths, aside, labels, class_names)


def _split_folder(path: Path, split: str) -> Path:
    files, folders = _visible(path)
    files = [file for file in files if not _is_left_out(file)]
    names = {folder.name for folder in folders}
    if "train" in names and names <= SPLIT_FOLDERS and not files:
        return path / check_choice("split", split, names)
    check_choice("split", split, ["train"])
    return path


def _visible(folder: Path) -> tuple[list[Path], list[Path]]:
    """Returns the files and the folders in a folder, each sorted by name."""
    files, folders = [], []
    with os.scandir(folder) as entries:
        for entry in entries:
            if not entry.name.startswith("."):
                (folders if _is_folder(entry) else files).append(entry.name)
    files, folders = ([folder / name for name in sorted(n)] for n in (files, folders))
    return files, folders


def _is_folder(entry: os.DirEntry[str]) -> bool:
    """Asks the system about links alone: the listing knows the kind of the others."""
    if entry.is_symlink():
        return os.path.isdir(entry)
    return entry.is_dir()


def _members(folder: Path, aside: list[Path]) -> tuple[list[Path], list[Path]]:
    """Returns the images and the folders in a folder, each sorted by name.

    Texts and the like are left out and put into `aside`, where they lie beside images
    or classes.
    """
    files, folders = _visible(folder)
    left_out = [file for file in files if _is_left_out(file)]
    if not left_out:
        return files, folders
    images = [file for file in files if not _is_left_out(file)]
    texts = [file for file in left_out if is_text(file)]
    if texts and not images and not folders:
        return texts, folders
    aside += left_out
    return images, folders


def _is_left_out(file: Path) -> bool:
    return is_text(file) or is_of_desktop(file)


def _class_files(folder: Path, aside: list[Path]) -> list[Path]:
    files, folders = _members(folder, aside)
    if folders:
        raise InputError(
            f"{folders[0]}: a folder inside a class; the folder of a class holds "
            "images alone."
        )
    if not files:
        raise InputError(f"{folder} holds no images; fill or remove this class.")
    return files


def _checked_source(
    root: Path,
    files: list[Path],
    aside: list[Path],
    labels: np.ndarray | None = None,
    class_names: tuple[str, ...] | None = None,
) -> FolderSource:
    if not files:
        raise InputError(f"{root} is empty: it holds no images.")
    paths, headers, faults = examine(root, files)
    if faults:
        raise _all_damaged(root, faults)
    animated = [
        path for path, header in zip(paths, headers, strict=True) if header.is_animated
    ]
    tell_left_out(root, aside, animated)
    return FolderSource(str(root), paths, headers, labels, class_names)


def _all_damaged(root: Path, faults: dict[Path, InputError]) -> InputError:
    """Returns the error of the first damaged file, which names the others too.

    It shows a command that moves them away.
    """
    paths, first = [*faults], next(iter(faults.values()))
    others = f" So it is with {named_files(paths[1:], root)}." if len(paths) > 1 else ""
    return InputError(
        f"{first}{others} This moves {'it' if len(paths) == 1 else 'them'} away: "
        f"`{moving_away(root, paths)}`."
    )
