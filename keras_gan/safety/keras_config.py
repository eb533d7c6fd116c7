"""Examines the configuration in a `.keras` file: every class that it names."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import Any

from keras_gan._checks import one_line
from keras_gan.safety.examination import Refusal, count_up

# The modules of Keras whose classes only compute.
_MODULES = frozenset(
    f"keras.{name}"
    for name in (
        *("activations", "constraints", "dtype_policies", "initializers", "layers"),
        *("losses", "metrics", "models", "optimizers", "optimizers.schedules"),
        *("quantizers", "random", "regularizers", "src.models.functional"),
        "src.models.sequential",
    )
)
_OPERATIONS = "keras.src.ops."
_TOP_CLASSES = frozenset(
    ("DTypePolicy", "FloatDTypePolicy", "Functional", "Model", "Sequential")
)
_FUNCTION_MODULES = frozenset(
    ("builtins", "keras.activations", "keras.initializers", "keras.losses")
)
# Values that Keras writes as objects.
_VALUES = frozenset(
    ("__keras_tensor__", "__tensor__", "__numpy__", "__bytes__", "__tuple__")
) | {"__ellipsis__", "__slice__"}
_REFUSED = {
    "Lambda": "runs Python code that the file holds",
    "__lambda__": "runs Python code that the file holds",
    "TFSMLayer": "loads a SavedModel from a path",
    "TorchModuleWrapper": "unpickles Python objects",
    "JaxLayer": "runs a program that the file holds",
    "FlaxLayer": "runs a program that the file holds",
    "StringLookup": "may read its vocabulary from a path",
    "IntegerLookup": "may read its vocabulary from a path",
    "TextVectorization": "may read its vocabulary from a path",
    "__typespec__": "makes a TensorFlow type by its name",
}
# Arguments of layers that have at least as many weights as the argument says.
_SIZES = ("units", "filters", "input_dim", "output_dim")
_DEEPEST = 150


def read_json(content: bytes, what: str) -> Any:
    """Parses JSON text.

    Raises:
        Refusal: If it is no JSON, too deep, or has a key twice, of which one reader
            would take the first value and another the last.
    """
    try:
        return json.loads(content, object_pairs_hook=_unique)
    except (ValueError, RecursionError) as error:
        raise Refusal(f"its {what} is malformed ({one_line(error, 120)})") from error


def examine_config(config: Any, weight_bytes: int) -> tuple[dict[str, int], list[str]]:
    """Counts the classes of a configuration, and looks for reasons to refuse it.

    Args:
        config: The content of `config.json`.
        weight_bytes: The length of the weights, which bounds the layers' sizes.

    Returns:
        The number of uses by class, and the reasons for a refusal, as clauses. There is
        no reason if each class is of Keras, of keras_gan, or registered by the running
        program with `keras.saving.register_keras_serializable`.
    """
    walk = _Walk(weight_bytes)
    try:
        if not isinstance(config, dict) or "class_name" not in config:
            raise Refusal("its config.json describes no model")
        walk.visit(config, 0)
    except Refusal as refusal:
        walk.reasons.append(str(refusal))
    return walk.classes, list(dict.fromkeys(walk.reasons))


class _Walk:
    """A walk over a configuration that collects classes and reasons to refuse it."""

    def __init__(self, weight_bytes: int) -> None:
        self.classes: dict[str, int] = {}
        self.reasons: list[str] = []
        self._weight_bytes = weight_bytes

    def visit(self, value: Any, depth: int) -> None:
        if depth > _DEEPEST:
            raise Refusal("its config.json is nested too deep")
        if isinstance(value, Mapping):
            if "class_name" in value:
                self._object(value)
            self._sizes(value)
            for inner in value.values():
                self.visit(inner, depth + 1)
        elif isinstance(value, list):
            for inner in value:
                self.visit(inner, depth + 1)

    def _object(self, value: Mapping[str, Any]) -> None:
        name, module = value["class_name"], value.get("module")
        registered = value.get("registered_name")
        texts = (name, module or "", registered or "")
        if not all(isinstance(text, str) for text in texts):
            raise Refusal("its config.json names a class by something else than text")
        if name in _VALUES and module is None:
            return
        function = value.get("config") if name == "function" else None
        shown = f"function {function}" if isinstance(function, str) else name
        count_up(self.classes, shown[:80])
        if name in _REFUSED:
            self.reasons.append(f"it holds a {name}, which {_REFUSED[name]}")
        elif not self._is_known(name, module, registered, function):
            self.reasons.append(
                f"it names {module or 'no module'}:{shown[:80]}, which is neither of "
                "Keras's own that only compute, nor of keras_gan, nor registered by "
                "this program (keras.saving.register_keras_serializable)"
            )

    def _is_known(
        self, name: str, module: str | None, registered: str | None, function: Any
    ) -> bool:
        if name == "function":
            if not isinstance(function, str):
                return False
            known = module in _FUNCTION_MODULES and function.isidentifier()
            return known or _registered(function) or _registered(registered)
        if module == "keras":
            return name in _TOP_CLASSES
        if module in _MODULES or (module or "").startswith(_OPERATIONS):
            return name.isidentifier() and registered in (None, name)
        return _registered(registered, name)

    def _sizes(self, value: Mapping[str, Any]) -> None:
        for key in _SIZES:
            size = value.get(key)
            if isinstance(size, (int, float)) and size > self._weight_bytes:
                self.reasons.append(
                    f"it asks for `{key}` {size}, and holds {self._weight_bytes} bytes "
                    "of weights"
                )


def _registered(name: str | None, class_name: str | None = None) -> bool:
    """Returns whether the running program has registered `name`, for `class_name`."""
    keras = sys.modules.get("keras")
    if keras is None or not name:
        return False
    found = keras.saving.get_registered_object(name)
    return found is not None and class_name in (None, found.__name__)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise ValueError("a key is there twice")
    return result
