"""Measures and cuts files that grow during a training."""

from __future__ import annotations

import os
from pathlib import Path


def length_of(path: Path) -> int:
    """Returns the length of a file in bytes; 0 if there is no file."""
    return path.stat().st_size if path.is_file() else 0


def cut(path: Path, length: int) -> None:
    """Removes the bytes of a file after the first `length`, if it has more."""
    if length_of(path) > length:
        os.truncate(path, length)
