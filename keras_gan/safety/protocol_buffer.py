"""Decodes protocol buffers that hold nothing but the fields of a schema.

ONNX files and SavedModels are protocol buffers. Decoding them here takes neither `onnx`
nor TensorFlow, and keeps untrusted bytes away from parsers in C. Refused is all that
parsers read differently or that nobody needs: fields outside the schema, fields of
another wire type, single fields that are there twice, groups and overlong numbers.

Source: https://protobuf.dev/programming-guides/encoding/
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from keras_gan.safety import bounds
from keras_gan.safety.examination import Refusal

Message = dict[str, Any]
"""The fields of a message by name; a list where a field may be there several times.

Integers, text and messages are decoded. Bytes and text of the kind "any" are a
`memoryview`, as are packed numbers of the kind "numbers".
"""

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_FIELD = re.compile(r"(\d+) (\w+) (\w+)(\*?)")


class _Field(NamedTuple):
    name: str
    kind: str
    wire_type: int
    is_repeated: bool


Schema = Mapping[str, Mapping[int, _Field]]
"""The fields of each message, by their tags."""


def read_schema(text: str) -> Schema:
    """Reads a schema of lines such as `Graph: 1 node Node*, 2 name text`.

    The kind of a field is the name of a message, or one of

    - "int" and "text", which are decoded;
    - "any": bytes, text or a message that nobody looks into;
    - "number" and "numbers": what is not looked at, one or many, packed or not;
    - "refused": a field that must not be there, listed for its name in the reason.

    A star marks fields that may be there several times.
    """
    schema: dict[str, dict[int, _Field]] = {}
    for name, body in re.findall(r"(\w+):((?:[^:]|\n)+?)(?=\w+:|\s*\Z)", text):
        fields = schema[name] = {}
        for number, field, kind, star in _FIELD.findall(body):
            for wire_type in _wire_types(kind, bool(star)):
                is_repeated = bool(star) or kind == "numbers"
                fields[int(number) << 3 | wire_type] = _Field(
                    field, kind, wire_type, is_repeated
                )
    return schema


def _wire_types(kind: str, is_repeated: bool) -> tuple[int, ...]:
    if kind == "int":
        return (_VARINT, _BYTES) if is_repeated else (_VARINT,)
    if kind == "number":
        return _FIXED32, _FIXED64
    if kind == "numbers":
        return _VARINT, _FIXED64, _BYTES, _FIXED32
    return (_BYTES,)


def decode(content: bytes, schema: Schema, name: str) -> Message:
    """Decodes a message, with all messages in it.

    Args:
        content: The bytes.
        schema: The fields that it may have.
        name: The message's name in the schema.

    Raises:
        Refusal: If the bytes are no protocol buffer, hold anything that is not in the
            schema, or more fields than `bounds` allow.
    """
    return _Decoder(content, schema).message(0, len(content), name, 0)


class _Decoder:
    """Decodes one protocol buffer in one pass, and counts its fields."""

    def __init__(self, content: bytes, schema: Schema) -> None:
        self._content = content
        self._view = memoryview(content)
        self._schema = schema
        self._left = bounds.MOST_FIELDS

    def message(self, place: int, end: int, name: str, depth: int) -> Message:
        """Decodes the message in a part of the content."""
        if depth > bounds.DEEPEST_MESSAGE:
            raise Refusal("its messages are nested too deep")
        content, fields = self._content, self._schema[name]
        result: Message = {}
        while place < end:
            self._left -= 1
            if self._left < 0:
                raise Refusal(f"it has more than {bounds.MOST_FIELDS} fields")
            tag = content[place]
            place += 1
            if tag >= 0x80:
                tag, place = self._varint(place - 1, end)
            field = fields.get(tag)
            if field is None:
                raise _unknown(name, tag)
            if field.kind == "refused":
                raise Refusal(f"its {name} holds `{field.name}`, which is never loaded")
            value, place = self._value(field, place, end, depth)
            if not field.is_repeated:
                if field.name in result:
                    raise Refusal(f"its {name} holds `{field.name}` twice")
                result[field.name] = value
            elif isinstance(value, list):
                result.setdefault(field.name, []).extend(value)
            else:
                result.setdefault(field.name, []).append(value)
        return result

    def _value(
        self, field: _Field, place: int, end: int, depth: int
    ) -> tuple[Any, int]:
        """Returns the value of a field, and the place behind it."""
        wire_type, kind = field.wire_type, field.kind
        if wire_type == _VARINT:
            return self._varint(place, end)
        if wire_type == _BYTES:
            length = self._content[place] if place < end else 0x80
            place += 1
            if length >= 0x80:
                length, place = self._varint(place - 1, end)
        else:
            length = 4 if wire_type == _FIXED32 else 8
        stop = place + length
        if stop > end:
            raise _damaged()
        if kind in self._schema:
            return self.message(place, stop, kind, depth + 1), stop
        if kind == "text":
            try:
                return self._content[place:stop].decode(), stop
            except UnicodeDecodeError:
                raise _damaged() from None
        if kind == "int":
            return self._packed(place, stop), stop
        return self._view[place:stop], stop

    def _packed(self, place: int, end: int) -> list[int]:
        """Returns packed integers, which are the sizes of a shape."""
        result = []
        while place < end:
            if len(result) > bounds.MOST_DIMENSIONS:
                raise Refusal("it has a shape of too many dimensions")
            value, place = self._varint(place, end)
            result.append(value)
        return result

    def _varint(self, place: int, end: int) -> tuple[int, int]:
        content = self._content
        value = shift = 0
        while place < end and shift < 70:
            byte = content[place]
            place += 1
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                if value >= 2**64:
                    break
                return value, place
            shift += 7
        raise _damaged()


def _unknown(name: str, tag: int) -> Refusal:
    number, wire_type = tag >> 3, tag & 7
    if not number or wire_type in (3, 4, 6, 7):
        return _damaged()
    return Refusal(
        f"its {name} holds the unknown field {number} of the wire type {wire_type}; it "
        "may be damaged"
    )


def _damaged() -> Refusal:
    return Refusal("it is no whole protocol buffer; it may be damaged or cut short")


def held_numbers(sizes: list[int]) -> int:
    """Returns how many numbers an array of that shape holds.

    Raises:
        Refusal: If there are too many dimensions or numbers.
    """
    if len(sizes) > bounds.MOST_DIMENSIONS:
        raise Refusal("it has a shape of too many dimensions")
    count = 1
    for size in sizes:
        if size > bounds.MOST_NUMBERS:
            raise Refusal(f"it has an array of more than {bounds.MOST_NUMBERS} numbers")
        count *= size
    if count > bounds.MOST_NUMBERS:
        raise Refusal(f"it has an array of more than {bounds.MOST_NUMBERS} numbers")
    return count
