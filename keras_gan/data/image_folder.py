"""Opens a folder of image files: images directly, or a sub-folder for each class."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from keras_gan._checks import InputError, check_choice
from keras_gan.data.arrays import ArraySource
from keras_gan.data.batching import (
    batches_from_examples,
    fits_in_memory,
    indices_in_order,
)
from keras_gan.data.image_files import ImageHeader, decode, read_header
from keras_gan.data.source import DataInfo

if TYPE_CHECKING:
    import tensorflow as tf

    from keras_gan.data.load_options import LoadOptions

# Sub-folders are splits, not classes, if all have such a name and one is `train`.
SPLIT_FOLDERS = {"train", "test", "val", "valid", "validation"}
# Desktops leave these files in folders; names with a leading dot are ignored too.
IGNORED_FILES = {"thumbs.db", "desktop.ini"}


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

    def part(self, rows: slice) -> FolderSource:
        """Returns a source of some of the images, with the same classes."""
        labels = None if self.labels is None else self.labels[rows]
        return FolderSource(
            self.name, self.paths[rows], self.headers[rows], labels, self.class_names
        )

    def batches(self, options: LoadOptions) -> tf.data.Dataset:
        """Returns batches of images, or of (images, labels), as `options` asks."""
        if options.image_size is None:
            self._check_one_size()
        shape = options.target_shape(self.info.image_shape)
        if fits_in_memory(len(self.paths), shape):
            images = np.stack(_in_threads(lambda p: decode(p, shape), self.paths))
            source = ArraySource(self.name, images, self.labels, self.class_names)
            return source.batches(options)
        return self._lazy_batches(shape, options)

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
        self, shape: tuple[int, int, int], options: LoadOptions
    ) -> tf.data.Dataset:
        import tensorflow as tf

        def read(index: tf.Tensor) -> Any:
            image = tf.numpy_function(
                lambda i: decode(self.paths[i], shape),
                [index],
                tf.uint8,
                stateful=False,
            )
            image = tf.ensure_shape(image, shape)
            return (image, tf.gather(self.labels, index)) if options.labels else image

        indices = indices_in_order(len(self.paths), options).unbatch()
        examples = indices.map(read, num_parallel_calls=_num_threads())
        return batches_from_examples(examples, len(self.paths), options)


def folder_source(path: Path, split: str) -> FolderSource:
    """Lists a folder and checks the header of every file in it.

    Raises:
        InputError: If the folder is missing or empty, mixes images with sub-folders,
            or holds a file that is not an image.
    """
    if not path.is_dir():
        raise InputError(f"{path}: no such folder.")
    root = _split_folder(path, split)
    files, folders = _visible(root)
    if files and folders:
        raise InputError(
            f"{root} holds both files ({files[0].name}, ...) and sub-folders "
            f"({folders[0].name}, ...); expected images alone, or one sub-folder of "
            "images for each class."
        )
    if not folders:
        return _checked_source(root, files)
    members = [_class_files(folder) for folder in folders]
    labels = np.repeat(np.arange(len(folders), dtype=np.int32), [*map(len, members)])
    class_names = tuple(folder.name for folder in folders)
    return _checked_source(root, list(itertools.chain(*members)), labels, class_names)


def _split_folder(path: Path, split: str) -> Path:
    files, folders = _visible(path)
    names = {folder.name for folder in folders}
    if "train" in names and names <= SPLIT_FOLDERS and not files:
        return path / check_choice("split", split, names)
    check_choice("split", split, ["train"])
    return path


def _visible(folder: Path) -> tuple[list[Path], list[Path]]:
    """Returns the files and the folders in a folder, each sorted by name."""
    entries = sorted(
        entry
        for entry in folder.iterdir()
        if not entry.name.startswith(".") and entry.name.lower() not in IGNORED_FILES
    )
    folders = [entry for entry in entries if entry.is_dir()]
    return [entry for entry in entries if not entry.is_dir()], folders


def _class_files(folder: Path) -> list[Path]:
    files, folders = _visible(folder)
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
    paths: list[Path],
    labels: np.ndarray | None = None,
    class_names: tuple[str, ...] | None = None,
) -> FolderSource:
    if not paths:
        raise InputError(f"{root} is empty: it holds no images.")
    headers = tuple(_in_threads(read_header, paths))
    return FolderSource(str(root), tuple(paths), headers, labels, class_names)


def _in_threads(function: Any, items: Iterable[Any]) -> list[Any]:
    with ThreadPoolExecutor(_num_threads()) as pool:
        return list(pool.map(function, items))


def _num_threads() -> int:
    return os.cpu_count() or 1
