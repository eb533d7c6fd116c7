"""Examines TensorFlow SavedModels, without TensorFlow."""

from __future__ import annotations

import hashlib
import math
import os
from collections.abc import Iterator
from pathlib import Path

from keras_gan.safety.examination import Examination, Refusal, count_up
from keras_gan.safety.protocol_buffer import (
    fields,
    first_text,
    integers,
    messages,
    text,
)
from keras_gan.safety.tensorflow_operators import (
    CHECKPOINT_OPERATORS,
    PYTHON_PREFIXES,
    TENSOR_OPERATORS,
)

GRAPH = "saved_model.pb"
_MOST_FILES = 10_000
_DEEPEST = 32


def examine_saved_model(folder: str | os.PathLike[str]) -> Examination:
    """Examines a SavedModel: its operators, functions and files.

    Every operator must be one that uses nothing but tensors and the model's own
    variables. The exception are operators that write and read checkpoints, in functions
    that save and restore the variables and that no signature or other function calls.

    Args:
        folder: The folder that holds `saved_model.pb`.
    """
    found = Examination(Path(folder), "saved_model")
    with found.examining():
        _check_files(found)
        _Walk(found).run((found.path / GRAPH).read_bytes())
    return found


def _check_files(found: Examination) -> None:
    folder, sizes = found.path.resolve(), {}
    for path in sorted(found.path.rglob("*")):
        name = path.relative_to(found.path).as_posix()
        if not path.resolve().is_relative_to(folder):
            found.refuse(f"its {name!r} is a link that leads out of the folder")
        elif path.is_file():
            sizes[name] = path.stat().st_size
        if len(sizes) > _MOST_FILES:
            raise Refusal("its folder holds too many files")
    found.facts["files"] = sizes
    if GRAPH not in sizes:
        raise Refusal(f"it has no {GRAPH}")
    with (folder / GRAPH).open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    found.facts |= {"bytes": sum(sizes.values()), "sha256": digest}


class _Walk:
    """A walk over a SavedModel; the numbers are those of fields in its .proto files."""

    def __init__(self, found: Examination) -> None:
        self._found = found
        self._operators: dict[str, int] = {}
        # The functions that read and write checkpoints, and the callers of functions.
        self._keepers: set[str] = set()
        self._callers: dict[str, set[str]] = {}

    def run(self, content: bytes) -> None:
        """Adds facts and reasons to the examination."""
        graphs = list(messages(memoryview(content), 2))
        if len(graphs) != 1:
            raise Refusal(f"it holds {len(graphs)} graphs, not one; it may be damaged")
        (graph,) = graphs
        self._versions(graph)
        for definition in messages(graph, 2):
            self._graph(definition)
        saver, exposed = self._saver(graph), self._exposed(graph)
        for keeper in sorted(self._keepers):
            callers = self._callers.get(keeper, set())
            if keeper in exposed or callers - saver:
                self._found.refuse(
                    f"its function {keeper!r} reads or writes files and can be called "
                    "by others than the saver"
                )
        if any(True for _ in messages(graph, 6)):
            self._found.refuse("it reads other files as its assets")
        self._found.facts["operators"] = dict(sorted(self._operators.items()))

    def _versions(self, graph: memoryview) -> None:
        for info in messages(graph, 1):
            self._found.facts["versions"] = {"tensorflow": first_text(info, 5)}
        names = [first_text(entry, 1) for entry in messages(graph, 5)]
        self._found.facts["signatures"] = sorted(
            name for name in names if not name.startswith("__")
        )

    def _graph(self, graph: memoryview) -> None:
        for node in messages(graph, 1):
            self._node(node, f"node {first_text(node, 1)}", may_keep=False)
        functions = 0
        for library in messages(graph, 2):
            for function in messages(library, 1):
                functions += 1
                self._function(function)
        self._found.facts["functions"] = functions

    def _function(self, function: memoryview) -> None:
        name = ""
        for signature in messages(function, 1):
            name = first_text(signature, 1) or name
        for node in messages(function, 3):
            self._node(node, name, may_keep=True)
        for called in _called_in(function, 5):
            self._callers.setdefault(called, set()).add(name)

    def _node(self, node: memoryview, owner: str, *, may_keep: bool) -> None:
        operator = first_text(node, 2)
        count_up(self._operators, operator[:80])
        called = set(_called_in(node, 5))
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

    def _saver(self, graph: memoryview) -> set[str]:
        """Returns the nodes that only the saver uses."""
        nodes = set()
        for saver in messages(graph, 3):
            names = (first_text(saver, 2), first_text(saver, 3))
            nodes |= {name.partition(":")[0] for name in names if name}
        used = set()
        for definition in messages(graph, 2):
            for node in messages(definition, 1):
                used |= {_node_of(text(name)) for name in messages(node, 3)}
        for signature in messages(graph, 5):
            # A node that a signature reads or returns is not the saver's alone.
            for entry in _tensors_of(signature):
                used.add(_node_of(entry))
        return {f"node {name}" for name in nodes - used}

    def _exposed(self, graph: memoryview) -> set[str]:
        """Returns functions that loading makes callable; adds facts on variables."""
        names, variables, parameters, objects = set(), 0, 0, 0
        for definition in messages(graph, 7):
            objects += 1
            names |= {first_text(entry, 1) for entry in messages(definition, 2)}
            for node in messages(definition, 1):
                for number, value in fields(node):
                    if not isinstance(value, memoryview):
                        continue
                    if number in (6, 8):
                        names |= {text(name) for name in messages(value, 1)}
                    elif number == 7:
                        variables += 1
                        parameters += _numbers_in(value)
        if not objects:
            raise Refusal(
                "it is a SavedModel of TensorFlow 1, whose initializers run when it "
                "is loaded; save it with tf.saved_model.save of TensorFlow 2"
            )
        self._found.facts |= {"variables": variables, "parameters": parameters}
        return names


def _node_of(name: str) -> str:
    return name.removeprefix("^").partition(":")[0]


def _numbers_in(variable: memoryview) -> int:
    """Returns the number of values of a SavedVariable, from its shape."""
    sizes = [
        size
        for shape in messages(variable, 2)
        for dimension in messages(shape, 2)
        for size in integers(dimension, 1) or [0]
    ]
    return math.prod(sizes) if max(sizes, default=0) < 2**63 else 0


def _called_in(owner: memoryview, number: int) -> Iterator[str]:
    """Yields the functions named in attributes, a map of text to AttrValue."""
    for entry in messages(owner, number):
        for value in messages(entry, 2):
            yield from _called_by(value, 0)


def _called_by(attribute: memoryview, depth: int) -> Iterator[str]:
    if depth > _DEEPEST:
        raise Refusal("its attributes are nested too deep")
    for number, value in fields(attribute):
        if not isinstance(value, memoryview):
            continue
        if number == 10:
            yield from _function_named(value, depth)
        elif number == 1:
            for function in messages(value, 9):
                yield from _function_named(function, depth)


def _function_named(function: memoryview, depth: int) -> Iterator[str]:
    yield first_text(function, 1)
    for entry in messages(function, 2):
        for value in messages(entry, 2):
            yield from _called_by(value, depth + 1)


def _tensors_of(signature: memoryview) -> Iterator[str]:
    """Yields the names of the tensors in a signature's inputs and outputs."""
    for definition in messages(signature, 2):
        for number in (1, 2):
            for entry in messages(definition, number):
                for tensor in messages(entry, 2):
                    yield first_text(tensor, 1)
