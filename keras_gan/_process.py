"""Imports TensorFlow quietly, counts usable cores, and names the program's command."""

from __future__ import annotations

import contextlib
import os
import shlex
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

_LEVEL = "TF_CPP_MIN_LOG_LEVEL"
_ONEDNN = "TF_ENABLE_ONEDNN_OPTS"


def usable_cores() -> int:
    """Returns how many cores this process may use, perhaps fewer than there are."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def program() -> str:
    """Returns the words that start `keras-gan` of this Python in the user's shell."""
    scripts = str(Path(sys.executable).parent)
    ours, found = shutil.which("keras-gan", path=scripts), shutil.which("keras-gan")
    if found and (ours is None or os.path.samefile(found, ours)):
        return "keras-gan"
    if ours is not None:
        return _path_for_shell(ours)
    python = shutil.which("python")
    if python is None or not os.path.samefile(python, sys.executable):
        python = _path_for_shell(sys.executable)
    else:
        python = "python"
    return f"{python} -m keras_gan"


def _path_for_shell(path: str) -> str:
    """Returns a path for the shell, relative if it is below the current folder."""
    with contextlib.suppress(ValueError):
        path = str(Path(path).relative_to(Path.cwd()))
    return shlex.quote(path)


def import_tensorflow(*, onednn: bool = False) -> None:
    """Imports TensorFlow without its log lines, for commands that print one line.

    Args:
        onednn: Whether TensorFlow uses the operations of oneDNN on every CPU, unless
            the environment says otherwise. By default it uses them on the newest CPUs
            only; on older ones, too, they make a training step a tenth to a quarter
            faster.
    """
    # TensorFlow reads the variable when it is imported.
    if onednn and "tensorflow" not in sys.modules:
        os.environ.setdefault(_ONEDNN, "1")
    with silent_tensorflow() as silent:
        import tensorflow  # noqa: F401
    if silent:
        import logging

        # After the import, in which absl makes this logger itself.
        logging.getLogger("absl").setLevel(logging.ERROR)


@contextlib.contextmanager
def silent_tensorflow() -> Iterator[bool]:
    """Keeps TensorFlow from logging; it has to be imported inside the block.

    Some of its libraries log before they read the log level, straight to the file
    descriptor of standard error, so that descriptor is redirected. Yields False, and
    does nothing, where the environment sets TF_CPP_MIN_LOG_LEVEL to less than 3.
    """
    silent = os.environ.setdefault(_LEVEL, "3") == "3"
    with _nothing_on_stderr() if silent else contextlib.nullcontext():
        yield silent


@contextlib.contextmanager
def _nothing_on_stderr() -> Iterator[None]:
    sys.stderr.flush()
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(nowhere)
        os.close(kept)
