"""A push puts a GAN, its exports and its card on a hub, in one commit."""

import hashlib
import json
import shutil
import sys

import numpy as np
import pytest
import yaml
from harness.commands import invoke, succeed
from harness.gans import convolutional_gan
from harness.hub_server import TOKEN
from hub.conftest import WRITTEN

from keras_gan import experiment, export, hub
from keras_gan.export import Provenance
from keras_gan.hub.card import metadata

pytest.importorskip("huggingface_hub")

ONNX = {"float32.onnx", "float32.onnx.json", "int8.onnx", "int8.onnx.json"}
SERVED = {
    "served/1/assets.extra/tf_serving_warmup_requests",
    "served/1/fingerprint.pb",
    "served/1/manifest.json",
    "served/1/saved_model.pb",
    "served/1/variables/variables.data-00000-of-00001",
    "served/1/variables/variables.index",
}
ALWAYS = {"README.md", "gan.keras", "keras_gan.json", "samples.png"}
BY_HUB = {".gitattributes"}


def test_a_push_is_one_commit_of_gan_exports_card_and_checksums(server, run):
    said = succeed("push", run, "user/taste", "--private").splitlines()
    repository = server.repositories["user/taste"]
    _, commit = repository.commits
    assert said == [
        f"{server.url}/user/taste/commit/{commit}",
        f"hf://user/taste@{commit}",
    ]
    assert repository.private
    files = server.files("user/taste")
    assert set(files) == ALWAYS | ONNX | SERVED | BY_HUB
    assert files["gan.keras"] == run.gan.read_bytes()
    for name in ONNX | SERVED:
        assert files[name] == (run.path / name).read_bytes()
    recorded = json.loads(files["keras_gan.json"])["files"]
    assert set(recorded) == set(files) - BY_HUB - {"README.md", "keras_gan.json"}
    for name, sums in recorded.items():
        assert sums["sha256"] == hashlib.sha256(files[name]).hexdigest(), name
    uploaded = {path for method, path in server.requests if method == "PUT"}
    assert f"/storage/{recorded['gan.keras']['sha256']}" in uploaded
    assert f"/storage/{recorded['float32.onnx.json']['sha256']}" not in uploaded


def test_the_card_has_the_metadata_that_a_hub_reads_and_tells_how_to_load(
    server, pushed, keras_file
):
    card = server.files("user/taste")["README.md"].decode()
    _, head, body = card.split("---\n", 2)
    told = yaml.safe_load(head)
    assert told == {
        "library_name": "keras",
        "pipeline_tag": "unconditional-image-generation",
        "tags": ["keras_gan", "gan", "image-generation", "class-conditional"],
        "license": "cc-by-4.0",
        "datasets": ["ylecun/mnist"],
    }
    for fact in (
        "# taste",
        "after 2 training steps",
        "Licence of the data: CC-BY-4.0.",
        'keras_gan.hub.load("user/taste")',
        "hf://user/taste",
        "![64 samples](samples.png)",
        hashlib.sha256(keras_file.read_bytes()).hexdigest(),
    ):
        assert fact in body, fact
    assert "Difference from the trained model" not in body


@pytest.mark.parametrize(
    ("provenance", "expected"),
    [
        (Provenance(data="mnist_10k", licence="CC-BY-SA-3.0"), ("cc-by-sa-3.0", None)),
        (Provenance(data="folder:/home/a", licence="my own: x"), ("other", "my-own-x")),
        (Provenance(data="folder:/home/a"), (None, None)),
    ],
)
def test_metadata_name_licences_as_the_hub_does(provenance, expected):
    told = yaml.safe_load(metadata(provenance, None).split("---\n")[1])
    assert (told.get("license"), told.get("license_name")) == expected
    known = provenance.data == "mnist_10k"
    assert told.get("datasets") == (["ylecun/mnist"] if known else None)


def test_a_second_push_takes_away_what_the_run_no_longer_has(server, pushed, run):
    server.repositories["user/taste"].commit("by hand", {"notes.txt": b"mine"}, ())
    shutil.rmtree(run.path / "served")
    pushed = hub.push(run.path, "user/taste")
    assert set(server.files("user/taste")) == ALWAYS | ONNX | BY_HUB | {"notes.txt"}
    assert set(pushed.files) == ALWAYS | ONNX
    # The same again is no commit.
    assert hub.push(run.path, "user/taste").commit == pushed.commit


def test_a_gan_of_a_script_is_pushed_with_exports_from_elsewhere(server, keras_file):
    gan = experiment.load_gan(keras_file)
    pushed = hub.push(gan, "team/toy", exports=[WRITTEN / "onnx" / "seed.onnx"])
    assert set(pushed.files) == ALWAYS | {"seed.onnx", "seed.onnx.json"}
    loaded = hub.load("team/toy")
    seeds, labels = [3, 5, 8], [0, 1, 2]
    np.testing.assert_array_equal(
        loaded.sample(seeds=seeds, labels=labels),
        gan.sample(seeds=seeds, labels=labels),
    )


def test_exports_of_another_gan_and_changed_ones_are_not_pushed(server, run):
    other = convolutional_gan(num_classes=3, seed=9)
    with pytest.raises(ValueError, match=r"float32.onnx': it is an export of another"):
        hub.push(other, "user/other", exports=[run.path / "float32.onnx"])
    other.save(run.gan)
    with pytest.warns(
        UserWarning, match="is an export of another GAN or epoch"
    ) as said:
        hub.push(run.path, "user/taste")
    assert len([each for each in said if each.category is UserWarning]) == 3
    assert set(server.files("user/taste")) == ALWAYS | BY_HUB
    changed = run.path / "float32.onnx"
    changed.write_bytes(changed.read_bytes() + b"1")
    with pytest.raises(export.VerificationError, match="changed after its export"):
        hub.push(other, "user/other", exports=[changed])
    assert "user/other" not in server.repositories


MISTAKES = {
    "no user": (("taste",), "`repository` must be USER/NAME"),
    "not mine": (("nobody/taste",), "or it may not write there; log in with"),
    "public already": (
        ("user/open", "--private"),
        "the repository exists and is public",
    ),
}


@pytest.mark.parametrize("case", MISTAKES)
def test_mistakes_are_told_in_one_line(case, server, keras_file):
    server.add("user/open", {})
    arguments, message = MISTAKES[case]
    before = server.files("user/open")
    result = invoke("push", keras_file, *arguments)
    assert result.exit_code == 2, result.output
    assert message in result.stderr
    assert result.stderr.count("\n") == 1
    assert server.files("user/open") == before


def test_a_token_is_needed_and_must_be_right(server, keras_file, monkeypatch):
    with pytest.raises(ValueError, match=r"the hub refuses this token"):
        hub.push(keras_file, "user/taste", token="hf_wrong")
    monkeypatch.delenv("HF_TOKEN")
    server.requests.clear()
    result = invoke("push", keras_file, "user/taste")
    assert result.exit_code == 2
    assert result.stderr == (
        "keras-gan: Pushing to a hub needs a token: log in with `hf auth login`, or "
        "set HF_TOKEN.\n"
    )
    assert server.requests == []
    pushed = hub.push(keras_file, "user/taste", token=TOKEN, endpoint=server.url)
    assert server.repositories["user/taste"].refs["main"] == pushed.commit


def test_without_the_library_a_line_says_how_to_get_it(monkeypatch, keras_file):
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    for command in (("push", keras_file, "user/x"), ("sample", "hf://user/x")):
        result = invoke(*command)
        assert result.exit_code == 2
        assert result.stderr.count("\n") == 1
        assert "pip install huggingface_hub, or pip install '.[hub]'" in result.stderr


def test_an_export_alone_is_not_pushed(server):
    with pytest.raises(ValueError, match=r"only a run or a \.keras file is pushed"):
        hub.push(WRITTEN / "onnx" / "float32.onnx", "user/taste")
