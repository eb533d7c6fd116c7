"""Reads images and labels from a NumPy .npz archive."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np

from keras_gan._checks import InputError, check_choice, check_memory, one_line
from keras_gan._files import open_file
from keras_gan._limits import LIMITS
from keras_gan.data.arrays import ArraySource, array_source

# Keys of images and labels: by the split's name, or for an archive of one split.
SPLIT_KEYS = (
    ("x_{split}", "y_{split}"),
    ("{split}_images", "{split}_labels"),
    ("images_{split}", "labels_{split}"),
)
PLAIN_KEYS = (("images", "labels"), ("x", "y"), ("arr_0", "arr_1"))
SPLITS = ("train", "test", "val", "validation")


def npz_source(path: Path, split: str) -> ArraySource:
    """Opens an .npz archive.

    Raises:
        InputError: If it is damaged, holds pickled objects, or has unknown keys.
    """
    if not path.exists():
        raise InputError(f"{path}: no such file.")
    try:
        with open_file(path) as file:
            if not zipfile.is_zipfile(file):
                raise InputError(f"{path} is not an .npz archive, or is cut short.")
            file.seek(0)
            # Never with pickles: loading a pickle can run any code.
            with np.load(file, allow_pickle=False) as archive:
                return _read(archive, path, split)
    except InputError:
        raise
    except Exception as error:  # NumPy, zipfile and zlib raise whatever they meet
        raise InputError(f"{path} cannot be read: {one_line(error)}") from error


def _read(archive: np.lib.npyio.NpzFile, path: Path, split: str) -> ArraySource:
    keys = _split_keys(archive)
    if not keys:
        raise InputError(
            f"{path} has no images under a known key (such as 'images', 'x', 'x_train' "
            f"or 'train_images'); its keys are {sorted(archive.files)}."
        )
    images_key, labels_key = keys[check_choice("split", split, keys)]
    return array_source(
        _array(archive, images_key, path),
        _array(archive, labels_key, path) if labels_key in archive.files else None,
        name=f"{path} ({images_key!r})",
        labels_name=f"{path} ({labels_key!r})",
    )


def _array(archive: np.lib.npyio.NpzFile, key: str, path: Path) -> np.ndarray:
    """Returns an array, unless it unpacks to more than memory holds."""
    # No more is read of a member than the directory says.
    for member in archive.zip.infolist() if archive.zip else ():
        if member.filename in (key, f"{key}.npy"):
            check_memory(
                f"{path} ({key!r}), unpacked from {member.compress_size} bytes,",
                member.file_size,
                LIMITS.memory_bytes,
                "split it into parts",
            )
    return archive[key]


def _split_keys(archive: np.lib.npyio.NpzFile) -> dict[str, tuple[str, str]]:
    """Returns the keys of images and labels for each split in the archive."""
    found = {}
    for split in SPLITS:
        for images, labels in SPLIT_KEYS:
            if images.format(split=split) in archive.files:
                found[split] = (images.format(split=split), labels.format(split=split))
    if not found:
        for images, labels in PLAIN_KEYS:
            if images in archive.files:
                return {"train": (images, labels)}
    return found
