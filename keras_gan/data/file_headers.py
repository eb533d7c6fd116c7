"""Examines the image files of a folder, and remembers those that stay as they are.

A command opens its folder many times, and examining 100,000 files takes seconds.
"""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from keras_gan._checks import InputError
from keras_gan._files import open_file
from keras_gan._limits import LIMITS
from keras_gan.data.image_files import ImageHeader, read_header

_MOST_FOLDERS = 4
# The files, and the bytes of each, that the system is asked for at once.
_FETCHED, _FETCHED_BYTES = 64, 2**18


@dataclass(frozen=True, eq=False)
class _Examined:
    """The files of a folder without a fault, with what tells whether they changed."""

    paths: tuple[Path, ...]
    stamps: np.ndarray
    headers: tuple[ImageHeader, ...]


_folders: dict[tuple[Path, int], _Examined] = {}


def examine(
    root: Path, paths: list[Path]
) -> tuple[tuple[Path, ...], tuple[ImageHeader, ...], dict[Path, InputError]]:
    """Reads the headers of image files, unless nothing has changed since the last time.

    Args:
        root: The folder that holds the files.
        paths: The files.

    Returns:
        The paths, their headers, and the faults of damaged files by path. If there are
        faults, the headers are not complete.
    """
    key = root, LIMITS.pixels  # a header of more pixels is a fault
    stamps = np.fromiter(map(_stamp, paths), (np.int64, 4), len(paths))
    known = _folders.pop(key, None)
    if (
        known is None
        or known.paths != tuple(paths)
        or not np.array_equal(known.stamps, stamps)
    ):
        found = _headers_or_faults(paths)
        faults = {
            path: fault
            for path, fault in zip(paths, found, strict=True)
            if isinstance(fault, InputError)
        }
        if faults:
            return (), (), faults
        # Most files have the same header, of which one is kept.
        kinds = {header: header for header in found if isinstance(header, ImageHeader)}
        headers = tuple(kinds[header] for header in found if header in kinds)
        known = _Examined(tuple(paths), stamps, headers)
    _folders[key] = known
    while len(_folders) > _MOST_FOLDERS:
        del _folders[next(iter(_folders))]
    return known.paths, known.headers, {}


def _stamp(path: Path) -> tuple[int, int, int, int]:
    """Returns numbers that change with a file's content, rights and place."""
    try:
        status = os.stat(path)
    except OSError:
        return (0, 0, 0, 0)  # reading its header tells the fault
    times = status.st_mtime_ns % 2**63, status.st_ctime_ns % 2**63
    return status.st_ino % 2**63, status.st_size, *times


def _headers_or_faults(paths: list[Path]) -> list[ImageHeader | InputError]:
    """Reads the headers in one thread: several would wait for Python's lock in turn."""
    found = []
    for start in range(0, len(paths), _FETCHED):
        part = paths[start : start + _FETCHED]
        _fetch(part)
        found += map(_header_or_fault, part)
    return found


def _fetch(paths: list[Path]) -> None:
    """Asks the system to read the beginnings of files from disk, all at once."""
    advise = getattr(os, "posix_fadvise", None)
    if advise is None:  # macOS, Windows
        return
    for path in paths:
        # Reading the header tells the fault.
        with contextlib.suppress(OSError), open_file(path) as file:
            advise(file.fileno(), 0, _FETCHED_BYTES, os.POSIX_FADV_WILLNEED)


def _header_or_fault(path: Path) -> ImageHeader | InputError:
    try:
        return read_header(path)
    except InputError as error:
        return error
