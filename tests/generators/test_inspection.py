"""`keras-gan inspect` says what a file holds."""

from __future__ import annotations

import json

import pytest
from cases import hostile_files, hostile_keras
from harness.gans import convolutional_networks

from keras_gan import (
    GAN,
    cli,
    experiment,
    export,
)


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    return hostile_files.write_good(tmp_path_factory.mktemp("good"))


def inspect(capsys, *arguments):
    """The exit code and what was printed."""
    with pytest.raises(SystemExit) as caught:
        cli.app(["inspect", *map(str, arguments)])
    return caught.value.code, capsys.readouterr().out


@pytest.mark.parametrize("kind", ["keras", "onnx", "saved_model"])
def test_inspect_tells_what_a_good_file_holds(good, capsys, kind):
    code, text = inspect(capsys, good[kind])
    assert code == 0
    assert text.startswith(f"{good[kind]}: {kind}\n")
    assert text.endswith("safe to load\n")
    code, text = inspect(capsys, good[kind], "--json")
    facts = json.loads(text)
    assert (code, facts["safe"], facts["reasons"]) == (0, True, [])
    assert facts["generator"]["prior"] == "normal"
    assert len(facts["sha256"]) == 64
    counts = facts["classes" if kind == "keras" else "operators"]
    wanted = {"keras": "Dense", "onnx": "MatMul", "saved_model": "MatMul"}[kind]
    assert counts[wanted] >= 1
    if kind != "keras":
        assert facts["manifest"].startswith("unchanged since its export (")
    gan = experiment.load_gan(good["keras"])
    if kind == "saved_model":
        assert facts["parameters"] == gan.generator.count_params()


def test_inspect_tells_of_a_base_path_and_of_a_changed_file(good, capsys, tmp_path):
    assert inspect(capsys, good["saved_model"].parent)[0] == 0
    changed = tmp_path / "good.onnx"
    changed.write_bytes(good["onnx"].read_bytes()[:-1] + b"g")
    code, text = inspect(capsys, changed)
    assert code == 1
    assert "refused: its checksum is missing or another" in text


def test_inspect_shows_nothing_that_a_terminal_would_obey(good, capsys, tmp_path):
    members = hostile_keras.members_of(good["keras"])
    config = json.loads(members["config.json"])
    config["class_name"] = "\x1b[2J evil"
    members["config.json"] = json.dumps(config).encode()
    path = hostile_keras.pack(tmp_path / "evil", members)
    code, text = inspect(capsys, path)
    assert code == 1
    assert "\x1b" not in text


def test_inspect_of_nothing_is_a_mistake(capsys, tmp_path):
    with pytest.raises(SystemExit) as caught:
        cli.app(["inspect", str(tmp_path / "nothing")])
    assert caught.value.code == 2
    assert "there is no such run or file" in capsys.readouterr().err


def test_inspect_tells_of_weights_in_a_file_of_their_own(capsys, tmp_path):
    gan = GAN(*convolutional_networks(generator_filters=16))
    path = export.save_onnx(gan, tmp_path / "g.onnx", external_data_above=0)
    code, text = inspect(capsys, path)
    assert (code, text.splitlines()[-1]) == (0, "safe to load")
    assert "unchanged since its export (2 files)" in text
    (weights,) = tmp_path.glob("*.data")
    weights.write_bytes(weights.read_bytes()[:-1] + b"x")
    code, text = inspect(capsys, path)
    assert code == 1
    assert "refused:" in text


def test_inspect_tells_of_the_models_in_a_run(good, capsys, tmp_path):
    (tmp_path / "config.json").write_text('{"name": "mine", "recipe": {}}')
    (tmp_path / "gan.keras").write_bytes(good["keras"].read_bytes())
    code, text = inspect(capsys, tmp_path)
    assert (code, text.splitlines()[-1]) == (0, "safe to load")
    assert "gan.keras" in text
    (tmp_path / "best.keras").write_bytes(b"nothing")
    code, text = inspect(capsys, tmp_path)
    assert code == 1
    assert "refused: best.keras: " in text
