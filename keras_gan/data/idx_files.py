"""Reads IDX files, the format of MNIST, gzipped or plain."""

from __future__ import annotations

import gzip
import itertools
import math
import struct
import zlib
from pathlib import Path
from typing import IO

import numpy as np

from keras_gan._checks import InputError, check_choice, check_memory, one_line
from keras_gan._files import open_file
from keras_gan._limits import LIMITS
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
# Bytes that are read at once, so that memory is taken for what comes alone.
_PART = 1 << 24
_NONE = "no such file or folder"


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
    """Reads an IDX file; see `parse_idx`."""
    try:
        with open_file(path) as file:
            return parse_idx(file, path, ndim=ndim)
    except (OSError, MemoryError) as error:
        raise InputError(f"{path} cannot be read: {one_line(error)}.") from error


def parse_idx(file: IO[bytes], path: Path, *, ndim: int) -> np.ndarray:
    """Returns the array in an IDX file's content, in the type that it is stored in.

    No more is read, or unpacked, than the header promises.

    Args:
        file: The file, gzipped or plain.
        path: Names the file in errors.
        ndim: 3 for images, which may have channels as fourth axis, or 1 for labels.

    Raises:
        InputError: If the content is damaged, or not what was expected.
    """
    start = file.read(2)
    file.seek(0)
    if start != b"\x1f\x8b":
        return _parse(file, path, ndim)
    try:
        with gzip.open(file) as unpacked:
            return _parse(unpacked, path, ndim)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise InputError(
            f"{path} is damaged or cut short (gzip: {one_line(error)}); get it again."
        ) from error


def _parse(file: IO[bytes] | gzip.GzipFile, path: Path, ndim: int) -> np.ndarray:
    start = file.read(4)
    kind, axes = start[2:4].ljust(2, b"\0")
    is_idx = start[:2] == bytes(2) and kind in _TYPES
    header = file.read(4 * axes) if is_idx else b""
    if len(start) < 4 or (is_idx and len(header) < 4 * axes):
        raise InputError(
            f"{path} is cut short: {len(start + header)} bytes hold no IDX header; get "
            "it again."
        )
    if not is_idx or axes not in ((3, 4) if ndim == 3 else (ndim,)):
        raise InputError(
            f"{path} is not an IDX file of {'images' if ndim == 3 else 'labels'}: its "
            f"magic number is 0x{start.hex()}, expected such as "
            f"0x{UNSIGNED_BYTE << 8 | ndim:08x}."
        )
    shape = struct.unpack(f">{axes}I", header)
    dtype = np.dtype(_TYPES[kind][1])
    size = math.prod(shape) * dtype.itemsize
    check_memory(
        f"{path}, by its header,", size, LIMITS.memory_bytes, "split it into parts"
    )
    content = bytearray()
    while len(content) <= size and (part := file.read(min(_PART, size + 1))):
        content += part
    if len(content) != size:
        came = f"{len(content)} came" if len(content) < size else "more came"
        raise InputError(
            f"{path} is damaged or cut short: its header promises {size} bytes of data "
            f"(shape {shape}), {came}."
        )
    stored = np.frombuffer(content, dtype).reshape(shape)
    return stored.astype(dtype.newbyteorder("="), copy=False)


def _find_images(path: Path, split: str) -> Path:
    if path.is_file():
        check_choice("split", split, ["train"])
        return path
    if not path.is_dir():
        wrong = "it is neither a file nor a folder" if path.exists() else _NONE
        raise InputError(f"{path}: {wrong}.")
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
