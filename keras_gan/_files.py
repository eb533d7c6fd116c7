"""Opens regular files alone, and writes files that appear whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

_KINDS = {
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFDIR: "a folder",
}
# Not on Windows, which has no pipes among its files.
_AT_ONCE = getattr(os, "O_NONBLOCK", 0)


def open_file(path: str | os.PathLike[str]) -> BinaryIO:
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
    if not stat.S_ISREG(mode):
        kind = _KINDS.get(stat.S_IFMT(mode), "of an unknown kind")
        raise OSError(errno.EINVAL, f"it is {kind}, not a file", os.fspath(path))


@contextlib.contextmanager
def atomic_path(final: str | os.PathLike[str]) -> Iterator[Path]:
    """Yields a temporary path beside `final` that is renamed to it on success.

    The body may write a file or make a folder there. If it raises or the process is
    killed, `final` stays as it was. An existing file is replaced; a folder must not
    exist yet.
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
            os.replace(temporary, final)
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


def cache_folder() -> Path:
    """Returns where the package keeps files that it can make or fetch again.

    That is `$XDG_CACHE_HOME/keras_gan`, or `~/.cache/keras_gan`.
    """
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base, "keras_gan")
