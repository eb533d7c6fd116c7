"""The option `--import`, which lets a command know the user's own classes."""

from __future__ import annotations

import contextlib
import functools
import importlib
import inspect
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Annotated, Any

import typer

from keras_gan._checks import InputError, one_line
from keras_gan._process import import_tensorflow

Imports = Annotated[
    list[str] | None,
    typer.Option(
        "--import",
        metavar="MODULE",
        help="Import a Python module of yours first, from this folder or Python's "
        "path, so that the classes that it registers with Keras can be loaded.",
    ),
]

# The modules that the command of this process was told to import.
_imported: list[str] = []


def import_options() -> list[str]:
    """Returns the options that import the same modules in another command."""
    return [word for name in _imported for word in ("--import", name)]


def with_imports(function: Callable[..., None]) -> Callable[..., None]:
    """Gives a command the option `--import`, done before anything is opened."""

    @functools.wraps(function)
    def command(*, import_: list[str] | None = None, **arguments: Any) -> None:
        import_modules(import_)
        function(**arguments)

    signature = inspect.signature(function, eval_str=True)
    option = inspect.Parameter(
        "import_", inspect.Parameter.KEYWORD_ONLY, default=None, annotation=Imports
    )
    parameters = [*signature.parameters.values(), option]
    command.__signature__ = signature.replace(  # type: ignore[attr-defined]
        parameters=parameters
    )
    return command


def import_modules(names: Sequence[str] | None) -> None:
    """Imports modules whose classes a file may name.

    Nothing is imported without being asked for: a module is code that runs.

    Args:
        names: Their names, such as "parts" for `parts.py` in the current folder.

    Raises:
        ValueError: If there is no such module, or it cannot be imported.
    """
    _imported[:] = names or ()
    if not names:
        return
    import_tensorflow()
    with _here_on_path():
        for name in names:
            _import(name)


@contextlib.contextmanager
def _here_on_path() -> Iterator[None]:
    """Lets Python find modules in the current folder, after all others."""
    here = os.getcwd()
    if here in sys.path or "" in sys.path:
        yield
        return
    sys.path.append(here)
    try:
        yield
    finally:
        sys.path.remove(here)


def _import(name: str) -> None:
    if not all(part.isidentifier() for part in name.split(".")) or name.endswith(".py"):
        raise InputError(
            f"`--import` must be the name of a module, such as parts for parts.py in "
            f"this folder; got {name!r}."
        )
    try:
        importlib.import_module(name)
    except Exception as error:
        if isinstance(error, ModuleNotFoundError) and error.name in _parents(name):
            raise InputError(
                f"`--import {name}`: there is no module {error.name!r} in this folder "
                "or on Python's path."
            ) from None
        said = f"{type(error).__name__}: {one_line(error)}"
        raise InputError(f"`--import {name}`: it raises {said}.") from error


def _parents(name: str) -> list[str]:
    """Returns the module's name and those of the packages that it lies in."""
    parts = name.split(".")
    return [".".join(parts[:count]) for count in range(1, len(parts) + 1)]
