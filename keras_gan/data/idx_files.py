"""Reads IDX files, the format of MNIST, gzipped or plain."""

from __future__ import annotations

import gzip
import itertools
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
# Elements by the third byte of a file, the first of them as MNIST has them, and what
# names of files call them. Numbers are big-endian.
_TYPES = {
    UNSIGNED_BYTE: ("ubyte", ">u1"),
    0x09: ("byte", ">i1"),
    0x0B: ("short", ">i2"),
    0x0C: ("int", ">i4"),
    0x0D: ("float", ">f4"),
    0x0E: ("double", ">f8"),
}


def idx_source(path: Path, split: str) -> ArraySource:
    """Opens a folder with MNIST's file names, or one images file with labels beside it.

    Raises:
        InputError: If a file is missing, damaged, or not what its name says.
    """
    images_path = _find_images(path, split)
    labels_path = _find_labels(images_path)
    images = parse_idx(images_path.read_bytes(), images_path, ndim=3)
    labels = None
    if labels_path is not None:
        labels = parse_idx(labels_path.read_bytes(), labels_path, ndim=1)
    return array_source(
        images, labels, name=str(images_path), labels_name=str(labels_path)
    )


def parse_idx(content: bytes, path: Path, *, ndim: int) -> np.ndarray:
    """Returns the array in an IDX file's content, in the type that it is stored in.

    Args:
        content: The bytes of the file, gzipped or plain.
        path: Names the file in errors.
        ndim: 3 for images, which may have channels as fourth axis, or 1 for labels.

    Raises:
        InputError: If the content is damaged, or not what was expected.
    """
    if content[:2] == b"\x1f\x8b":
        try:
            content = gzip.decompress(content)
        except (OSError, EOFError, zlib.error) as error:
            raise InputError(
                f"{path} is damaged or cut short (gzip: {error}); get it again."
            ) from error
    kind, axes = content[2:4].ljust(2, b"\0")
    header_size = 4 * (1 + axes)
    is_idx = content[:2] == bytes(2) and kind in _TYPES
    if len(content) < 4 or (is_idx and len(content) < header_size):
        raise InputError(
            f"{path} is cut short: {len(content)} bytes hold no IDX header; get it "
            "again."
        )
    if not is_idx or axes not in ((3, 4) if ndim == 3 else (ndim,)):
        raise InputError(
            f"{path} is not an IDX file of {'images' if ndim == 3 else 'labels'}: its "
            f"magic number is 0x{content[:4].hex()}, expected such as "
            f"0x{UNSIGNED_BYTE << 8 | ndim:08x}."
        )
    shape = struct.unpack(f">{axes}I", content[4:header_size])
    dtype = np.dtype(_TYPES[kind][1])
    promised = math.prod(shape) * dtype.itemsize
    if len(content) - header_size != promised:
        raise InputError(
            f"{path} is damaged or cut short: its header promises {promised} bytes of "
            f"data (shape {shape}), {len(content) - header_size} came."
        )
    stored = np.frombuffer(content, dtype, offset=header_size).reshape(shape)
    return stored.astype(dtype.newbyteorder("="), copy=False)


def _find_images(path: Path, split: str) -> Path:
    if path.is_file():
        check_choice("split", split, ["train"])
        return path
    if not path.is_dir():
        raise InputError(f"{path}: no such file or folder.")
    found = {
        name: images
        for name, prefix in SPLIT_PREFIXES.items()
        if (images := _first_file(path, f"{prefix}-images", "34"))
    }
    if not found:
        raise InputError(
            f"{path} holds no MNIST-format files; expected train-images-idx3-ubyte or "
            "train-images-idx3-ubyte.gz."
        )
    return found[check_choice("split", split, found)]


def _find_labels(images: Path) -> Path | None:
    stem, found, _ = images.name.rpartition("images")
    return _first_file(images.parent, f"{stem}labels", "1") if found else None


def _first_file(folder: Path, stem: str, axes: str) -> Path | None:
    """Returns the first file that exists, of the ways to write its name.

    Some tools unpack `-idx3-ubyte` as `.idx3-ubyte`, and both may end in `.gz`.
    """
    types = [name for name, _ in _TYPES.values()]
    parts = itertools.product(types, axes, ("", ".gz"), "-.")
    names = (f"{stem}{dot}idx{n}-{kind}{gz}" for kind, n, gz, dot in parts)
    return next((folder / name for name in names if (folder / name).is_file()), None)
