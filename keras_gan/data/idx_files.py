"""Reads IDX files, the format of MNIST, gzipped or plain."""

from __future__ import annotations

import gzip
import math
import struct
import zlib
from pathlib import Path

import numpy as np

from keras_gan._checks import InputError, check_choice
from keras_gan.data.arrays import ArraySource, array_source

# The files of MNIST, Fashion-MNIST, KMNIST and others begin with these names.
SPLIT_PREFIXES = {"train": "train", "test": "t10k"}
UNSIGNED_BYTE = 0x08


def idx_source(path: Path, split: str) -> ArraySource:
    """Opens a folder with MNIST's file names, or one images file with labels beside it.

    Raises:
        InputError: If a file is missing, damaged, or not what its name says.
    """
    images_path = _find_images(path, split)
    labels_path = _find_labels(images_path)
    images = read_idx(images_path, ndim=3)
    labels = None if labels_path is None else read_idx(labels_path, ndim=1)
    return array_source(
        images, labels, name=str(images_path), labels_name=str(labels_path)
    )


def read_idx(path: Path, *, ndim: int) -> np.ndarray:
    """Reads an IDX file of unsigned bytes with `ndim` dimensions."""
    return parse_idx(path.read_bytes(), path, ndim=ndim)


def parse_idx(content: bytes, path: Path, *, ndim: int) -> np.ndarray:
    """Returns the uint8 array in an IDX file's content; errors name `path`."""
    if content[:2] == b"\x1f\x8b":
        try:
            content = gzip.decompress(content)
        except (OSError, EOFError, zlib.error) as error:
            raise InputError(
                f"{path} is damaged or cut short (gzip: {error}); get it again."
            ) from error
    expected = UNSIGNED_BYTE << 8 | ndim
    header_size = 4 * (1 + ndim)
    if len(content) < header_size:
        raise InputError(
            f"{path} is cut short: {len(content)} bytes hold no IDX header; get it "
            "again."
        )
    magic, *shape = struct.unpack(f">{1 + ndim}I", content[:header_size])
    if magic != expected:
        kind = "images" if ndim == 3 else "labels"
        raise InputError(
            f"{path} is not an IDX file of {kind}: its magic number is 0x{magic:08x}, "
            f"expected 0x{expected:08x}."
        )
    if len(content) - header_size != math.prod(shape):
        raise InputError(
            f"{path} is damaged or cut short: its header promises {math.prod(shape)} "
            f"bytes of data (shape {tuple(shape)}), {len(content) - header_size} came."
        )
    return np.frombuffer(content, np.uint8, offset=header_size).reshape(shape)


def _find_images(path: Path, split: str) -> Path:
    if path.is_file():
        check_choice("split", split, ["train"])
        return path
    if not path.is_dir():
        raise InputError(f"{path}: no such file or folder.")
    found = {
        name: images
        for name, prefix in SPLIT_PREFIXES.items()
        if (images := _first_file(path, f"{prefix}-images", "idx3-ubyte"))
    }
    if not found:
        raise InputError(
            f"{path} holds no MNIST-format files; expected train-images-idx3-ubyte or "
            "train-images-idx3-ubyte.gz."
        )
    return found[check_choice("split", split, found)]


def _find_labels(images: Path) -> Path | None:
    stem, found, _ = images.name.rpartition("images")
    return _first_file(images.parent, f"{stem}labels", "idx1-ubyte") if found else None


def _first_file(folder: Path, stem: str, kind: str) -> Path | None:
    """Returns the first file that exists, of four ways to write its name.

    Some tools unpack `-idx3-ubyte` as `.idx3-ubyte`, and both may end in `.gz`.
    """
    names = (f"{stem}{dot}{kind}{gz}" for gz in ("", ".gz") for dot in "-.")
    return next((folder / name for name in names if (folder / name).is_file()), None)
