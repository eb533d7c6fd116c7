"""Writes files that appear whole or not at all, and locks folders."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from keras_gan._checks import InputError

try:
    import fcntl
except ImportError:  # on Windows
    fcntl = None

LOCK = ".lock"


@contextlib.contextmanager
def atomic_path(final: str | os.PathLike[str]) -> Iterator[Path]:
    """Yields a temporary path beside `final` that is renamed to it on success.

    The body may write a file or make a folder there. If it raises or the process is
    killed, `final` stays as it was; a power cut leaves the old content or the new one.
    An existing file is replaced; a folder must not exist yet.
    """
    final = Path(final)
    final.parent.mkdir(parents=True, exist_ok=True)
    # In a folder of its own the file keeps its suffix, from which many writers choose
    # the format.
    workspace = Path(
        tempfile.mkdtemp(prefix=f".{final.name}.", suffix=".tmp", dir=final.parent)
    )
    temporary = workspace / final.name
    try:
        with named_errors(final):
            yield temporary
            _sync(temporary)
            os.replace(temporary, final)
            _sync_names(final.parent)
    finally:
        shutil.rmtree(workspace, ignore_errors=True)


@contextlib.contextmanager
def named_errors(path: str | os.PathLike[str]) -> Iterator[None]:
    """Adds `path` to an operating-system error that does not name a file.

    A write to a full disk, for example, fails without the file's name.
    """
    try:
        yield
    except OSError as error:
        if error.filename is not None or error.errno is None:
            raise
        raise OSError(error.errno, error.strerror, os.fspath(path)) from error


def write_text(path: str | os.PathLike[str], text: str) -> None:
    """Writes `text` as UTF-8 to `path`, whole or not at all."""
    with atomic_path(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def write_json(path: str | os.PathLike[str], content: Any) -> None:
    """Writes `content` as indented JSON to `path`, whole or not at all."""
    write_text(path, json.dumps(content, indent=2) + "\n")


def write_bytes(path: str | os.PathLike[str], content: bytes) -> None:
    """Writes `content` to `path`, whole or not at all."""
    with atomic_path(path) as temporary:
        temporary.write_bytes(content)


class FolderLock:
    """Keeps other processes from writing a folder; they are refused at once.

    The lock is that of an open file, `.lock`, so that it ends with the process, however
    it ends. On Windows, which has no such lock, nothing is locked.

    Args:
        folder: The folder, made at need.
        use: The words for the use of the folder, such as "train".
    """

    def __init__(self, folder: Path, use: str) -> None:
        self.folder = folder
        self._use = use
        self._descriptor: int | None = None

    def acquire(self) -> None:
        """Takes the lock, if this object does not hold it.

        Raises:
            ValueError: If another process, or another object, holds it.
        """
        if self._descriptor is not None or fcntl is None:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW
        while True:
            descriptor = os.open(self.folder / LOCK, flags, 0o644)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(descriptor)
                raise InputError(
                    f"'{self.folder}': another process is there to {self._use}; wait "
                    "for its end, or give another folder."
                ) from None
            # Whoever held the lock before may have removed its file meanwhile.
            if os.fstat(descriptor).st_nlink:
                self._descriptor = descriptor
                return
            os.close(descriptor)

    def release(self) -> None:
        """Gives the lock up, and removes the folder if nothing else is in it."""
        if self._descriptor is None:
            return
        if [path.name for path in self.folder.iterdir()] == [LOCK]:
            with contextlib.suppress(OSError):
                (self.folder / LOCK).unlink()
                self.folder.rmdir()
        os.close(self._descriptor)
        self._descriptor = None

    def __enter__(self) -> None:
        self.acquire()

    def __exit__(self, *_: object) -> None:
        self.release()


def _sync(path: Path) -> None:
    """Brings a file, or all files of a folder, to the disk."""
    if path.is_dir():
        for inside in path.iterdir():
            _sync(inside)
        _sync_names(path)
    elif path.is_file():
        with path.open("rb+") as file:
            os.fsync(file.fileno())


def _sync_names(folder: Path) -> None:
    """Brings the names of the files in a folder to the disk."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def cache_folder() -> Path:
    """Returns where the package keeps files that it can make or fetch again.

    That is `$XDG_CACHE_HOME/keras_gan`, or `~/.cache/keras_gan`.
    """
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base, "keras_gan")
