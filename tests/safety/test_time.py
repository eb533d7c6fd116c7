"""An examination is quick, whatever a file of a few megabytes holds."""

from __future__ import annotations

import io
import struct
import time
import zipfile

import h5py
import pytest
from cases import hostile_files
from cases.hostile_keras import members_of

from keras_gan.safety import saved_model
from keras_gan.safety.keras_file import examine_keras
from keras_gan.safety.litert_file import examine_litert
from keras_gan.safety.onnx_file import examine_onnx
from keras_gan.safety.saved_model import examine_saved_model

pytestmark = pytest.mark.slow  # it looks at the clock

# Twice what the slowest takes on a busy machine; before there were bounds it was 24 s.
SECONDS = 4.0


def field(number, content):
    """A field of bytes in a protocol buffer."""
    length = bytearray()
    size = len(content)
    while size > 127:
        length.append(size & 127 | 128)
        size >>= 7
    return bytes([number << 3 | 2, *length, size]) + content


def different(number, inner):
    """Many messages, each of which names another operator or file."""
    return b"".join(field(number, inner(b"%06d" % n)) for n in range(180_000))


ONNX = {
    "empty nodes": field(7, bytes([10, 0]) * 1_500_000),
    "different operators": field(7, different(1, lambda name: field(4, name))),
    "different domains": field(7, different(1, lambda name: field(7, name))),
    "different functions": different(25, lambda name: field(1, name)),
    "lists in the metadata": field(7, b"")
    + field(14, field(1, b"keras_gan") + field(2, b'{"a":[' + b"[]," * 900_000)),
}
SAVED_MODEL = {
    "empty nodes": field(2, field(2, bytes([10, 0]) * 1_500_000) + field(7, b"")),
    "different operators": field(
        2, field(2, different(1, lambda name: field(2, name))) + field(7, b"")
    ),
}


def flat_buffer(count, place, inner):
    """A first table with a vector of `count` offsets to one table in its fields."""
    fields = struct.pack("<HH", 4 + 2 * (place + 1), 8) + bytes(2 * place)
    fields += struct.pack("<H", 4) + bytes(-(2 * (place + 3)) % 4)
    start = 8 + len(fields)
    vector = start + 8
    table = vector + 4 + 4 * count
    content = struct.pack("<I4s", start, b"TFL3") + fields
    content += struct.pack("<iI", len(fields), 4) + struct.pack("<I", count)
    for at in range(vector + 4, table, 4):
        content += struct.pack("<I", table + len(inner) - 4 - at)
    return content + inner


# A table with thirty fields that are not there, behind its own list of them.
EMPTY = struct.pack("<HH", 64, 4) + bytes(60) + struct.pack("<i", 64)
LITERT = {
    "one table many times": flat_buffer(100_000, 2, EMPTY),
    "many operators": flat_buffer(300_000, 1, EMPTY),
    "numbers without end": b"\0\0\0\0TFL3" + b"\xff\xff\xff\x7f" * 700_000,
}
START = b'{"class_name": "x", "config": ['
CONFIG = {
    "lists": START + b"[]," * 1_000_000 + b"0]}",
    "different classes": START
    + b"".join(b'{"class_name":"a%d"},' % n for n in range(150_000))
    + b"0]}",
    "deep lists": b"[" * 3_000_000,
    "digits": b"1" * 3_000_000,
}


def timed(examine, path):
    start = time.thread_time()
    found = examine(path)
    assert time.thread_time() - start < SECONDS
    return found


@pytest.fixture(scope="module")
def members(tmp_path_factory):
    good = hostile_files.write_good(tmp_path_factory.mktemp("good"))
    return members_of(good["keras"])


@pytest.mark.parametrize("name", ONNX)
def test_onnx_files_are_refused_in_time(name, tmp_path):
    path = tmp_path / "a.onnx"
    path.write_bytes(ONNX[name])
    found = timed(examine_onnx, path)
    assert not found.is_safe
    assert len(found.reasons) <= 50


@pytest.mark.parametrize("name", LITERT)
def test_litert_files_are_refused_in_time(name, tmp_path):
    path = tmp_path / "a.tflite"
    path.write_bytes(LITERT[name])
    assert not timed(examine_litert, path).is_safe


@pytest.mark.parametrize("name", SAVED_MODEL)
def test_saved_models_are_refused_in_time(name, tmp_path):
    (tmp_path / saved_model.GRAPH).write_bytes(SAVED_MODEL[name])
    assert not timed(examine_saved_model, tmp_path).is_safe


@pytest.mark.parametrize("name", CONFIG)
def test_configurations_are_refused_in_time(name, members, tmp_path):
    path = tmp_path / "a.keras"
    with zipfile.ZipFile(path, "w") as archive:
        for member, content in {**members, "config.json": CONFIG[name]}.items():
            archive.writestr(member, content)
    assert not timed(examine_keras, path).is_safe


def test_weights_of_many_groups_are_refused_in_time(members, tmp_path):
    stream, path = io.BytesIO(), tmp_path / "a.keras"
    with h5py.File(stream, "w") as file:
        for number in range(9_000):
            file.create_group(str(number))
    with zipfile.ZipFile(path, "w") as archive:
        for member, content in members.items():
            weights = member.endswith(".h5")
            archive.writestr(member, stream.getvalue() if weights else content)
    found = timed(examine_keras, path)
    assert any("too many" in reason for reason in found.reasons)
