"""A generator on a hub is opened by its address, wherever one is opened by its path."""

import hashlib
import json
import sys

import numpy as np
import pytest
from cases.hostile_keras import KERAS as HOSTILE
from harness.commands import invoke
from harness.gans import convolutional_gan
from hub.conftest import WRITTEN

from keras_gan import hub, presets
from keras_gan._checks import InputError
from keras_gan.experiment.pretrained import Pretrained
from keras_gan.safety.seal import seal_json
from keras_gan.trained_generators import hub_download
from keras_gan.trained_generators.hub_address import HubAddress
from keras_gan.trained_generators.loading import open_generator
from keras_gan.trained_generators.provenance import provenance_of

pytest.importorskip("huggingface_hub")

LABELS = [0, 1, 2, 0]


def drawn(generator):
    return generator.sample(seeds=[3, 5, 8, 13], labels=LABELS)


@pytest.mark.parametrize(
    ("text", "repository", "revision", "file"),
    [
        ("user/name", "user/name", None, None),
        ("hf://user/name", "user/name", None, None),
        ("hf:/user/name@v1.0", "user/name", "v1.0", None),
        ("hf:\\user\\name", "user/name", None, None),
        ("hf://user/name@refs/pr/3", "user/name", "refs/pr/3", None),
        ("hf://user/name@a%2Fb/x/y.onnx", "user/name", "a/b", "x/y.onnx"),
        ("hf://user/name/g.keras", "user/name", None, "g.keras"),
    ],
)
def test_addresses_are_read(text, repository, revision, file):
    assert HubAddress.parse(text) == HubAddress(repository, revision, file)


@pytest.mark.parametrize(
    "text",
    ["hf://name", "hf://user/name/../x.keras", "hf://u/n/x.pkl", "hf://u/n@", ""],
)
def test_other_addresses_are_refused(text):
    with pytest.raises(InputError, match="an address on the hub must be hf://USER"):
        HubAddress.parse(text)


def test_load_gives_the_gan_of_the_run_and_says_the_commit(pushed, run, capsys):
    loaded = hub.load("user/taste")
    assert capsys.readouterr().err == f"keras-gan: using {pushed}\n"
    np.testing.assert_array_equal(drawn(loaded), drawn(open_generator(run.path)))
    found = hub.download("user/taste")
    assert found.address == pushed
    assert found.sha256 == hashlib.sha256(run.gan.read_bytes()).hexdigest()
    assert found.path.read_bytes() == run.gan.read_bytes()
    # What the run's folder tells is told of its copy on the hub, too.
    assert provenance_of(pushed) == provenance_of(run.path, "CC-BY-4.0", step=2)


def test_an_older_commit_is_opened_by_its_name_and_needs_no_hub(
    server, pushed, keras_file, tmp_path, capsys
):
    before = drawn(hub.load(pushed))
    convolutional_gan(num_classes=3, seed=9).save(tmp_path / "other.keras")
    newer = hub.push(tmp_path / "other.keras", "user/taste")
    assert newer.address != pushed
    assert np.abs(drawn(hub.load("user/taste")) - before).max() > 0.1
    capsys.readouterr()
    server.requests.clear()
    repository, _, commit = pushed.removeprefix("hf://").partition("@")
    again = hub.load(repository, revision=commit)
    assert server.requests == []
    assert capsys.readouterr().err == ""
    np.testing.assert_array_equal(drawn(again), before)


def test_commands_open_an_address_and_keep_its_first_commit(
    server, pushed, run, tmp_path
):
    ask = ("hf://user/taste", "--seeds", "3,5,8,13", "--labels", "0,1,2,0")
    result = invoke("sample", *ask, "--out", tmp_path / "a.npz")
    assert result.exit_code == 0, result.output
    assert result.stderr == f"keras-gan: using {pushed}\n"
    with np.load(tmp_path / "a.npz") as archive:
        np.testing.assert_array_equal(
            archive["images"], drawn(open_generator(run.path))
        )
    server.repositories["user/taste"].commit("gone", {}, ["gan.keras"])
    server.requests.clear()
    assert invoke("inspect", "hf://user/taste").exit_code == 0
    assert server.requests == []
    result = invoke("inspect", "hf://user/taste@main")
    assert result.exit_code == 2
    assert "there is no such file. It has float32.onnx, int8.onnx." in result.stderr


def test_an_onnx_file_is_drawn_from_without_tensorflow(server, pushed, run_python):
    code = (
        "from keras_gan import hub; import sys\n"
        "found = hub.load('hf://user/taste/float32.onnx')\n"
        "print(found.sample(2, seed=7, labels=0).shape, 'tensorflow' in sys.modules)"
    )
    result = run_python(code)
    assert result.stdout == "(2, 8, 8, 1) False\n", result.stderr
    assert result.stderr.endswith(f"{pushed}/float32.onnx\n")


def test_a_training_starts_from_an_address_and_keeps_its_commit(
    server, pushed, keras_file
):
    recipe = presets.get("digits").recipe.replace(pretrained="hf:/user/taste")
    first = Pretrained(recipe)
    known = dict(first.record)
    assert "trained on mnist_10k; licence: CC-BY-4.0" in known.pop("begun_from")
    assert known == {
        "path": pushed,
        "file": "gan.keras",
        "sha256": hashlib.sha256(keras_file.read_bytes()).hexdigest(),
        "step": 2,
    }
    # Whatever is pushed later, a run that goes on has what it began with.
    server.repositories["user/taste"].commit("gone", {}, ["gan.keras"])
    hub_download._resolve.cache_clear()
    again = Pretrained(recipe, first.record)
    assert again._file().read_bytes() == keras_file.read_bytes()
    with pytest.raises(InputError, match="there is no such file"):
        Pretrained(recipe)


def test_data_and_licence_of_the_training_come_with_the_address(
    pushed, keras_file, tmp_path
):
    from keras_gan.trained_generators.training_data import training_data

    assert training_data("hf://user/taste").source == "mnist_10k"
    assert provenance_of("hf://user/taste").licence == "CC-BY-4.0"
    assert provenance_of("hf://user/taste", "MIT").licence == "MIT"


@pytest.mark.parametrize("name", ["gan.keras", "keras_gan.json"])
def test_what_is_changed_on_its_way_is_refused(name, server, pushed):
    content = server.files("user/taste")[name]
    forged = content.replace(b'"training_step": 2', b'"training_step": 3')
    server.forged[name] = content[:-1] + b"!" if forged == content else forged
    with pytest.raises(InputError, match=r"refused: .*(SHA-256|checksum)"):
        hub.load("user/taste")


def test_what_is_changed_in_the_repository_is_refused(server, pushed):
    files = server.files("user/taste")
    # Another sound archive: it ends with a comment.
    files["gan.keras"] = files["gan.keras"][:-2] + b"\x01\x00!"
    with pytest.raises(InputError, match=r"gan.keras is [0-9a-f]{12}…, and keras_gan"):
        hub.load("user/taste")
    result = invoke("sample", "hf://user/taste")
    assert result.exit_code == 2
    assert "it was changed, or damaged on its way" in result.stderr.splitlines()[-1]


def test_a_changed_file_in_the_cache_is_refused(server, pushed):
    found = hub.download("user/taste").path.resolve()
    found.chmod(0o644)
    found.write_bytes(found.read_bytes()[:-1] + b"\x01")
    with pytest.raises(InputError, match="damaged on its way"):
        hub.load(pushed)


def test_a_checksum_of_the_users_own_is_held(pushed):
    right = hub.download("user/taste").sha256
    assert hub.download("user/taste", sha256=right.upper()).sha256 == right
    with pytest.raises(InputError, match="not the one that you gave, 0000"):
        hub.load("user/taste", sha256="0" * 64)


def test_a_hostile_file_is_examined_before_it_is_opened(server, keras_file, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    path = HOSTILE["lambda"](tmp_path / "evil", {"keras": keras_file}, outside)
    server.add("user/evil", {"gan.keras": path.read_bytes()})
    with pytest.raises(InputError, match="refused: it holds a Lambda, which runs"):
        hub.load("hf://user/evil/gan.keras")
    result = invoke("inspect", "hf://user/evil/gan.keras")
    assert result.exit_code == 1
    assert not (outside / "canary").exists()


def test_what_is_cached_is_opened_without_a_network(
    server, pushed, capsys, monkeypatch
):
    before = drawn(hub.load("user/taste"))
    server.add("user/hand", {"g.keras": hub.download("user/taste").path.read_bytes()})
    hub.download("user/hand/g.keras")
    server.requests.clear()
    with monkeypatch.context() as offline:
        offline.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
        hub.download("user/taste")
        with pytest.raises(InputError, match="cannot be reached, and the cache does"):
            hub.download("user/other")
    assert server.requests == []
    server.broken = True
    hub.download("user/taste")
    server.stop()
    np.testing.assert_array_equal(drawn(hub.load("user/taste")), before)
    hub.download("user/hand/g.keras")
    assert capsys.readouterr().err == f"keras-gan: using {pushed}\n" * 2
    with pytest.raises(InputError, match=r"cannot be reached, and the cache does not"):
        hub.load("user/other")


MISTAKES = {
    "hf://user/none": "there is no such repository, or it is private; correct the name",
    "hf://user/taste@v7": "the repository has no revision 'v7'; give a branch",
    "hf://user/taste/g.keras": "there is no such file. It has float32.onnx, gan",
    "hf://user/texts": "has no keras_gan.json, which says what to open; give a repo",
    "hf://user/hand": "which says what to open; name the file: hf://user/hand/a.keras.",
    "hf://user/big/g.onnx": "its weights are in files beside it. Download the reposit",
    "hf://user": "an address on the hub must be hf://USER/NAME",
}


@pytest.mark.parametrize("address", MISTAKES)
def test_mistakes_are_told_in_one_line(address, server, pushed):
    told = json.loads((WRITTEN / "onnx" / "float32.onnx.json").read_text())
    told["files"]["g.data"] = {"sha256": "0", "bytes": 1}
    content = json.dumps(seal_json(told)).encode()
    server.add("user/big", {"g.onnx": b"1", "g.onnx.json": content})
    server.add("user/texts", {"a.txt": b""})
    server.add("user/hand", {"a.keras": b"", "b.onnx": b""})
    result = invoke("sample", address)
    assert result.exit_code == 2, result.output
    assert MISTAKES[address] in result.stderr
    assert result.stderr.count("\n") == 1


def test_a_private_repository_is_not_there_for_strangers(server, pushed, monkeypatch):
    server.repositories["user/taste"].private = True
    hub.load("user/taste")
    monkeypatch.delenv("HF_TOKEN")
    with pytest.raises(InputError, match="no such repository, or it is private"):
        hub.load("user/taste")


@pytest.fixture
def run_python(server, tmp_path):
    """Runs code in a new Python, whose cache and hub are those of the test."""
    import os
    import subprocess

    environment = {
        **os.environ,
        "HF_HUB_CACHE": str(tmp_path / "cache"),
        "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    }

    def run(code):
        return subprocess.run(
            [sys.executable, "-c", code],
            env=environment,
            capture_output=True,
            text=True,
        )

    return run
