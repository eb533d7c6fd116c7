"""Measures, checks and cuts files that grow during a training; follows no link."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

_NOFOLLOW = getattr(os, "O_NOFOLLOW", 0)
_CHUNK = 2**20


def stored_length(path: Path) -> int:
    """Returns the length of a file in bytes, all on the disk; 0 if there is no file."""
    if not path.is_file():
        return 0
    with _opened(path, os.O_RDWR) as file:
        os.fsync(file.fileno())
        return os.fstat(file.fileno()).st_size


def sum_of(path: Path, length: int) -> str | None:
    """Returns the SHA-256 sum of the first bytes of a file; None if it is shorter.

    Args:
        path: The file; a missing one has no bytes.
        length: The number of the bytes.
    """
    sums = hashlib.sha256()
    if not path.is_file():
        return None if length else sums.hexdigest()
    with _opened(path, os.O_RDONLY) as file:
        while length > 0 and (chunk := file.read(min(_CHUNK, length))):
            sums.update(chunk)
            length -= len(chunk)
    return None if length else sums.hexdigest()


def append(path: Path, content: bytes) -> None:
    """Adds bytes at the end of a file, which is made at need."""
    with _opened(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT) as file:
        file.write(content)


def cut(path: Path, length: int) -> None:
    """Removes the bytes of a file after the first `length`, if it has more."""
    if path.is_file():
        with _opened(path, os.O_RDWR) as file:
            if os.fstat(file.fileno()).st_size > length:
                os.ftruncate(file.fileno(), length)


@contextmanager
def _opened(path: Path, flags: int) -> Iterator[BinaryIO]:
    """Opens a file itself, never one that a link in its place leads to."""
    descriptor = os.open(path, flags | _NOFOLLOW, 0o666)
    mode: Any = "rb" if flags & os.O_ACCMODE == os.O_RDONLY else "r+b"
    if flags & os.O_APPEND:
        mode = "ab"
    with os.fdopen(descriptor, mode) as file:
        yield file
