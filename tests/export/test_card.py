"""The model card: everything that the manifest knows, and samples of the artifact."""

import contextlib
import itertools
import json
import os
import re

import numpy as np
import pytest
from harness.gans import convolutional_gan
from harness.html import faults
from PIL import Image

from keras_gan import export, plotting, priors
from keras_gan.export import Provenance, VerificationError
from keras_gan.safety.seal import seal_json

KNOWN = Provenance(
    name="tiny <b>",
    data="npz:tiny.npz",
    split="train[:40]",
    num_examples=40,
    licence="CC-BY-4.0",
    class_names=("zero", "one", "two"),
    recipe={"architecture": "dcgan", "epochs": 1, "penalties": ({"name": "R1"},)},
    figures={"frechet": 12.5, "recall": 0.25},
    conditions="40 samples against 40 of npz:tiny.npz/train; features: pixels.",
    memorization="No sign of copying.",
    begun_from="emoji, trained on Twemoji; licence: CC-BY 4.0",
)


@pytest.fixture(scope="module")
def gan():
    return convolutional_gan(num_classes=3)


@pytest.fixture(scope="module")
def artifacts(gan, tmp_path_factory):
    folder = tmp_path_factory.mktemp("artifacts")
    served = export.save_saved_model(gan, folder / "served", provenance=KNOWN)
    return {
        "float.onnx": export.save_onnx(gan, folder / "float.onnx", provenance=KNOWN),
        "uint8.onnx": export.save_onnx(
            gan, folder / "uint8.onnx", output="uint8", provenance=KNOWN
        ),
        "served": served,
    }


@pytest.mark.parametrize("kind", ["float.onnx", "uint8.onnx", "served"])
def test_a_card_says_what_the_manifest_knows_and_shows_samples(
    kind, artifacts, gan, tmp_path
):
    folder = export.save_model_card(artifacts[kind], tmp_path / "card")
    names = sorted(path.name for path in folder.iterdir())
    assert names == ["model_card.html", "model_card.md", "samples.png"]
    card, page = (folder / f"model_card.{end}" for end in ("md", "html"))
    assert faults(page.read_text()) == []
    for text in (card.read_text(), page.read_text()):
        brackets = r"train\[:40\]" if text == card.read_text() else "train[:40]"
        for fact in (
            f"npz:tiny.npz, {brackets}: 40 images",
            "CC-BY-4.0",
            "zero, one, two",
            "frechet",
            "12.5",
            KNOWN.conditions,
            "No sign of copying.",
            f"Begun from {KNOWN.begun_from}.",
            "synthetic",
            "whole numbers from 0 to 255" if kind == "uint8.onnx" else "float32 from",
            "serving_default",
            "dcgan",
            "R1",
        ):
            assert fact in text, fact
    assert r"# tiny \<b\>" in card.read_text()
    assert "<h1>tiny &lt;b&gt;</h1>" in page.read_text()
    assert not re.search(r'(src|href)="(?!data:)', page.read_text())
    manifest = artifacts[kind].parent / f"{kind}.json"
    if kind == "served":
        manifest = artifacts[kind] / "manifest.json"
    for checksum in json.loads(manifest.read_text())["files"].values():
        assert checksum["sha256"] in card.read_text()
    labels = np.arange(64) % 3
    expected = plotting.image_grid(
        gan.sample(seeds=priors.spawn_seeds(7, 64), labels=labels),
        value_range=(-1, 1),
        columns=3,
    )
    with Image.open(folder / "samples.png") as shown:
        gap = np.asarray(shown, int) - np.asarray(expected.convert(shown.mode), int)
    assert np.abs(gap).max() <= 1


def test_provenance_survives_the_manifest(artifacts):
    recorded = artifacts["float.onnx"].with_name("float.onnx.json")
    content = json.loads(recorded.read_text())["provenance"]
    assert Provenance.from_dict(content).to_dict() == KNOWN.to_dict()
    assert Provenance.from_dict({}) == Provenance()


@pytest.mark.parametrize(
    "wrong",
    [
        [],
        {"licence": 3},
        {"owner": "me"},
        {"num_examples": -1},
        {"figures": {"a": "b"}},
    ],
)
def test_a_manifest_with_another_provenance_is_refused(wrong, artifacts, tmp_path):
    path = tmp_path / "float.onnx"
    path.write_bytes(artifacts["float.onnx"].read_bytes())
    recorded = artifacts["float.onnx"].with_name("float.onnx.json")
    content = seal_json(json.loads(recorded.read_text()) | {"provenance": wrong})
    path.with_name("float.onnx.json").write_text(json.dumps(content))
    with pytest.raises(VerificationError, match="provenance"):
        export.verify(path)


def test_a_card_of_little_knowledge_says_so(gan, tmp_path):
    path = export.save_onnx(gan, tmp_path / "bare.onnx")
    folder = export.save_model_card(path, tmp_path / "card")
    text = (folder / "model_card.md").read_text()
    assert "It does not say." in text
    assert "It was not evaluated" in text
    with pytest.raises(ValueError, match="no empty folder"):
        export.save_model_card(path, folder)


def test_a_changed_artifact_gets_no_card(gan, tmp_path):
    path = export.save_onnx(gan, tmp_path / "g.onnx")
    path.write_bytes(path.read_bytes() + b" ")
    with pytest.raises(VerificationError, match="changed after its export"):
        export.save_model_card(path, tmp_path / "card")
    assert not (tmp_path / "card").exists()


HOSTILE = (
    "</script><script>alert(1)</script>",
    "a\x1b[31m\x07\u202e",
    "![x](http://example.org/x.png) [y](javascript:alert(1))",
    "`| new cell |\n# heading\n~~~\n",
    "back\\slash \\",
    "<http://example.org> &lt;",
)


def test_a_card_shows_foreign_text_as_text(gan, tmp_path):
    markdown_it = pytest.importorskip("markdown_it")
    name = "\n".join(HOSTILE)
    known = Provenance(
        name=name,
        data=f"https://anna:sesame@example.org/{name}",
        class_names=HOSTILE[:3],
        recipe={name: name},
        figures={name: 1.0},
        conditions=name,
        memorization=name,
    )
    path = export.save_onnx(gan, tmp_path / "g.onnx", provenance=known)
    folder = export.save_model_card(path, tmp_path / "card")
    text = (folder / "model_card.md").read_text()
    page = (folder / "model_card.html").read_text()
    for content in (text, page):
        assert all(line.isprintable() for line in content.split("\n"))
    assert "sesame" not in text
    reader = markdown_it.MarkdownIt("commonmark", {"html": True}).enable("table")
    tokens = reader.parse(text)
    kinds = [t.type for token in tokens for t in (token, *(token.children or ()))]
    assert kinds.count("image") == 1  # samples.png
    assert not {"html_inline", "html_block", "link_open"} & set(kinds)
    pairs = itertools.pairwise(tokens)
    headings = [two.content for one, two in pairs if one.type == "heading_open"]
    assert headings[1:4] == ["Training data", "Evaluation", "Use"]
    assert len(headings) == 8
    assert kinds.count("fence") == 1
    assert "<script>alert" not in page


@pytest.mark.parametrize(
    "name",
    ["a\0b", "x" * 5000, "a\x1b[2J", "\udcff", "a/b", "..", "", "loop", "pipe"],
    ids=ascii,
)
def test_a_manifest_with_a_strange_name_of_a_file_is_one_line(
    name, artifacts, tmp_path
):
    path = tmp_path / "float.onnx"
    path.write_bytes(artifacts["float.onnx"].read_bytes())
    (tmp_path / "loop").symlink_to("loop")
    os.mkfifo(tmp_path / "pipe")
    recorded = artifacts["float.onnx"].with_name("float.onnx.json")
    content = json.loads(recorded.read_text())
    content["files"][name] = {"sha256": "0", "bytes": 1}
    path.with_name("float.onnx.json").write_text(json.dumps(seal_json(content)))
    for call in (export.verify, lambda p: export.save_model_card(p, tmp_path / "c")):
        with pytest.raises(VerificationError) as caught:
            call(path)
        assert str(caught.value).isprintable()
        assert len(str(caught.value)) < 600


def test_a_manifest_that_is_a_pipe_or_of_any_values_is_one_line(artifacts, tmp_path):
    path = tmp_path / "float.onnx"
    path.write_bytes(artifacts["float.onnx"].read_bytes())
    beside = tmp_path / "float.onnx.json"
    content = json.loads(
        artifacts["float.onnx"].with_name("float.onnx.json").read_text()
    )
    os.mkfifo(beside)
    with pytest.raises(VerificationError, match="named pipe"):
        export.verify(path)
    beside.unlink()
    for key in content:
        for value in ([], {}, "x", -1, None, {"x": []}, {"x": {"y": "z"}}):
            beside.write_text(json.dumps(seal_json(content | {key: value})))
            with contextlib.suppress(VerificationError):
                folder = tmp_path / f"{key}-{len(list(tmp_path.iterdir()))}"
                export.save_model_card(path, folder)
