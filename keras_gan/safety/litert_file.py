"""Examines LiteRT files, which end in .tflite."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np

from keras_gan.safety import bounds, seal
from keras_gan.safety.allowed.litert_content import (
    BITS,
    OPERATORS,
    TABLES,
    TYPED_BY,
    TYPES,
    Operator,
)
from keras_gan.safety.examination import Examination, Refusal, count_up
from keras_gan.safety.flat_buffer import FlatBuffer, Table
from keras_gan.safety.onnx_file import METADATA_KEY, read_description
from keras_gan.safety.protocol_buffer import held_numbers

_VERSION = 3
_NO_TENSOR = -1
# Of options: numbers by which kernels divide, and those that count what a node has.
_AT_LEAST_ONE = ("stride_", "filter_", "block_size", "depth_")
_COUNTED = {"num_splits": "outputs", "num": "outputs", "values_count": "inputs"}
_DILATION = "dilation_"
_LARGEST_OPTION = 1 << 15


def examine_litert(path: str | os.PathLike[str], *, sealed: bool = True) -> Examination:
    """Examines a LiteRT file: its tables, operators, tensors and sizes.

    Args:
        path: The file.
        sealed: Whether it must carry keras_gan's checksum, as exported generators do.

    Returns:
        The examination, with the bytes to load as its `content`.
    """
    found = Examination(Path(path), "litert")
    with found.examining():
        if found.path.stat().st_size > bounds.MOST_FLAT_BUFFER:
            raise Refusal("it has more than 2 GiB, and no flat buffer has")
        content = found.path.read_bytes()
        found.facts["bytes"] = len(content)
        found.content = content
        with found.examining():
            buffer = FlatBuffer(content, TABLES, b"TFL3")
            _Walk(found, buffer).run(buffer.root("Model"))
        checksums = seal.litert_checksums(content)
        found.facts["sha256"] = checksums.of_file
        found.facts["sealed"] = checksums.flaw is None
        if sealed and checksums.flaw and found.is_safe:
            raise Refusal(checksums.flaw)
    return found


class _Walk:
    """A walk over a decoded model."""

    def __init__(self, found: Examination, buffer: FlatBuffer) -> None:
        self._found = found
        self._buffer = buffer
        self._data: list[np.ndarray] = []
        self._operators: list[Operator | None] = []
        self._tensors: list[Table] = []
        self._known: set[int] = set()

    def run(self, model: Table) -> None:
        """Adds facts and reasons."""
        if model.get("version") != _VERSION:
            raise Refusal(f"its version is {model.get('version')}, not {_VERSION}")
        graphs = model.get("subgraphs", [])
        if len(graphs) != 1:
            raise Refusal(f"it holds {len(graphs)} graphs, and a generator is one")
        nothing = np.zeros(0, np.uint8)
        self._data = [b.get("data", nothing) for b in model.get("buffers", [])]
        if not self._data or self._data[0].size:
            raise Refusal("its first buffer is not the empty one")
        self._operators = [self._code(c) for c in model.get("operator_codes", [])]
        self._graph(graphs[0])
        self._describe(model, graphs[0])

    def _code(self, code: Table) -> Operator | None:
        """Returns an operator; None, and a reason, if it may not be there."""
        number = max(
            code.get("deprecated_builtin_code", 0), code.get("builtin_code", 0)
        )
        if number not in OPERATORS:
            self._found.refuse(
                f"it holds the operator of number {number}, which is none of those "
                "that touch nothing but tensors"
            )
        return OPERATORS.get(number)

    def _graph(self, graph: Table) -> None:
        self._tensors = graph.get("tensors", [])
        if len(self._tensors) > bounds.MOST_NODES:
            raise Refusal("it holds too many tensors")
        for number, tensor in enumerate(self._tensors):
            if self._tensor(tensor):
                self._known.add(number)
        for number in self._numbers(graph, "inputs"):
            self._make(number, "its graph")
        counts: dict[str, int] = {}
        for node in graph.get("operators", []):
            operator = self._node(node)
            if operator is not None:
                count_up(counts, operator.name)
        self._found.facts["operators"] = dict(sorted(counts.items()))
        for number in self._numbers(graph, "outputs"):
            if number not in self._known:
                raise Refusal("an output of its graph is computed by no operator")

    def _numbers(self, table: Table, name: str, least: int = 0) -> list[int]:
        """Returns numbers of tensors."""
        numbers = table.get(name, np.zeros(0, np.int32)).tolist()
        if any(not least <= n < len(self._tensors) for n in numbers):
            raise Refusal(
                "one of its operators or graphs names a tensor that is not there"
            )
        return numbers

    def _make(self, number: int, maker: str) -> None:
        """Notes that a tensor has values, which only one may give it."""
        if number in self._known:
            raise Refusal(f"{maker} writes into a tensor that has values already")
        self._known.add(number)

    def _tensor(self, tensor: Table) -> bool:
        """Checks a tensor; returns whether the file holds its values."""
        shape = _sizes(tensor, "shape")
        count = held_numbers(shape)
        kind, number = tensor.get("type", 0), tensor.get("buffer", 0)
        if kind not in BITS:
            raise Refusal(f"it holds numbers of an unknown type ({kind})")
        if tensor.get("is_variable"):
            raise Refusal("it holds a variable, which keeps its values between calls")
        if number >= len(self._data):
            raise Refusal("one of its tensors names a buffer that is not there")
        free = tensor.get("shape_signature")
        if free is not None and (
            len(free) != len(shape)
            or any(
                s not in (_NO_TENSOR, size) for s, size in zip(free, shape, strict=True)
            )
        ):
            raise Refusal("one of its tensors has two shapes")
        self._quantization(tensor.get("quantization", {}), shape)
        data = self._data[number]
        if not data.size and count > bounds.MOST_ACTIVATIONS:
            raise Refusal(
                f"it computes a tensor of more than {bounds.MOST_ACTIVATIONS} numbers"
            )
        if data.size not in (0, count * BITS[kind] // 8):
            raise Refusal(
                f"one of its tensors claims {count} numbers and does not hold them"
            )
        return data.size > 0

    def _quantization(self, values: Table, shape: list[int]) -> None:
        scales = values.get("scale", np.zeros(0))
        zeros = values.get("zero_point", np.zeros(0))
        axis = values.get("quantized_dimension", 0)
        if not len(scales) and not len(zeros):
            return
        channels = shape[axis] if 0 <= axis < len(shape) else 1
        if len(scales) not in (1, channels) or len(zeros) != len(scales):
            raise Refusal("the scales of a tensor do not fit its shape")
        if not (np.all(np.isfinite(scales)) and np.all(scales > 0)):
            raise Refusal("the scales of a tensor are not positive numbers")

    def _node(self, node: Table) -> Operator | None:
        number = node.get("opcode_index", 0)
        if number >= len(self._operators):
            raise Refusal("one of its nodes names an operator that is not there")
        operator = self._operators[number]
        inputs = self._numbers(node, "inputs", _NO_TENSOR)
        outputs = self._numbers(node, "outputs")
        if operator is None:  # there is a reason already
            self._known.update(outputs)
            return None
        for name, numbers in (("inputs", inputs), ("outputs", outputs)):
            least, most = getattr(operator, name)
            if not least <= len(numbers) <= most:
                raise Refusal(f"its {operator.name} has {len(numbers)} {name}")
        least = operator.inputs[0]
        left_out = [place for place, n in enumerate(inputs) if n == _NO_TENSOR]
        unknown = set(inputs) - self._known - {_NO_TENSOR}
        if unknown or any(place < least for place in left_out):
            raise Refusal(f"its {operator.name} reads what no operator before it makes")
        self._types(operator.name, inputs, outputs)
        for output in outputs:
            self._make(output, f"its {operator.name}")
        self._options(node, operator)
        return operator

    def _types(self, name: str, inputs: list[int], outputs: list[int]) -> None:
        """Checks what not every kernel does: it may write too much otherwise."""
        model = self._tensors[inputs[TYPED_BY.get(name, 0)]].get("type", 0)
        allowed = TYPES.get(name, {model})
        if any(self._tensors[n].get("type", 0) not in allowed for n in outputs):
            raise Refusal(f"its {name} makes numbers of a wrong type")

    def _options(self, node: Table, operator: Operator) -> None:
        kind, place = node.get("builtin_options_type", 0), node.get("builtin_options")
        if kind not in (0, operator.options_type) or (place is None) != (kind == 0):
            raise Refusal(f"its {operator.name} has the options of another operator")
        options = {} if place is None else self._buffer.table(place, operator.options)
        for field in TABLES.get(operator.options, {}).values():
            if field.is_vector:
                _sizes(options, field.name, least=_NO_TENSOR)
            elif field.name in _COUNTED:
                counted = len(node[_COUNTED[field.name]])
                if options.get(field.name, 0) != counted:
                    raise Refusal(f"its {operator.name} has a wrong `{field.name}`")
            elif field.name.startswith((*_AT_LEAST_ONE, _DILATION)):
                default = 1 if field.name.startswith(_DILATION) else 0
                if not 1 <= options.get(field.name, default) <= _LARGEST_OPTION:
                    raise Refusal(f"its {operator.name} has a wrong `{field.name}`")

    def _describe(self, model: Table, graph: Table) -> None:
        held = [t for t in self._tensors if self._data[t.get("buffer", 0)].size]
        entries = {
            m.get("name", ""): m.get("buffer", 0) for m in model.get("metadata", [])
        }
        signatures = model.get("signature_defs", [])
        self._found.facts |= {
            "description": model.get("description", "")[:80],
            "parameters": sum(held_numbers(_sizes(t, "shape")) for t in held),
        }
        for name in ("inputs", "outputs"):
            named = signatures[0].get(name, []) if len(signatures) == 1 else []
            tensors = {t.get("name", ""): t.get("tensor_index", 0) for t in named}
            if sorted(tensors.values()) != sorted(self._numbers(graph, name)):
                raise Refusal("its signature does not name the tensors of its graph")
            self._found.facts[name] = list(tensors)
        if any(number >= len(self._data) for number in entries.values()):
            raise Refusal("its metadata name a buffer that is not there")
        if METADATA_KEY in entries:
            text = self._data[entries[METADATA_KEY]].tobytes()
            spec = read_description(text)
            if spec is not None:
                self._found.facts["generator"] = spec


def _sizes(table: Table, name: str, least: int = 0) -> list[int]:
    """Returns a short vector of sizes.

    Raises:
        Refusal: If it is long, or one is less than `least`.
    """
    sizes: list[Any] = table.get(name, np.zeros(0, np.int32))[
        : bounds.MOST_DIMENSIONS + 1
    ].tolist()
    if len(sizes) > bounds.MOST_DIMENSIONS:
        raise Refusal("it has a shape of too many dimensions")
    if any(size < least for size in sizes):
        raise Refusal("it has a shape of negative sizes")
    return sizes
