"""Examines TensorFlow SavedModels, without TensorFlow."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from keras_gan.safety import bounds
from keras_gan.safety.allowed.saved_model_content import (
    FILES,
    FOLDERS,
    MESSAGES,
)
from keras_gan.safety.allowed.saved_model_content import GRAPH as GRAPH
from keras_gan.safety.allowed.tensorflow_operators import (
    CHECKPOINT_OPERATORS,
    PYTHON_PREFIXES,
    TENSOR_OPERATORS,
)
from keras_gan.safety.examination import Examination, Refusal, count_up
from keras_gan.safety.protocol_buffer import Message, decode, held_numbers

_UNKNOWN_SIZE = 2**63  # sizes below zero, as unsigned numbers, are unknown


def examine_saved_model(folder: str | os.PathLike[str]) -> Examination:
    """Examines a SavedModel: its files, fields, operators, functions and sizes.

    Every operator must be one that uses nothing but tensors and the model's own
    variables. The exception are operators that write and read checkpoints, in functions
    that save and restore the variables and that no signature or other function calls.

    Args:
        folder: The folder that holds `saved_model.pb`.
    """
    found = Examination(Path(folder), "saved_model")
    with found.examining():
        _check_files(found)
        content = (found.path / GRAPH).read_bytes()
        found.facts["sha256"] = hashlib.sha256(content).hexdigest()
        _Walk(found, len(content)).run(decode(content, MESSAGES, "SavedModel"))
    return found


def _check_files(found: Examination) -> None:
    """Refuses files other than a SavedModel's, and links of any kind."""
    sizes = {}
    for entry in _entries(found.path):
        name = Path(entry.path).relative_to(found.path).as_posix()
        if entry.is_symlink():
            raise Refusal(f"its {name[:80]!r} is a link")
        if entry.is_file() and FILES.fullmatch(name):
            sizes[name] = entry.stat().st_size
        elif not entry.is_dir() or name not in FOLDERS:
            raise Refusal(
                f"its folder holds {name[:80]!r}, which is none of the files of a "
                "SavedModel that are loaded"
            )
    found.facts |= {
        "files": dict(sorted(sizes.items())),
        "bytes": sum(sizes.values()),
    }
    if GRAPH not in sizes:
        raise Refusal(f"it has no {GRAPH}")


def _entries(folder: Path) -> Iterator[os.DirEntry[str]]:
    """Yields what is in a folder and in its known folders."""
    with os.scandir(folder) as entries:
        yield from entries
    for name in sorted(FOLDERS):
        if (folder / name).is_dir():
            with os.scandir(folder / name) as entries:
                yield from entries


class _Walk:
    """A walk over a decoded SavedModel."""

    def __init__(self, found: Examination, content_bytes: int) -> None:
        self._found = found
        self._operators: dict[str, int] = {}
        # The functions that read and write checkpoints, and the callers of functions.
        self._keepers: set[str] = set()
        self._callers: dict[str, set[str]] = {}
        self._constant_numbers = bounds.MOST_CONSTANT_NUMBERS + content_bytes

    def run(self, model: Message) -> None:
        """Adds facts and reasons to the examination."""
        graphs = model.get("meta_graphs", [])
        if len(graphs) != 1:
            raise Refusal(f"it holds {len(graphs)} graphs, not one; it may be damaged")
        (graph,) = graphs
        info = graph.get("meta_info_def", {})
        names = [entry.get("key", "") for entry in graph.get("signature_def", [])]
        self._found.facts |= {
            "versions": {"tensorflow": info.get("tensorflow_version", "")},
            "signatures": sorted(name for name in names if not name.startswith("__")),
        }
        self._graph(graph.get("graph_def", {}))
        saver, exposed = _saver_nodes(graph), self._exposed(graph)
        for keeper in sorted(self._keepers):
            callers = self._callers.get(keeper, set())
            if keeper in exposed or callers - saver:
                self._found.refuse(
                    f"its function {keeper!r} reads or writes files and can be called "
                    "by others than the saver"
                )
        self._found.facts["operators"] = dict(sorted(self._operators.items()))

    def _graph(self, graph: Message) -> None:
        for node in graph.get("node", []):
            self._node(node, f"node {node.get('name', '')}", may_keep=False)
        functions = graph.get("library", {}).get("function", [])
        for function in functions:
            self._function(function)
        self._found.facts["functions"] = len(functions)

    def _function(self, function: Message) -> None:
        name = function.get("signature", {}).get("name", "")
        for node in function.get("node_def", []):
            self._node(node, name, may_keep=True)
        for called in self._called_in(function):
            self._callers.setdefault(called, set()).add(name)

    def _node(self, node: Message, owner: str, *, may_keep: bool) -> None:
        operator = node.get("op", "")
        count_up(self._operators, operator[:80])
        called = set(self._called_in(node))
        for name in called:
            self._callers.setdefault(name, set()).add(owner)
        if operator in CHECKPOINT_OPERATORS and may_keep:
            self._keepers.add(owner)
            return
        # A function may be called by its name, as if it were an operator.
        self._callers.setdefault(operator, set()).add(owner)
        for name in (operator, *called):
            if name.startswith(PYTHON_PREFIXES):
                self._found.refuse(f"it holds the operator {name}, which calls Python")
        known = operator in TENSOR_OPERATORS or operator.startswith(PYTHON_PREFIXES)
        if not known:
            self._found.refuse(
                f"it holds the operator {operator[:80]!r}, which is none of those "
                "that touch nothing but tensors: it may read or write files"
            )

    def _called_in(self, owner: Message) -> Iterator[str]:
        """Yields the functions named in attributes; checks constants among these."""
        for entry in owner.get("attr", []):
            value = entry.get("value", {})
            listed = value.get("list", {})
            tensors = listed.get("tensor", [])
            for tensor in [*tensors, value["tensor"]] if "tensor" in value else tensors:
                self._constant(tensor)
            calls = listed.get("func", [])
            for call in [*calls, value["func"]] if "func" in value else calls:
                yield call.get("name", "")
                yield from self._called_in(call)

    def _constant(self, tensor: Message) -> None:
        # One number in the file may stand for all the numbers of a constant.
        self._constant_numbers -= held_numbers(_sizes_of(tensor.get("tensor_shape")))
        if self._constant_numbers < 0:
            raise Refusal("its constants claim far more numbers than the file holds")

    def _exposed(self, graph: Message) -> set[str]:
        """Returns functions that loading makes callable; adds facts on variables."""
        if "object_graph_def" not in graph:
            raise Refusal(
                "it is a SavedModel of TensorFlow 1, whose initializers run when it "
                "is loaded; save it with tf.saved_model.save of TensorFlow 2"
            )
        objects = graph["object_graph_def"]
        functions = objects.get("concrete_functions", [])
        names = {entry.get("key", "") for entry in functions}
        variables = parameters = 0
        for node in objects.get("nodes", []):
            names |= set(node.get("function", {}).get("concrete_functions", []))
            bare = node.get("bare_concrete_function", {})
            names.add(bare.get("concrete_function_name", ""))
            if "variable" in node:
                variables += 1
                parameters += held_numbers(_sizes_of(node["variable"].get("shape")))
        self._found.facts |= {"variables": variables, "parameters": parameters}
        if parameters > 2 * self._found.facts["bytes"]:  # two of int4 are one byte
            raise Refusal(
                f"its variables claim {parameters} numbers, and its files hold "
                f"{self._found.facts['bytes']} bytes"
            )
        return names


def _saver_nodes(graph: Message) -> set[str]:
    """Returns the nodes that only the saver uses."""
    saver = graph.get("saver_def", {})
    keys = ("save_tensor_name", "restore_op_name")
    nodes = {saver.get(key, "").partition(":")[0] for key in keys} - {""}
    used = {
        _node_of(name)
        for node in graph.get("graph_def", {}).get("node", [])
        for name in node.get("input", [])
    }
    # A node that a signature reads or returns is not the saver's alone.
    for entry in graph.get("signature_def", []):
        signature = entry.get("value", {})
        for tensor in signature.get("inputs", []) + signature.get("outputs", []):
            used.add(_node_of(tensor.get("value", {}).get("name", "")))
    return {f"node {name}" for name in nodes - used}


def _node_of(name: str) -> str:
    return name.removeprefix("^").partition(":")[0]


def _sizes_of(shape: Message | None) -> list[int]:
    """Returns the sizes of a TensorFlow shape, 1 for those that are unknown."""
    dimensions = [] if shape is None else shape.get("dim", [])
    sizes = [dimension.get("size", 0) for dimension in dimensions]
    return [1 if size >= _UNKNOWN_SIZE else size for size in sizes]
