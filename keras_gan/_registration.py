"""Registers the package's serializable classes as soon as Keras is imported.

`import keras_gan` must not import Keras (a serving process has none), yet after
`import keras_gan` alone a `.keras` file must load. So the modules that register classes
are imported together with Keras: at once if Keras is imported already, otherwise by an
import hook at the end of `import keras`.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Callable, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

MODULES = (
    "keras_gan.augmentation",
    "keras_gan.layers",
    "keras_gan.losses",
    "keras_gan.training",
)


def register_when_keras_is_imported() -> None:
    """Registers the classes now, or when `keras` is first imported."""
    if "keras" in sys.modules:
        _register()
    else:
        sys.meta_path.insert(0, ImportHook("keras", _execute_and_register))


def register_rest() -> None:
    """Registers the other classes; called at the end of each of `MODULES`."""
    if "keras" in sys.modules:
        _import_all()


def _register() -> None:
    keras = sys.modules["keras"]
    # Without a backend Keras is still being imported. Then something that Keras imports
    # is importing our modules, and they register their classes themselves.
    backend = getattr(getattr(keras, "config", None), "backend", None)
    if backend is None or backend() != "tensorflow":
        return
    # If one of `MODULES` was the first to import Keras, the others cannot import it
    # before it is complete; it calls `register_rest` at its end.
    if not any(map(_is_half_way, MODULES)):
        _import_all()


def _import_all() -> None:
    for module in MODULES:
        importlib.import_module(module)


def _is_half_way(name: str) -> bool:
    """Returns whether a module is being imported right now."""
    spec = getattr(sys.modules.get(name), "__spec__", None)
    return getattr(spec, "_initializing", False)


class ImportHook(MetaPathFinder):
    """Finds a module as Python would, and has a say in its first execution.

    Put it at the beginning of `sys.meta_path`; it takes itself away.

    Args:
        name: The name of the module.
        around: Called in place of the execution, with the module and the function that
            executes it.
    """

    def __init__(
        self, name: str, around: Callable[[ModuleType, Callable[..., None]], None]
    ) -> None:
        self._name, self._around = name, around

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,
        target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        if fullname != self._name:
            return None
        # The hook stays until the module is executed: `import tensorflow` only looks
        # for Keras.
        place = sys.meta_path.index(self)
        del sys.meta_path[place]
        try:
            spec = importlib.util.find_spec(fullname)
        finally:
            sys.meta_path.insert(place, self)
        if spec is None or spec.loader is None:
            return spec
        execute = spec.loader.exec_module

        def execute_once(module: ModuleType) -> None:
            if self in sys.meta_path:
                sys.meta_path.remove(self)
            self._around(module, execute)

        spec.loader.exec_module = execute_once  # type: ignore[method-assign]
        return spec


def _execute_and_register(module: ModuleType, execute: Callable[..., None]) -> None:
    execute(module)
    _register()
