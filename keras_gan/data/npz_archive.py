"""Reads images and labels from a NumPy .npz archive."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path

import numpy as np

from keras_gan._checks import InputError, check_choice
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
    if not path.is_file():
        raise InputError(f"{path}: no such file.")
    if not zipfile.is_zipfile(path):
        raise InputError(f"{path} is not an .npz archive, or is cut short.")
    try:
        # Never with pickles: loading a pickle can run any code.
        with np.load(path, allow_pickle=False) as archive:
            return _read(archive, path, split)
    except InputError:
        raise
    except (OSError, ValueError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise InputError(f"{path} cannot be read: {error}") from error


def _read(archive: np.lib.npyio.NpzFile, path: Path, split: str) -> ArraySource:
    keys = _split_keys(archive)
    if not keys:
        raise InputError(
            f"{path} has no images under a known key (such as 'images', 'x', 'x_train' "
            f"or 'train_images'); its keys are {sorted(archive.files)}."
        )
    images_key, labels_key = keys[check_choice("split", split, keys)]
    return array_source(
        archive[images_key],
        archive[labels_key] if labels_key in archive.files else None,
        name=f"{path} ({images_key!r})",
        labels_name=f"{path} ({labels_key!r})",
    )


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
