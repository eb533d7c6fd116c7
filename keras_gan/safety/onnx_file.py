"""Examines ONNX files."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from keras_gan.safety import bounds, seal
from keras_gan.safety.allowed.onnx_content import (
    BITS,
    EXTERNAL_KEYS,
    MESSAGES,
    OPERATORS,
)
from keras_gan.safety.examination import Examination, Refusal, count_up, file_inside
from keras_gan.safety.protocol_buffer import Message, decode, held_numbers

METADATA_KEY = "keras_gan"
"""The entry of the metadata that holds the `GeneratorSpec` as JSON."""

_TYPED_DATA = ("float_data", "int32_data", "int64_data", "double_data", "uint64_data")
_EXTERNAL = 1
_Function = tuple[str, str, str]


def examine_onnx(path: str | os.PathLike[str], *, sealed: bool = True) -> Examination:
    """Examines an ONNX file: its fields, operators and sizes, and files beside it.

    Args:
        path: The file.
        sealed: Whether it must carry keras_gan's checksum, as exported generators do.

    Returns:
        The examination. Its `content` holds the bytes to load; None if weights are in
        other files, which ONNX Runtime finds only if it is given the path.
    """
    found = Examination(Path(path), "onnx")
    with found.examining():
        content = found.path.read_bytes()
        found.facts["bytes"] = len(content)
        external: list[Path] = []
        with found.examining():
            external = _Walk(found).run(decode(content, MESSAGES, "Model"))
        if not external:
            found.content = content
        checksums = seal.onnx_checksums(content, external)
        found.facts["sha256"] = checksums.of_file
        found.facts["sealed"] = checksums.flaw is None
        if sealed and checksums.flaw and found.is_safe:
            raise Refusal(checksums.flaw)
    return found


def read_description(text: bytes) -> dict[str, Any] | None:
    """Returns the `GeneratorSpec` in the metadata of a file; None if it is none.

    Raises:
        Refusal: If it is too long.
    """
    if len(text) > bounds.MOST_METADATA:
        raise Refusal("its description of a generator is too long")
    try:
        spec = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return spec if isinstance(spec, dict) else None


class _Walk:
    """A walk over a decoded model."""

    def __init__(self, found: Examination) -> None:
        self._found = found
        self._operators: dict[str, int] = {}
        self._locations: set[str] = set()
        # The nodes of each function of the model, its calls of others among them.
        self._functions: dict[_Function, list[_Function | None]] = {}
        self._parameters = 0

    def run(self, model: Message) -> list[Path]:
        """Adds facts and reasons; returns the files of weights beside the model."""
        graph = model.get("graph")
        if graph is None:
            raise Refusal("it is no ONNX file, or is cut short: it has no graph")
        functions = model.get("functions", [])
        self._functions = {_name_of(function): [] for function in functions}
        if len(self._functions) != len(functions):
            raise Refusal("it holds a function twice")
        opsets = model.get("opset_import", [])
        producer = (model.get(f"producer_{key}", "") for key in ("name", "version"))
        self._found.facts |= {
            "producer": " ".join(producer).strip(),
            "opsets": {e.get("domain") or "ai.onnx": e.get("version") for e in opsets},
        }
        calls: list[_Function | None] = []
        self._graph(graph, calls)
        for function in functions:
            opsets = [*opsets, *function.get("opset_import", [])]
            for node in function.get("node", []):
                self._node(node, self._functions[_name_of(function)])
            for attribute in function.get("attribute_proto", []):
                self._attribute(attribute, self._functions[_name_of(function)])
        for entry in opsets:
            self._domain(entry.get("domain", ""))
        self._expand(calls)
        self._describe(model, graph)
        return self._external()

    def _describe(self, model: Message, graph: Message) -> None:
        self._found.facts |= {
            "operators": dict(sorted(self._operators.items())),
            "parameters": self._parameters,
        }
        for name in ("input", "output"):
            values = graph.get(name, [])
            self._found.facts[f"{name}s"] = [value.get("name", "") for value in values]
        entries = model.get("metadata_props", [])
        properties = {e.get("key", ""): e.get("value", "") for e in entries}
        spec = read_description(properties.get(METADATA_KEY, "null").encode())
        if spec is not None:
            self._found.facts["generator"] = spec

    def _domain(self, domain: str) -> None:
        if domain not in OPERATORS and domain not in {d for d, *_ in self._functions}:
            self._found.refuse(
                f"it uses operators of the domain {domain[:80]!r}, which a library of "
                "somebody's own would run"
            )

    def _graph(self, graph: Message, calls: list[_Function | None]) -> None:
        for node in graph.get("node", []):
            self._node(node, calls)
        for tensor in graph.get("initializer", []):
            self._tensor(tensor)
            self._parameters += held_numbers(tensor.get("dims", []))
            held_numbers([self._parameters])
        for sparse in graph.get("sparse_initializer", []):
            self._sparse(sparse)

    def _node(self, node: Message, calls: list[_Function | None]) -> None:
        operator, domain = node.get("op_type", ""), node.get("domain", "")
        count_up(self._operators, operator[:80])
        called = (domain, operator, node.get("overload", ""))
        if called in self._functions:
            calls.append(called)
        else:
            calls.append(None)
            self._domain(domain)
            if operator not in OPERATORS.get(domain, ()):
                self._found.refuse(
                    f"it holds the operator {operator[:80]!r}, which is none of those "
                    "that touch nothing but tensors: it may read files or run programs"
                )
        for attribute in node.get("attribute", []):
            self._attribute(attribute, calls)

    def _attribute(self, attribute: Message, calls: list[_Function | None]) -> None:
        for name, visit in (("t", self._tensor), ("sparse_tensor", self._sparse)):
            if name in attribute:
                visit(attribute[name])
        for tensor in attribute.get("tensors", []):
            self._tensor(tensor)
        for sparse in attribute.get("sparse_tensors", []):
            self._sparse(sparse)
        graphs = attribute.get("graphs", [])
        for graph in [*graphs, *([attribute["g"]] if "g" in attribute else [])]:
            self._graph(graph, calls)

    def _sparse(self, sparse: Message) -> None:
        held_numbers(sparse.get("dims", []))
        for name in ("values", "indices"):
            self._tensor(sparse.get(name, {}))

    def _tensor(self, tensor: Message) -> None:
        """Checks that a tensor holds as many numbers as its shape says.

        Only initializers of the graph may name other files: the messages of all other
        tensors have no field for it.
        """
        count = held_numbers(tensor.get("dims", []))
        kind, raw = tensor.get("data_type", 0), tensor.get("raw_data")
        if tensor.get("data_location", 0) == _EXTERNAL or "external_data" in tensor:
            self._outside(tensor.get("external_data", []))
            return
        if kind == 8:
            raise Refusal("it holds text among its tensors")
        if tensor and kind not in BITS:
            raise Refusal(f"it holds numbers of an unknown type ({kind})")
        if raw is not None:
            is_whole = len(raw) == -(-count * BITS.get(kind, 8) // 8)
        else:
            parts = [p for name in _TYPED_DATA for p in tensor.get(name, [])]
            held = sum(1 if isinstance(part, int) else len(part) for part in parts)
            is_whole = held * 8 >= count * min(BITS.get(kind, 8), 8)
        if not is_whole:
            raise Refusal(
                f"one of its tensors claims {count} numbers and does not hold them"
            )

    def _outside(self, entries: list[Message]) -> None:
        values = {e.get("key", ""): e.get("value", "") for e in entries}
        if len(values) != len(entries) or not set(values) <= EXTERNAL_KEYS:
            raise Refusal("it names the files of its weights in an unknown way")
        self._locations.add(values.get("location", ""))
        if len(self._locations) > bounds.MOST_FILES:
            raise Refusal("its weights are in too many files")

    def _expand(self, calls: list[_Function | None]) -> None:
        """Bounds the nodes of the graph, with functions in the places of their calls.

        ONNX Runtime puts them there. A function that calls itself would never end, and
        few functions that call each other twice make billions of nodes.
        """
        sizes: dict[_Function, int] = {}
        for name in self._functions:
            _size_of(name, self._functions, sizes, 0)
        nodes = sum(1 if name is None else sizes[name] for name in calls)
        if max(nodes, *sizes.values(), 0) > bounds.MOST_NODES:
            raise Refusal("its functions call each other too often")

    def _external(self) -> list[Path]:
        files = []
        for name in sorted(self._locations):
            with self._found.examining():
                what = "the file of its weights"
                files.append(file_inside(self._found.path.parent, name, what))
        if files:
            self._found.facts["external"] = {
                path.name: path.stat().st_size for path in files
            }
        return files


def _name_of(function: Message) -> _Function:
    return (
        function.get("domain", ""),
        function.get("name", ""),
        function.get("overload", ""),
    )


def _size_of(
    name: _Function,
    functions: dict[_Function, list[Any]],
    sizes: dict[_Function, int],
    depth: int,
) -> int:
    """Returns the number of nodes that a function becomes, and keeps it in `sizes`."""
    if name not in sizes:
        if depth > bounds.DEEPEST_MESSAGE:
            raise Refusal("its functions call each other in a circle, or too deep")
        calls = functions[name]
        sizes[name] = sum(
            1 if called is None else _size_of(called, functions, sizes, depth + 1)
            for called in calls
        )
    return sizes[name]
