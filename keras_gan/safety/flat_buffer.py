"""Decodes flat buffers that hold nothing but the fields of a schema.

LiteRT files are flat buffers: tables that point to each other by offsets, which a
parser in C follows wherever they lead. Here each one is followed only inside the file.
Refused is all that is outside the schema.

Source: https://flatbuffers.dev/internals/
"""

from __future__ import annotations

import re
import struct
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from keras_gan.safety import bounds
from keras_gan.safety.examination import Refusal

Table = dict[str, Any]
"""The fields of a table by name, without those that are not there.

Vectors of numbers are NumPy arrays that share the file's memory.
"""

_SCALARS = {
    "bool": np.dtype("?"),
    "byte": np.dtype("i1"),
    "ubyte": np.dtype("u1"),
    "int": np.dtype("<i4"),
    "uint": np.dtype("<u4"),
    "long": np.dtype("<i8"),
    "float": np.dtype("<f4"),
}
_MOST_PLACES = 32
_TABLE = re.compile(r"(\w+):([^:]*?)(?= \w+:|$)")
_FIELD = re.compile(r"(\d+) (\w+) (\w+)(\*?)")


class _Field(NamedTuple):
    name: str
    kind: str
    is_vector: bool


Schema = Mapping[str, Mapping[int, _Field]]
"""The fields of each table, by their places."""


def read_schema(text: str) -> Schema:
    """Reads a schema of lines such as `SubGraph: 0 tensors Tensor*, 4 name text`.

    The kind of a field is the name of a table, a type of numbers, or one of

    - "text", which is decoded;
    - "table": a table whose name another field tells; its place is kept for
      `FlatBuffer.table`;
    - "refused": a field that must not be there, listed for its name in the reason.

    A star marks vectors.
    """
    return {
        name: {
            int(place): _Field(field, kind, bool(star))
            for place, field, kind, star in _FIELD.findall(body)
        }
        for name, body in _TABLE.findall(" ".join(text.split()))
    }


class FlatBuffer:
    """The bytes of a file, and how many fields have been read of it.

    Args:
        content: The bytes; what is behind the last table is not looked at.
        schema: The fields that may be there.
        identifier: The four letters after the first offset.

    Raises:
        Refusal: If the letters are others.
    """

    def __init__(self, content: bytes, schema: Schema, identifier: bytes) -> None:
        self._content = content
        self._schema = schema
        self._fields = 0
        if content[4:8] != identifier:
            raise Refusal(f"it does not begin as a file of the kind {identifier!r}")

    def root(self, name: str) -> Table:
        """Decodes the first table, with all tables in it.

        Raises:
            Refusal: If it holds what is not in the schema, or is damaged.
        """
        return self.table(self._number("I", 0), name)

    def table(self, place: int, name: str) -> Table:
        """Decodes the table of that name at a place, with all tables in it."""
        fields = self._schema[name]
        entries = place - self._number("i", place)
        size, length = self._number("H", entries), self._number("H", entries + 2)
        self._check(place, length)
        if size < 4 or size % 2 or length < 4:
            raise _damaged()
        if size > 4 + 2 * _MOST_PLACES:
            raise Refusal(f"its {name} has {size // 2 - 2} fields")
        result: Table = {}
        for number in range((size - 4) // 2):
            offset = self._number("H", entries + 4 + 2 * number)
            self._count()
            if not offset:
                continue
            field = fields.get(number)
            if field is None:
                raise Refusal(f"its {name} holds the unknown field {number}")
            if field.kind == "refused":
                raise Refusal(f"its {name} holds `{field.name}`, which is never loaded")
            is_number = field.kind in _SCALARS and not field.is_vector
            width = _SCALARS[field.kind].itemsize if is_number else 4
            if offset < 4 or offset + width > length:
                raise _damaged()
            result[field.name] = self._value(field, place + offset)
        return result

    def _value(self, field: _Field, place: int) -> Any:
        kind = field.kind
        if kind in _SCALARS and not field.is_vector:
            return self._number(_SCALARS[kind].char, place)
        place += self._number("I", place)
        if kind == "table":
            return place
        if kind in self._schema and not field.is_vector:
            return self.table(place, kind)
        count, start = self._number("I", place), place + 4
        if kind in self._schema:
            self._check(start, 4 * count)
            tables = []
            for at in range(start, start + 4 * count, 4):
                tables.append(self.table(at + self._number("I", at), kind))
            return tables
        if kind == "text":
            self._check(start, count)
            try:
                return self._content[start : start + count].decode()
            except UnicodeDecodeError:
                raise _damaged() from None
        return self._array(_SCALARS[kind], start, count)

    def _array(self, dtype: np.dtype[Any], place: int, count: int) -> np.ndarray:
        self._check(place, count * dtype.itemsize)
        if place % dtype.itemsize:  # some processors cannot read it there
            raise _damaged()
        return np.frombuffer(self._content, dtype, count, place)

    def _number(self, form: str, place: int) -> Any:
        form = f"<{form}"
        size = struct.calcsize(form)
        self._check(place, size)
        if place % size:
            raise _damaged()
        return struct.unpack_from(form, self._content, place)[0]

    def _check(self, place: int, size: int) -> None:
        if place < 0 or place + size > len(self._content):
            raise _damaged()

    def _count(self) -> None:
        self._fields += 1
        if self._fields > bounds.MOST_FIELDS:
            raise Refusal(f"it has more than {bounds.MOST_FIELDS} fields")


def _damaged() -> Refusal:
    return Refusal("it is no whole flat buffer; it may be damaged or cut short")
