"""Tells whether the program is a notebook's, and keeps TensorFlow's log out of it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from types import ModuleType

from keras_gan._process import silent_tensorflow
from keras_gan._registration import ImportHook


def in_notebook() -> bool:
    """Returns whether this process runs the cells of a notebook.

    IPython in a terminal does not: it shows no pictures.
    """
    get_shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)
    return getattr(get_shell(), "kernel", None) is not None


def started_in_notebook() -> bool:
    """Returns whether a cell of a notebook started this process, by `!` or `%%bash`.

    Its output looks like a terminal's, but a notebook keeps every line of it.
    """
    return "JPY_PARENT_PID" in os.environ and not in_notebook()


def import_tensorflow_quietly() -> None:
    """Lets a notebook import TensorFlow without the lines that it logs meanwhile.

    Elsewhere, and if TensorFlow is imported already, nothing happens.
    """
    if "tensorflow" not in sys.modules and in_notebook():
        sys.meta_path.insert(0, ImportHook("tensorflow", _execute_quietly))


def _execute_quietly(module: ModuleType, execute: Callable[..., None]) -> None:
    with silent_tensorflow():
        execute(module)
