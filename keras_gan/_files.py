"""Files that are there whole or not at all."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def atomic_path(final: str | os.PathLike[str]) -> Iterator[Path]:
    """Yields a temporary path beside `final` that is renamed to it on success.

    The body may write a file or make a folder there. When it raises, or the process
    is killed, nothing ever stands under `final` but what stood there before. A file
    is replaced; a folder must not exist yet.
    """
    final = Path(final)
    final.parent.mkdir(parents=True, exist_ok=True)
    # A folder of its own keeps the suffix, by which many writers choose a format.
    workspace = Path(
        tempfile.mkdtemp(prefix=f".{final.name}.", suffix=".tmp", dir=final.parent)
    )
    temporary = workspace / final.name
    try:
        with named_errors(final):
            yield temporary
            os.replace(temporary, final)
    finally:
        shutil.rmtree(workspace, ignore_errors=True)


@contextlib.contextmanager
def named_errors(path: str | os.PathLike[str]) -> Iterator[None]:
    """Lets an error of the operating system inside say which file it is about.

    To write to a full disk fails without the file's name.
    """
    try:
        yield
    except OSError as error:
        if error.filename is not None or error.errno is None:
            raise
        raise OSError(error.errno, error.strerror, os.fspath(path)) from error


def length_of(path: Path) -> int:
    """The length of a file in bytes; 0 if there is none."""
    return path.stat().st_size if path.is_file() else 0


def cut(path: Path, length: int) -> None:
    """Cuts off what a file has beyond so many bytes."""
    if length_of(path) > length:
        os.truncate(path, length)


def write_text(path: str | os.PathLike[str], text: str) -> None:
    """Writes `text` as UTF-8 to `path`, whole or not at all."""
    with atomic_path(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def write_bytes(path: str | os.PathLike[str], content: bytes) -> None:
    """Writes `content` to `path`, whole or not at all."""
    with atomic_path(path) as temporary:
        temporary.write_bytes(content)


def cache_folder() -> Path:
    """Returns where the package keeps files that it can make or fetch again.

    That is `$XDG_CACHE_HOME/keras_gan`, or `~/.cache/keras_gan`.
    """
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base, "keras_gan")
