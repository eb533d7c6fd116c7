"""Whatever the bytes and the text are, an examination ends in time, with reasons."""

from __future__ import annotations

import contextlib
import io
import json
import tempfile
import time
import zipfile
from pathlib import Path

import pytest
from harness.marks import slow_but_for
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from keras_gan._checks import InputError, foreign_file, one_line, printable
from keras_gan.export import manifest
from keras_gan.export.errors import VerificationError
from keras_gan.safety import litert_file, onnx_file, saved_model
from keras_gan.safety.allowed import keras_content, onnx_content, saved_model_content
from keras_gan.safety.allowed.keras_content import CLASSES, MEMBERS
from keras_gan.safety.archive import read_members
from keras_gan.safety.examination import Refusal, file_inside
from keras_gan.safety.hdf5 import examine_weights
from keras_gan.safety.keras_config import examine_config, read_json
from keras_gan.safety.keras_file import examine_keras
from keras_gan.safety.protocol_buffer import decode

SECONDS = 1.0
FOLDER = Path(tempfile.mkdtemp())


def varint(value):
    value %= 2**64
    parts = []
    while value > 127:
        parts.append(value & 127 | 128)
        value >>= 7
    return bytes([*parts, value])


def fields_of(schema, names):
    """Protocol buffers whose fields are mostly those of a schema, at all depths."""
    leaves = st.binary(max_size=12) | st.sampled_from([b"location", b"../x", b"Conv"])

    def message(inner):
        tags = sorted({tag for name in names for tag in schema[name]})
        return st.lists(
            st.tuples(
                st.sampled_from(tags) | st.integers(1, 300),
                inner,
                st.integers(0, 2**64 - 1) | st.integers(0, 40),
            ),
            max_size=6,
        ).map(join)

    return st.recursive(leaves, message, max_leaves=12)


def join(parts):
    content = b""
    for tag, inner, number in parts:
        wire_type = tag & 7
        body = varint(len(inner)) + inner if wire_type == 2 else varint(number)
        body = bytes(8 if wire_type == 1 else 4) if wire_type in (1, 5) else body
        content += varint(tag) + body
    return content


TEXT = st.text(max_size=20)
NAMES = st.sampled_from(["function", "Dense", "Lambda", "GAN", *keras_content.VALUES])
MODULES = st.sampled_from(["keras.layers", "builtins", "os", "keras", None])
KEYS = st.sampled_from([*sorted(keras_content.OBJECT_KEYS), "units", "dtype", "value"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT | NAMES | MODULES,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(KEYS | TEXT, inner, max_size=6)
    ),
    max_leaves=30,
)
OBJECTS = st.fixed_dictionaries(
    {
        "module": MODULES | TEXT,
        "class_name": NAMES | TEXT,
        "config": JSON,
        "registered_name": st.none() | TEXT,
    }
)


def written(content, name):
    path = FOLDER / name
    path.write_bytes(content)
    return path


def check_examination(found):
    assert all(map(str.isprintable, found.reasons))
    assert json.loads(json.dumps(found.to_dict()))["safe"] is found.is_safe
    if not found.is_safe:
        with pytest.raises(InputError) as caught:
            found.check()
        assert str(caught.value).isprintable()


def check_onnx(content):
    check_examination(onnx_file.examine_onnx(written(content, "a.onnx"), sealed=False))
    check_decoded(content, onnx_content.MESSAGES, "Model")


def check_litert(content):
    path = written(content, "a.tflite")
    check_examination(litert_file.examine_litert(path, sealed=False))


def check_saved_model(content):
    folder = FOLDER / "saved_model"
    folder.mkdir(exist_ok=True)
    (folder / saved_model.GRAPH).write_bytes(content)
    check_examination(saved_model.examine_saved_model(folder))
    check_decoded(content, saved_model_content.MESSAGES, "SavedModel")


def check_decoded(content, schema, name):
    with contextlib.suppress(Refusal):
        assert isinstance(decode(content, schema, name), dict)


def check_keras(members):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    found = examine_keras(written(stream.getvalue(), "a.keras"))
    check_examination(found)
    assert not found.is_safe


def check_archive(content):
    with contextlib.suppress(Refusal):
        assert set(read_members(written(content, "a.zip"), MEMBERS)) == set(MEMBERS)


def check_config(value):
    classes, reasons = examine_config(value, 1000)
    assert all(isinstance(reason, str) for reason in reasons)
    assert isinstance(classes, dict)


def check_foreign_object(described):
    """An object inside a model is refused if its class is not listed."""
    model = {"module": "keras", "class_name": "Model", "config": {"x": [described]}}
    reasons = examine_config(model, 1000)[1]
    module, name = described["module"], described["class_name"]
    listed = name in CLASSES.get(module, ()) or name in keras_content.VALUES
    assert reasons or listed or name == "function"


def check_json(content):
    with contextlib.suppress(Refusal):
        json.dumps(read_json(content, "config.json"))


def check_weights(content):
    with pytest.raises(Refusal):
        examine_weights(content)


def check_inside(name):
    try:
        path = file_inside(FOLDER, name, "its file")
    except Refusal:
        return
    assert path.resolve().is_relative_to(FOLDER.resolve())


def check_manifest(content):
    path = FOLDER / "manifest.json"
    path.write_text(json.dumps(content))
    with pytest.raises(VerificationError) as caught:
        manifest.read(path)
    assert str(caught.value).isprintable()


def check_text(text):
    assert printable(text).isprintable()
    assert len(printable(text)) == len(text)
    printable(text).encode()
    with pytest.raises(InputError) as caught, foreign_file("a", "Keras"):
        raise RuntimeError(text)
    assert str(caught.value).isprintable()
    assert one_line(ValueError(text)).isprintable()


ANY_BYTES = st.binary(max_size=200)
# The names of a manifest's keys, with other values than they have.
MANIFESTS = st.fixed_dictionaries(
    {"format": st.just(manifest.FORMAT), "format_version": st.just(1)},
    optional={
        "kind": st.sampled_from(manifest.KINDS) | JSON,
        **dict.fromkeys(("generator", "parity", "probe", "files", "provenance"), JSON),
    },
)
PROPERTIES = {
    "onnx of any bytes": (ANY_BYTES, check_onnx),
    "onnx of known fields": (
        fields_of(onnx_content.MESSAGES, onnx_content.MESSAGES),
        check_onnx,
    ),
    "litert of any bytes": (
        st.tuples(st.integers(0, 80), ANY_BYTES, ANY_BYTES).map(
            lambda parts: parts[0].to_bytes(4, "little") + b"TFL3" + b"".join(parts[1:])
        ),
        check_litert,
    ),
    "saved model of any bytes": (ANY_BYTES, check_saved_model),
    "saved model of known fields": (
        fields_of(saved_model_content.MESSAGES, saved_model_content.MESSAGES),
        check_saved_model,
    ),
    "archive of any bytes": (
        ANY_BYTES | ANY_BYTES.map(b"PK\3\4".__add__),
        check_archive,
    ),
    "archive of any members": (
        st.dictionaries(
            st.sampled_from(MEMBERS)
            | st.text(
                st.characters(codec="utf-8", exclude_characters="\0"), min_size=1
            ),
            ANY_BYTES,
            max_size=4,
        ),
        check_keras,
    ),
    "configuration of any values": (JSON | OBJECTS, check_config),
    "object of any class": (OBJECTS, check_foreign_object),
    "json of any bytes": (ANY_BYTES | TEXT.map(str.encode), check_json),
    "weights of any bytes": (
        ANY_BYTES | ANY_BYTES.map(b"\x89HDF\r\n\x1a\n".__add__),
        check_weights,
    ),
    "file of any name": (st.text(max_size=300), check_inside),
    "manifest of any values": (JSON | MANIFESTS, check_manifest),
    "any text": (st.text(), check_text),
}


@pytest.mark.parametrize("examples", slow_but_for(["40"], {"40": 40, "1000": 1000}))
@pytest.mark.parametrize("name", PROPERTIES)
@pytest.mark.timeout(900)
def test_nothing_but_a_reason_comes_of(name, examples):
    strategy, check = PROPERTIES[name]

    def seconds(value):
        start = time.thread_time()
        check(value)
        return time.thread_time() - start

    def check_in_time(value):
        # A collection of garbage left by other tests may fall into one examination,
        # not into each of three.
        assert any(seconds(value) < SECONDS for _ in range(3))

    settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )(given(strategy)(check_in_time))()
