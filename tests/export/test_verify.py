from __future__ import annotations

import dataclasses
import json
import shutil

import numpy as np
import onnx
import pytest

from keras_gan import export
from keras_gan._checks import InputError
from keras_gan.safety.seal import seal_json, seal_onnx


@pytest.fixture
def onnx_copy(plain_onnx, tmp_path):
    for name in ("plain.onnx", "plain.onnx.json"):
        shutil.copy(plain_onnx.with_name(name), tmp_path)
    return tmp_path / "plain.onnx"


@pytest.fixture
def version_copy(plain_saved_model, tmp_path):
    return shutil.copytree(plain_saved_model, tmp_path / "model" / "3")


def edit(path, change):
    """Changes a manifest as somebody would who knows of its checksum."""
    content = json.loads(path.read_text())
    change(content)
    path.write_text(json.dumps(seal_json(content)))


def refused(path, message):
    """Verification fails with one line that names the file and says `message`."""
    with pytest.raises(export.VerificationError, match=message) as caught:
        export.verify(path)
    assert isinstance(caught.value, InputError)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_onnx_file_passes_and_the_report_says_by_how_much(plain_onnx):
    report = export.verify(str(plain_onnx))
    assert (report.path, report.kind) == (plain_onnx, "onnx")
    assert (report.files, report.seeds) == (1, 8)
    assert report.tolerances == {"image": pytest.approx(1e-5)}
    assert 0 < report.differences["image"] <= 1e-5
    assert "8 seeds" in str(report)
    assert "\n" not in str(report)
    with pytest.raises(dataclasses.FrozenInstanceError):
        report.kind = "other"


def test_version_folder_passes_in_both_signatures(conditional_saved_model):
    report = export.verify(conditional_saved_model)
    assert (report.path, report.kind) == (conditional_saved_model, "saved_model")
    assert report.files == 5
    assert report.differences["image"] <= 5e-6
    assert 0 < report.differences["image_bytes"] <= 0.502


def test_base_path_stands_for_its_latest_version(version_copy):
    shutil.copytree(version_copy, version_copy.with_name("12"))
    (version_copy.parent / "99.tmp").mkdir()
    report = export.verify(version_copy.parent)
    assert report.path == version_copy.with_name("12")


def test_file_and_manifest_can_be_renamed_together(onnx_copy):
    moved = onnx_copy.rename(onnx_copy.with_name("digits.onnx"))
    onnx_copy.with_name("plain.onnx.json").rename(moved.with_name("digits.onnx.json"))
    assert export.verify(moved).path == moved


def test_one_changed_byte_is_found(onnx_copy):
    content = bytearray(onnx_copy.read_bytes())
    content[len(content) // 2] ^= 1
    onnx_copy.write_bytes(content)
    message = refused(onnx_copy, "was changed after its export")
    assert str(onnx_copy) in message


@pytest.mark.parametrize(
    "name", ["saved_model.pb", "variables/variables.index", "fingerprint.pb"]
)
def test_changed_or_missing_file_of_a_version_is_named(version_copy, name):
    path = version_copy / name
    path.write_bytes(path.read_bytes() + b"\0")
    assert str(path) in refused(version_copy, "was changed after its export")
    path.unlink()
    assert str(path) in refused(version_copy, "the file is missing")


def test_missing_manifest_is_named(onnx_copy, version_copy):
    manifest = onnx_copy.with_name("plain.onnx.json")
    manifest.unlink()
    assert str(manifest) in refused(onnx_copy, "manifest is missing")
    (version_copy / "manifest.json").unlink()
    message = refused(version_copy, "manifest is missing")
    assert str(version_copy / "manifest.json") in message


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "null", "[" * 100_000, '{"format": "other"}', b"\xff\xfe"],
    ids=["empty", "open", "list", "null", "deep", "other", "bytes"],
)
def test_manifest_that_is_none_is_refused(onnx_copy, text):
    manifest = onnx_copy.with_name("plain.onnx.json")
    manifest.write_bytes(text if isinstance(text, bytes) else text.encode())
    assert str(manifest) in refused(onnx_copy, "not a usable manifest")


def set_at(*keys, to):
    def change(content):
        for key in keys[:-1]:
            content = content[key]
        content[keys[-1]] = to

    return change


@pytest.mark.parametrize(
    "change",
    [
        set_at("format_version", to=2),
        set_at("kind", to="other"),
        set_at("generator", to=None),
        set_at("generator", "latent_dim", to=0),
        set_at("parity", to=[]),
        set_at("parity", "tolerance", to={"image": "much"}),
        set_at("files", to={}),
        set_at("files", to={"a": {"sha256": "0", "bytes": 1}, "b": {}}),
        set_at("files", to={"../plain.onnx": {"sha256": "0", "bytes": 1}}),
        set_at("files", to={"/etc/hostname": {"sha256": "0", "bytes": 1}}),
        set_at("probe", to={}),
        set_at("probe", "seeds", to=[]),
        set_at("probe", "seeds", to=[2**70]),
        set_at("probe", "labels", to=[1]),
        set_at("probe", "positions", 0, to=12 * 8),
        set_at("probe", "values", to=[[0.0]]),
        set_at("probe", "values", 0, to=["a"]),
    ],
)
def test_malformed_manifest_is_refused(onnx_copy, change):
    manifest = onnx_copy.with_name("plain.onnx.json")
    edit(manifest, change)
    assert str(manifest) in refused(onnx_copy, "not a usable manifest")


def test_manifest_that_calls_a_drawing_neither_exact_nor_not_is_refused(
    version_copy, onnx_copy
):
    edit(version_copy / "manifest.json", set_at("exact", to="no"))
    refused(version_copy, "its 'exact' is neither true nor false")
    edit(onnx_copy.with_name("plain.onnx.json"), set_at("exact", to=True))
    refused(onnx_copy, "'exact'")


def test_manifest_with_one_changed_number_is_refused(onnx_copy):
    manifest = onnx_copy.with_name("plain.onnx.json")
    text = manifest.read_text()
    assert text.count('"training_step": 12') == 1
    manifest.write_text(text.replace('"training_step": 12', '"training_step": 13'))
    assert "its checksum is another" in refused(onnx_copy, "not a usable manifest")


def test_manifest_of_another_kind_is_refused(onnx_copy, plain_saved_model):
    manifest = onnx_copy.with_name("plain.onnx.json")
    shutil.copy(plain_saved_model / "manifest.json", manifest)
    assert str(manifest) in refused(onnx_copy, "another kind of artifact")


def test_manifest_of_another_generator_is_refused(onnx_copy):
    edit(
        onnx_copy.with_name("plain.onnx.json"),
        set_at("generator", "training_step", to=13),
    )
    assert str(onnx_copy) in refused(onnx_copy, "describes another generator")


def test_values_that_differ_are_told_with_the_difference(onnx_copy, version_copy):
    def move_one_value(content):
        content["probe"]["values"][2][3] += 0.25

    edit(onnx_copy.with_name("plain.onnx.json"), move_one_value)
    message = refused(onnx_copy, r"`image` differs .* by 0\.25 at the recorded seeds")
    assert str(onnx_copy) in message
    edit(version_copy / "manifest.json", move_one_value)
    assert str(version_copy) in refused(version_copy, r"`image` differs .* by 0\.25")


def test_values_that_are_not_numbers_are_told(onnx_copy):
    manifest = onnx_copy.with_name("plain.onnx.json")
    edit(manifest, set_at("probe", "values", 0, 0, to=float("nan")))
    refused(onnx_copy, "differs from the model's by nan")


def test_weights_changed_together_with_their_checksum_are_found(onnx_copy, sha256):
    model = onnx.load(onnx_copy)
    weight = max(model.graph.initializer, key=lambda tensor: len(tensor.raw_data))
    values = onnx.numpy_helper.to_array(weight) * np.float32(1.01)
    weight.CopyFrom(onnx.numpy_helper.from_array(values, weight.name))
    onnx.save(model, onnx_copy)
    seal_onnx(onnx_copy)
    files = {onnx_copy.name: sha256(onnx_copy)}
    edit(onnx_copy.with_name("plain.onnx.json"), set_at("files", to=files))
    refused(onnx_copy, "`image` differs")


def test_corrupt_model_with_its_checksum_is_one_clear_line(
    onnx_copy, version_copy, sha256
):
    onnx_copy.write_bytes(onnx_copy.read_bytes()[:1000])
    files = {onnx_copy.name: sha256(onnx_copy)}
    edit(onnx_copy.with_name("plain.onnx.json"), set_at("files", to=files))
    message = refused(onnx_copy, "no whole protocol buffer")
    assert message.count(str(onnx_copy)) == 1

    graph = version_copy / "saved_model.pb"
    graph.write_bytes(graph.read_bytes()[:1000])
    edit(
        version_copy / "manifest.json",
        set_at("files", "saved_model.pb", to=sha256(graph)),
    )
    assert str(version_copy) in refused(version_copy, "no whole protocol")


def test_what_is_no_artifact_is_refused(tmp_path):
    refused(tmp_path / "missing.onnx", "there is no such file or folder")
    refused(tmp_path, "neither a SavedModel nor versions of one")
    (tmp_path / "model.keras").write_bytes(b"")
    refused(tmp_path / "model.keras", r"neither \.onnx, nor \.tflite, nor a folder")
