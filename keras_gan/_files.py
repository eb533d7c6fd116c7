"""Opens regular files alone, writes files whole or not at all, and locks folders.

A lock is that of an open file, which the system gives up when its process ends.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import re
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from io import BufferedReader
from pathlib import Path
from typing import Any

from keras_gan._checks import InputError

LOCK = ".lock"
# Seconds to wait for another process that writes the same.
_LONGEST_TURN = 600.0
_KINDS = {
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFDIR: "a folder",
}
# Not on Windows, which has no pipes among its files.
_AT_ONCE = getattr(os, "O_NONBLOCK", 0)


def open_file(path: str | os.PathLike[str]) -> BufferedReader:
    """Opens a regular file to read bytes.

    Opening a named pipe could wait for ever, and a device such as /dev/zero never ends.

    Raises:
        OSError: If there is no such file, or it is a pipe, a socket, a device or a
            folder; the error names it.
    """
    _check_regular(os.stat(path).st_mode, path)
    # Without waiting, should a pipe have taken its place meanwhile.
    file = open(path, "rb", opener=lambda name, flags: os.open(name, flags | _AT_ONCE))  # noqa: SIM115
    try:
        _check_regular(os.fstat(file.fileno()).st_mode, path)
    except OSError:
        file.close()
        raise
    return file


def read_text(path: str | os.PathLike[str], most_bytes: int) -> str:
    """Reads a regular file of UTF-8 text.

    Raises:
        OSError: As `open_file`, or if the file is larger.
        ValueError: If the text is no UTF-8.
    """
    with open_file(path) as file:
        content = file.read(most_bytes + 1)
    if len(content) > most_bytes:
        raise OSError(errno.EFBIG, f"it has more than {most_bytes:,} bytes", str(path))
    return content.decode("utf-8")


def _check_regular(mode: int, path: str | os.PathLike[str]) -> None:
    """Raises `OSError` if a mode of `os.stat` is not that of a regular file."""
    if not stat.S_ISREG(mode):
        kind = _KINDS.get(stat.S_IFMT(mode), "of an unknown kind")
        raise OSError(errno.EINVAL, f"it is {kind}, not a file", os.fspath(path))


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
    except shutil.Error as error:  # holds (source, copy, reason) of each file
        reason = error.args[0][0][2] if isinstance(error.args[0], list) else error
        raise OSError(errno.EIO, str(reason), os.fspath(path)) from error
    except OSError as error:
        if error.filename is not None or error.errno is None:
            raise
        raise OSError(error.errno, error.strerror, os.fspath(path)) from error


class FolderLock:
    """Keeps other processes from writing a folder; they are refused at once.

    Where the system has no locks, as on Windows, nothing is locked.

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
        if self._descriptor is not None:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        try:
            self._descriptor = _lock(self.folder / LOCK, wait=0.0)
        except OSError as error:
            if error.errno != errno.EBUSY:
                raise
            raise InputError(
                f"'{self.folder}': another process is there to {self._use}; wait for "
                "its end, or give another folder."
            ) from None

    def release(self) -> None:
        """Gives the lock up, and removes the folder if nothing is in it."""
        if self._descriptor is None:
            return
        with contextlib.suppress(OSError):
            (self.folder / LOCK).unlink()  # before another process can lock it
            self.folder.rmdir()  # fails if there is anything in it
        os.close(self._descriptor)
        self._descriptor = None

    def __enter__(self) -> None:
        self.acquire()

    def __exit__(self, *_: object) -> None:
        self.release()


@contextlib.contextmanager
def taking_turns(folder: Path, name: str | None = None) -> Iterator[None]:
    """Waits until no other process writes the same, and removes what killed ones left.

    A lock file beside the written one holds the process's number. The system gives up
    the lock of a process that ends, however it ends.

    Args:
        folder: The folder that is written into; made if need be.
        name: The name in it that is written with `atomic_path`; None for any number.

    Raises:
        OSError: If the other process is not done after ten minutes; it is named.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lock = folder / (".export.lock" if name is None else f".{name}.lock")
    descriptor = _lock(lock, _LONGEST_TURN)
    try:
        written = "[0-9]+" if name is None else re.escape(name)
        stale = re.compile(rf"\.{written}\.[a-z0-9_]{{8}}\.tmp")
        for other in folder.iterdir() if descriptor is not None else ():
            if stale.fullmatch(other.name) and not other.is_symlink():
                shutil.rmtree(other, ignore_errors=True)
        yield
    finally:
        if descriptor is not None:
            lock.unlink(missing_ok=True)  # before another process can lock it
            os.close(descriptor)


def _lock(lock: Path, wait: float) -> int | None:
    """Returns the descriptor of a lock file that this process holds alone.

    Where the system has no locks, as on Windows and in some file systems, it is None.

    Args:
        lock: The file, made at need.
        wait: Seconds to wait for another process that holds it.

    Raises:
        OSError: If the other process holds it for longer; it is named.
    """
    try:
        import fcntl
    except ImportError:
        return None
    end = time.monotonic() + wait
    while True:
        descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o666)
        try:
            _check_regular(os.fstat(descriptor).st_mode, lock)
            if os.fstat(descriptor).st_nlink > 1:  # a stranger's folder, perhaps
                raise OSError(errno.EMLINK, "it is a link to another file", str(lock))
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # It may have been removed between its opening and its locking.
            if _is_at(descriptor, lock):
                os.pwrite(descriptor, f"{os.getpid():20}".encode(), 0)
                return descriptor
            os.close(descriptor)
        except BlockingIOError:
            other = os.pread(descriptor, 20, 0).decode("ascii", "replace").strip()
            os.close(descriptor)
            if time.monotonic() >= end:
                reason = f"process {other} still writes here; wait for its end"
                raise OSError(errno.EBUSY, reason, os.fspath(lock.parent)) from None
            time.sleep(0.05)
        except OSError as error:
            os.close(descriptor)
            if error.errno in (errno.ENOLCK, errno.ENOTSUP):
                return None
            raise


def _is_at(descriptor: int, path: Path) -> bool:
    with contextlib.suppress(FileNotFoundError):
        return os.path.samestat(os.fstat(descriptor), os.stat(path))
    return False


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
