"""Examines ONNX files."""

from __future__ import annotations

import hashlib
import json
import math
import os
from pathlib import Path

from keras_gan.safety import seal
from keras_gan.safety.examination import Examination, Refusal, count_up, file_inside
from keras_gan.safety.protocol_buffer import fields, first_text, integers, messages

METADATA_KEY = "keras_gan"
"""The entry of the metadata that holds the `GeneratorSpec` as JSON."""

# The domains that ONNX Runtime implements; others need a library of operators.
_DOMAINS = frozenset(("", "ai.onnx", "ai.onnx.ml", "com.microsoft"))
# Operators of these domains that are not safe all the same.
_REFUSED = {"EPContext": "loads a compiled program from another file"}
_DEEPEST = 32


def examine_onnx(path: str | os.PathLike[str], *, sealed: bool = True) -> Examination:
    """Examines an ONNX file: operators and their domains, and files beside it.

    Args:
        path: The file.
        sealed: Whether it must carry keras_gan's checksum, as exported generators do.

    Returns:
        The examination. Its `content` holds the bytes to load; None if weights are in
        other files, which ONNX Runtime finds only if it is given the path.
    """
    found = Examination(Path(path), "onnx")
    try:
        content = found.path.read_bytes()
        found.facts |= {
            "bytes": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
        }
        walk = _Walk(found)
        external = walk.run(content)
        if not external:
            found.content = content
        try:
            seal.check_onnx_seal(content, external)
            found.facts["sealed"] = True
        except Refusal:
            found.facts["sealed"] = False
            if sealed:
                raise
    except Refusal as refusal:
        found.refuse(str(refusal))
    return found


class _Walk:
    """A walk over a ModelProto; the numbers are those of fields in onnx.proto."""

    def __init__(self, found: Examination) -> None:
        self._found = found
        self._operators: dict[str, int] = {}
        self._locations: set[str] = set()
        self._functions: set[str] = set()
        self._opsets: dict[str, int] = {}
        self._parameters = 0

    def run(self, content: bytes) -> list[Path]:
        """Adds facts and reasons; returns the files of weights beside the model."""
        model = memoryview(content)
        for function in messages(model, 25):
            self._functions.add(first_text(function, 10))
        for entry in messages(model, 8):
            self._opset(entry)
        self._found.facts["producer"] = " ".join(
            [first_text(model, 2), first_text(model, 3)]
        ).strip()
        graphs = list(messages(model, 7))
        if len(graphs) != 1:
            raise Refusal("it is no ONNX file, or is cut short: it has no one graph")
        self._graph(graphs[0], 0)
        self._interface(graphs[0])
        for function in messages(model, 25):
            for node in messages(function, 7):
                self._node(node, 0)
            for entry in messages(function, 9):
                self._opset(entry)
        if any(True for _ in messages(model, 20)):
            self._found.refuse("it holds a training, which nothing here reads")
        self._found.facts |= {
            "opsets": self._opsets,
            "operators": dict(sorted(self._operators.items())),
            "parameters": self._parameters,
        }
        self._metadata(model)
        return self._external()

    def _opset(self, entry: memoryview) -> None:
        domain = first_text(entry, 1)
        versions = integers(entry, 2)
        self._opsets[domain or "ai.onnx"] = versions[-1] if versions else 0
        self._domain(domain)

    def _domain(self, domain: str) -> None:
        if domain not in _DOMAINS | self._functions:
            self._found.refuse(
                f"it uses operators of the domain {domain[:80]!r}, which a library of "
                "somebody's own would run"
            )

    def _metadata(self, model: memoryview) -> None:
        entries = {first_text(e, 1): first_text(e, 2) for e in messages(model, 14)}
        try:
            spec = json.loads(entries.get(METADATA_KEY, "null"))
        except (ValueError, RecursionError):
            spec = None
        if isinstance(spec, dict):
            self._found.facts["generator"] = spec

    def _interface(self, graph: memoryview) -> None:
        for name, number in (("inputs", 11), ("outputs", 12)):
            self._found.facts[name] = [
                first_text(v, 1) for v in messages(graph, number)
            ]

    def _graph(self, graph: memoryview, depth: int) -> None:
        if depth > _DEEPEST:
            raise Refusal("its graphs are nested too deep")
        for number, value in fields(graph):
            if not isinstance(value, memoryview):
                continue
            if number == 1:
                self._node(value, depth)
            elif number == 5:
                self._tensor(value, counted=True)
            elif number == 15:
                self._sparse(value)

    def _node(self, node: memoryview, depth: int) -> None:
        operator, domain = first_text(node, 4), first_text(node, 7)
        count_up(self._operators, operator[:80])
        self._domain(domain)
        if operator in _REFUSED:
            self._found.refuse(f"it holds {operator}, which {_REFUSED[operator]}")
        for attribute in messages(node, 5):
            for number, value in fields(attribute):
                if not isinstance(value, memoryview):
                    continue
                if number in (5, 10):
                    self._tensor(value)
                elif number in (6, 11):
                    self._graph(value, depth + 1)
                elif number in (22, 23):
                    self._sparse(value)

    def _sparse(self, sparse: memoryview) -> None:
        for number in (1, 2):
            for tensor in messages(sparse, number):
                self._tensor(tensor)

    def _tensor(self, tensor: memoryview, counted: bool = False) -> None:
        for entry in messages(tensor, 13):
            if first_text(entry, 1) == "location":
                self._locations.add(first_text(entry, 2))
        if counted:
            self._parameters += math.prod(integers(tensor, 1))

    def _external(self) -> list[Path]:
        files = []
        for name in sorted(self._locations):
            try:
                what = "the file of its weights"
                files.append(file_inside(self._found.path.parent, name, what))
            except Refusal as refusal:
                self._found.refuse(str(refusal))
        if files:
            self._found.facts["external"] = {
                path.name: path.stat().st_size for path in files
            }
        return files
