"""Examines the configuration in a `.keras` file: every object that it describes."""

from __future__ import annotations

import inspect
import json
import sys
from collections.abc import Mapping
from typing import Any

from keras_gan._checks import one_line
from keras_gan.safety import bounds
from keras_gan.safety.allowed.keras_content import (
    CLASSES,
    DTYPES,
    FUNCTIONS,
    OBJECT_KEYS,
    REASONS,
    VALUES,
)
from keras_gan.safety.examination import Refusal, count_up

# Arguments of layers that have at least as many weights as the argument says.
_SIZES = ("units", "filters", "input_dim", "output_dim")


def read_json(content: bytes, what: str) -> Any:
    """Parses JSON text.

    Raises:
        Refusal: If it is no JSON, too long or deep, or has a key twice, of which one
            reader would take the first value and another the last.
    """
    if len(content) > bounds.MOST_JSON_BYTES:
        raise Refusal(f"its {what} is longer than {bounds.MOST_JSON_BYTES} bytes")
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
        no reason if each class is listed among Keras's own, or is of keras_gan or of
        the running program, which have registered it with
        `keras.saving.register_keras_serializable`.
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
        self._left = bounds.MOST_JSON_VALUES
        self.tensors = 0

    def visit(self, value: Any, depth: int) -> None:
        self._left -= 1
        if depth > bounds.DEEPEST_JSON:
            raise Refusal("its config.json is nested too deep")
        if self._left < 0:
            raise Refusal("its config.json holds too many values")
        if isinstance(value, Mapping):
            if "class_name" in value:
                self._object(value)
            self._sizes(value)
            for key, inner in value.items():
                if key == "inbound_nodes":
                    self._nodes(inner, depth + 1)
                else:
                    self.visit(inner, depth + 1)
        elif isinstance(value, list):
            for inner in value:
                self.visit(inner, depth + 1)

    def _nodes(self, nodes: Any, depth: int) -> None:
        """Visits the calls of a layer; one without a tensor would run while loaded."""
        if not isinstance(nodes, list):
            raise Refusal("its config.json holds a layer without a list of calls")
        for node in nodes:
            before = self.tensors
            self.visit(node, depth)
            if isinstance(node, Mapping) and self.tensors == before:
                raise Refusal(
                    "it calls a layer on something else than the outputs of layers, "
                    "which would be computed while the file is loaded"
                )

    def _object(self, value: Mapping[str, Any]) -> None:
        name, module = value["class_name"], value.get("module")
        registered = value.get("registered_name")
        texts = (name, module or "", registered or "")
        if not all(isinstance(text, str) for text in texts):
            raise Refusal("its config.json names a class by something else than text")
        keys = VALUES.get(name, OBJECT_KEYS)
        if name in REASONS:
            self.reasons.append(f"it holds a {name}, which {REASONS[name]}")
        elif not set(value) <= keys:
            unknown = min(set(value) - keys)
            self.reasons.append(f"it describes a {name[:80]} with {unknown[:80]!r}")
        if name in VALUES:
            self._value(name, value.get("config"))
            return
        function = value.get("config") if name == "function" else None
        shown = f"function {function}" if isinstance(function, str) else name
        count_up(self.classes, shown[:80])
        if name not in REASONS and not _is_known(name, module, registered, function):
            self.reasons.append(
                f"it names {module or 'no module'}:{shown[:80]}, which is neither of "
                "Keras's own that only compute, nor of keras_gan, nor registered by "
                "this program; if it is yours, import the module first that registers "
                "it (keras.saving.register_keras_serializable), on the command line "
                "by `--import MODULE`"
            )

    def _value(self, name: str, config: Any) -> None:
        """Checks a value that Keras writes as an object."""
        self.tensors += name == "__keras_tensor__"
        dtype = config.get("dtype") if isinstance(config, Mapping) else None
        if dtype is not None and not (isinstance(dtype, str) and dtype in DTYPES):
            self.reasons.append(f"it holds a value of the type {str(dtype)[:80]!r}")

    def _sizes(self, value: Mapping[str, Any]) -> None:
        for key in _SIZES:
            size = value.get(key)
            if isinstance(size, (int, float)) and size > self._weight_bytes:
                self.reasons.append(
                    f"it asks for `{key}` {size}, and holds {self._weight_bytes} bytes "
                    "of weights"
                )


def _is_known(
    name: str, module: str | None, registered: str | None, function: Any
) -> bool:
    """Returns whether a class or function may be made while a file is loaded."""
    if name == "function":
        if not isinstance(function, str):
            return False
        if function in FUNCTIONS.get(module or "", ()):
            return registered in (None, function, name)
        found = _registered(function) or _registered(registered)
        return found is not None and not inspect.isclass(found)
    if name in CLASSES.get(module or "", ()):
        return registered in (None, name)
    found = _registered(registered)
    return inspect.isclass(found) and found.__name__ == name


def _registered(name: str | None) -> Any:
    """Returns what the running program has registered under a name, or None."""
    keras = sys.modules.get("keras")
    return keras.saving.get_registered_object(name) if keras and name else None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise ValueError("a key is there twice")
    return result
