"""Reads the fields of a protocol buffer without the library or the schema.

ONNX files and SavedModels are protocol buffers. Reading the few fields that matter
takes neither `onnx` nor TensorFlow, and keeps untrusted bytes away from parsers in C.
Groups and overlong numbers, which parsers read differently, are refused.

Source: https://protobuf.dev/programming-guides/encoding/
"""

from __future__ import annotations

from collections.abc import Iterator

from keras_gan.safety.examination import Refusal

Value = int | memoryview
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_LARGEST_FIELD = 2**29 - 1


def fields(message: memoryview) -> Iterator[tuple[int, Value]]:
    """Yields the number and the value of each field, in the file's order.

    Raises:
        Refusal: If the bytes are no protocol buffer.
    """
    place, end = 0, len(message)
    while place < end:
        tag, place = _varint(message, place, end)
        number, wire_type = tag >> 3, tag & 7
        if not 0 < number <= _LARGEST_FIELD:
            raise _damaged()
        if wire_type == _VARINT:
            value, place = _varint(message, place, end)
            yield number, value
            continue
        if wire_type == _BYTES:
            length, place = _varint(message, place, end)
        elif wire_type in (_FIXED32, _FIXED64):
            length = 4 if wire_type == _FIXED32 else 8
        else:
            raise _damaged()
        if length > end - place:
            raise _damaged()
        if wire_type == _BYTES:
            yield number, message[place : place + length]
        place += length


def messages(message: memoryview, number: int) -> Iterator[memoryview]:
    """Yields the messages, strings or bytes in the field of that number."""
    for found, value in fields(message):
        if found == number and isinstance(value, memoryview):
            yield value


def text(value: Value) -> str:
    """Returns a string field.

    Raises:
        Refusal: If it is not UTF-8.
    """
    try:
        return bytes(value).decode() if isinstance(value, memoryview) else ""
    except UnicodeDecodeError:
        raise _damaged() from None


def first_text(message: memoryview, number: int) -> str:
    """Returns a field of one string: its last value in the message, or ""."""
    found = ""
    for value in messages(message, number):
        found = text(value)
    return found


def integers(message: memoryview, number: int) -> list[int]:
    """Returns a field of integers, packed or not."""
    result = []
    for found, value in fields(message):
        if found != number:
            continue
        if isinstance(value, int):
            result.append(value)
            continue
        place = 0
        while place < len(value):
            item, place = _varint(value, place, len(value))
            result.append(item)
    return result


def _varint(message: memoryview, place: int, end: int) -> tuple[int, int]:
    value = shift = 0
    while place < end and shift < 70:
        byte = message[place]
        place += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            if value >= 2**64:
                break
            return value, place
        shift += 7
    raise _damaged()


def _damaged() -> Refusal:
    return Refusal("it is no whole protocol buffer; it may be damaged or cut short")
