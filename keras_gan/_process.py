"""Imports TensorFlow quietly, counts cores, starts processes, names the program."""

from __future__ import annotations

import contextlib
import os
import shlex
import shutil
import site
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

# Libraries that this package imports, and their names for pip.
_DISTRIBUTIONS = {
    **{
        name: name
        for name in (
            *("jinja2", "keras", "matplotlib", "numpy", "onnx", "onnxruntime"),
            *("onnxslim", "rich", "tensorflow", "tf2onnx", "typer"),
        )
    },
    "PIL": "pillow",
    "ai_edge_litert": "ai-edge-litert",
    "google": "protobuf",
    "tensorflow_datasets": "tensorflow-datasets",
}
_turn_on_stderr = threading.Lock()
_LEVEL = "TF_CPP_MIN_LOG_LEVEL"
_ONEDNN = "TF_ENABLE_ONEDNN_OPTS"


def usable_cores() -> int:
    """Returns how many cores this process may use, perhaps fewer than there are."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def module_process(module: str, *arguments: str) -> dict[str, Any]:
    """Returns the arguments of `subprocess.Popen` that run a module of this package.

    The current folder is no place of modules there: one above a clone would hide the
    installed package behind an empty one.

    Args:
        module: The name of the module.
        *arguments: The arguments of its program.
    """
    environment = dict(os.environ)
    root = str(Path(__file__).resolve().parents[1])
    if root not in (*site.getsitepackages(), site.getusersitepackages()):  # a checkout
        known = environment.get("PYTHONPATH")
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, (root, known)))
    command = [sys.executable, "-P", "-m", module, *arguments]
    return {"args": command, "env": environment}


def missing_library(error: ImportError) -> str | None:
    """Returns what to install where an import failed; None if it is not known.

    Args:
        error: The error of the import.
    """
    module = (error.name or "").partition(".")[0]
    if not isinstance(error, ModuleNotFoundError) or module not in _DISTRIBUTIONS:
        return None
    return (
        f"This needs the library {module}, which is not installed: pip install "
        f"{_DISTRIBUTIONS[module]}; `pip install .` in the clone installs all."
    )


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


def use_onednn() -> None:
    """Lets TensorFlow use oneDNN on every CPU, unless the environment says otherwise.

    By default it uses its operations on the newest CPUs only; on older ones, too, they
    make a training step a tenth to two thirds faster. TensorFlow reads the setting when
    it is imported: once it is, nothing happens.
    """
    if "tensorflow" not in sys.modules:
        os.environ.setdefault(_ONEDNN, "1")


def onednn_is_chosen() -> bool:
    """Returns whether the environment says whether TensorFlow uses oneDNN."""
    return _ONEDNN in os.environ


def import_tensorflow() -> None:
    """Imports TensorFlow without its log lines, for commands that print one line."""
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
    with nothing_on_stderr() if silent else contextlib.nullcontext():
        yield silent


@contextlib.contextmanager
def nothing_on_stderr() -> Iterator[None]:
    """Keeps all that is written to standard error off it, also by libraries in C.

    Threads take turns, since each would put back what it found.
    """
    with _turn_on_stderr:
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
