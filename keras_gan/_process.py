"""Imports TensorFlow quietly, and counts the cores that this process may use."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator

_LEVEL = "TF_CPP_MIN_LOG_LEVEL"
_ONEDNN = "TF_ENABLE_ONEDNN_OPTS"


def usable_cores() -> int:
    """Returns how many cores this process may use, perhaps fewer than there are."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def import_tensorflow(*, onednn: bool = False) -> None:
    """Imports TensorFlow without its log lines, for commands that print one line.

    Some of TensorFlow's libraries log before they read the log level, straight to the
    file descriptor of standard error, so that descriptor is redirected. An environment
    that sets TF_CPP_MIN_LOG_LEVEL to less than 3 sees everything.

    Args:
        onednn: Whether TensorFlow uses the operations of oneDNN on every CPU, unless
            the environment says otherwise. By default it uses them on the newest CPUs
            only; on older ones, too, they make a training step a tenth to a quarter
            faster.
    """
    # TensorFlow reads the variable when it is imported.
    if onednn and "tensorflow" not in sys.modules:
        os.environ.setdefault(_ONEDNN, "1")
    os.environ.setdefault(_LEVEL, "3")
    if os.environ[_LEVEL] != "3":
        return
    with _nothing_on_stderr():
        import tensorflow  # noqa: F401
    import logging

    # After the import, in which absl makes this logger itself.
    logging.getLogger("absl").setLevel(logging.ERROR)


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
