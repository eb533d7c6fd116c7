"""The commands `neighbors`, `classes`, `truncation` and `animate`."""

import json
import re

import numpy as np
import pytest
from harness.commands import assert_mistake, invoke, succeed
from harness.pictures import save_pictures
from PIL import Image

from keras_gan import experiment, export, metrics, plotting, presets, priors
from keras_gan.runs.folder import RunFolder
from keras_gan.training.generative_model import GenerativeModel


@pytest.fixture(scope="module")
def plain(place):
    """A run that has neither classes nor held-out images."""
    with np.load(place / "tiny.npz") as arrays:
        np.savez(place / "whole.npz", images=arrays["x_train"][:32])
    sgd = {"name": "sgd", "learning_rate": 0.05}
    recipe = presets.Recipe(
        architecture="goodfellow_mlp",
        architecture_options={"generator_units": 8, "discriminator_units": 4},
        generator_optimizer=sgd,
        discriminator_optimizer=sgd,
        data=f"npz:{place / 'whole.npz'}",
        latent_dim=4,
        jit_compile=False,
        batch_size=16,
        epochs=1,
    )
    experiment.train(recipe, place / "plain", progress=False)
    return place / "plain"


KINDS = ["run", "keras", "onnx", "saved_model"]


def _pixels(path):
    with Image.open(path) as picture:
        return np.asarray(picture).astype(int)


def _images(place):
    with np.load(place / "tiny.npz") as arrays:
        return {name: arrays[name] / 255.0 for name in ("x_train", "x_test")}


@pytest.mark.parametrize("kind", KINDS)
def test_neighbors_shows_samples_beside_the_nearest_training_images(
    kind, artifacts, gan, place, tmp_path
):
    out = tmp_path / "n.png"
    options = ("--n", 3, "--k", 2, "--samples", 20, "--seed", 4, "--out", out)
    # All of them know what they were trained on.
    findings = tmp_path / "n.json"
    written = ("--json", findings, *options)
    lines = succeed("neighbors", artifacts[kind], *written).splitlines()
    seeds = priors.spawn_seeds(4, 20)
    images = gan.sample(seeds=seeds)
    known = _images(place)
    flat = (images.reshape(20, -1) + 1) / 2
    train, test = (part.reshape(len(part), -1) for part in known.values())
    nearest, distances = metrics.nearest_neighbors(flat[:3], train, k=2)
    for index in range(3):
        (a, b), (c, d) = nearest[index], distances[index]
        beside = f"image {a} at {c:.2f}, image {b} at {d:.2f}"
        assert lines[index] == f"seed {seeds[index]}: nearest {beside}"
    assert lines[3].startswith("distances: Euclidean, over all values of the pixels ")
    assert lines[4] == metrics.memorization_test(flat, train, test).verdict
    assert lines[5] == f"3 samples: {out}"
    found = json.loads(findings.read_text())
    assert found["verdict"] == lines[4]
    assert found["nearest"][1]["seed"] == seeds[1]
    assert [each["place"] for each in found["nearest"][1]["neighbors"]] == [*nearest[1]]
    picture = plotting.neighbor_grid(
        images[:3],
        2 * known["x_train"][nearest][..., None] - 1,
        value_range=(-1, 1),
        captions=[f"{distance:.2f}" for distance in distances[:, 0]],
    )
    assert np.abs(_pixels(out) - np.asarray(picture).astype(int)).max() <= 1
    with Image.open(out) as saved:
        assert "training images" in saved.info["Source"]


def test_neighbors_takes_uint8_artifacts_at_the_same_scale(place, run, gan, tmp_path):
    export.save_onnx(gan, tmp_path / "g.onnx", output="uint8")
    data = f"npz:{place / 'tiny.npz'}"
    options = ("--data", data, "--n", 2, "--samples", 2, "--out", tmp_path / "n.png")
    printed = [
        re.findall(r"at ([\d.]+)", succeed("neighbors", source, *options))
        for source in (tmp_path / "g.onnx", run)
    ]
    first, second = np.array(printed, float)
    np.testing.assert_allclose(first, second, atol=0.02)


def test_nearest_shows_the_samples_that_are_most_like_copies(place, run, gan, tmp_path):
    options = ("--n", 2, "--samples", 30, "--nearest", "--out", tmp_path / "n.png")
    lines = succeed("neighbors", run, *options).splitlines()
    seeds = priors.spawn_seeds(0, 30)
    flat = (gan.sample(seeds=seeds).reshape(30, -1) + 1) / 2
    train = _images(place)["x_train"].reshape(64, -1)
    _, distances = metrics.nearest_neighbors(flat, train, k=5)
    order = np.argsort(distances[:, 0] / distances[:, 4])
    shown = [int(re.match(r"seed (\d+):", line)[1]) for line in lines[:2]]
    assert shown == seeds[order[:2]].tolist()


def test_without_held_out_images_there_are_neighbours_and_no_test(plain, tmp_path):
    options = ("--n", 4, "--limit", 10, "--out", tmp_path / "n.png")
    lines = succeed("neighbors", plain, *options).splitlines()
    assert len(lines) == 8
    assert lines[5].startswith("The data have no part `test`")
    assert lines[5].endswith("Looked at 10 of 32 training images.")
    assert "--test-split 'train[::10]'" in lines[6]
    evenly = np.linspace(0, 31, 10).round().astype(int)
    for line in lines[:4]:
        assert int(re.search(r"nearest image (\d+) at", line)[1]) in evenly


def test_a_generator_that_copies_is_told_so(place, run, tmp_path, monkeypatch):
    train = (2 * _images(place)["x_train"] - 1)[..., None].astype(np.float32)
    copied = lambda self, n=None, **_: train[:40]  # noqa: E731
    monkeypatch.setattr(GenerativeModel, "sample", copied)
    options = ("--n", 2, "--samples", 40, "--out", tmp_path / "n.png")
    lines = succeed("neighbors", run, *options).splitlines()
    assert [line.split(": ")[1] for line in lines[:2]] == [
        "nearest image 0 at 0.00",
        "nearest image 1 at 0.00",
    ]
    assert lines[3].startswith("Signs of copying: 40 of 40 samples are too near")


def test_pictures_of_a_folder_are_named_wherever_the_generator_comes_from(
    plain, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    save_pictures(tmp_path / "our pictures", 40, (8, 8))
    recipe = presets.Recipe.from_file(plain / "config.json").replace(
        data="folder:our pictures", split="train[~::10]", test_split="train[::10]"
    )
    experiment.train(recipe, "run", progress=False)
    succeed("export", "onnx", "run", "g.onnx")
    options = ("--n", 2, "--samples", 40, "--out", "n.png", "--json", "n.json")
    printed = []
    for source, data in (
        ("run", ()),
        ("run", ("--data", f"folder:{tmp_path}/our pictures/../our pictures")),
        ("run/gan.keras", ()),
        ("g.onnx", ()),
    ):
        told = invoke("neighbors", source, *data, *options)
        assert told.exit_code == 0, told.output
        of_manifest = "comparing with folder:our pictures (train[~::10])" in told.stderr
        assert of_manifest == (source == "g.onnx")
        printed.append(re.sub(r"(?<=nearest ).*/(?=our pictures/\d)", "", told.stdout))
    assert len(set(printed)) == 1
    lines = printed[0].splitlines()
    named = [
        re.search(r"nearest (our pictures/\d{3}\.png) at", x)[1] for x in lines[:2]
    ]
    assert "the samples" in lines[3] or "samples are too near" in lines[3]
    found = json.loads((tmp_path / "n.json").read_text())
    neighbors = [each["neighbors"][0] for each in found["nearest"]]
    assert [each["image"] for each in neighbors] == named
    # Every tenth picture is not among the 36 that were trained on.
    files = [f"our pictures/{i:03}.png" for i in range(40) if i % 10]
    assert [files[each["place"]] for each in neighbors] == named
    recorded = json.loads((tmp_path / "run" / "memorization.json").read_text())
    assert recorded["nearest"][0]["neighbors"][0]["image"] in files


@pytest.mark.parametrize("kind", KINDS)
def test_classes_has_a_column_for_each_class_and_a_latent_for_each_row(
    kind, artifacts, gan, tmp_path
):
    out = tmp_path / "c.png"
    options = ("--rows", 2, "--seed", 6, "--out", out)
    assert succeed("classes", artifacts[kind], *options) == f"2 of each class: {out}\n"
    labels = np.arange(6) % 3
    images = gan.sample(seeds=priors.spawn_seeds(6, 2).repeat(3), labels=labels)
    expected = plotting.class_grid(images, labels, value_range=(-1, 1))
    assert np.abs(_pixels(out) - np.asarray(expected).astype(int)).max() <= 1


@pytest.mark.parametrize("kind", KINDS)
def test_truncation_has_a_row_for_each_seed(kind, artifacts, gan, tmp_path):
    out = tmp_path / "t.png"
    options = ("--seeds", "5,-2", "--out", out)
    assert succeed("truncation", artifacts[kind], *options) == f"2 rows: {out}\n"
    factors = np.linspace(0.3, 1.0, 8)
    images = [gan.sample(seeds=[5, -2], truncation=float(t)) for t in factors]
    expected = plotting.truncation_sweep(
        np.stack(images, 1), factors, value_range=(-1, 1)
    )
    assert np.abs(_pixels(out) - np.asarray(expected).astype(int)).max() <= 1


def test_animate_shows_the_epochs_evenly(run, tmp_path):
    config = (run / "config.json").read_text()
    run = tmp_path / "run"
    (run / "samples").mkdir(parents=True)
    (run / "config.json").write_text(config)
    for epoch in range(1, 8):
        picture = Image.new("L", (8, 8), 30 * epoch)
        picture.save(run / "samples" / f"epoch_{epoch:04}.png")
    succeed("animate", run, "--limit", 4, "--out", tmp_path / "film.gif")
    with Image.open(tmp_path / "film.gif") as film:
        shown = []
        for frame in range(film.n_frames):
            film.seek(frame)
            shown.append(film.convert("L").getpixel((0, 0)) / 30)
    assert shown == [1, 3, 5, 7]
    for path in (run / "samples").iterdir():
        path.unlink()
    assert "no samples yet" in invoke("animate", run).stderr


MISTAKES = [
    ("neighbors", "Missing argument"),
    ("neighbors none", "'none': there is no such run or file"),
    ("neighbors text.txt --data mnist_10k", "'text.txt': it must be a run"),
    ("neighbors emoji", "'emoji': it does not say what it was trained on"),
    ("neighbors run --data npz:none.npz --samples 9", "none.npz"),
    (
        "neighbors run --data ring --samples 9",
        "'ring': it holds points of (2,), not images",
    ),
    ("neighbors run --n 0", "`--n` must be an integer >= 1"),
    ("neighbors run --k 0", "`--k` must be an integer >= 1"),
    ("neighbors run --k 65 --samples 9", "`--k` must be at most the number of refe"),
    ("neighbors run --samples 0", "`--samples` must be an integer >= 1"),
    ("neighbors run --limit 0", "`--limit` must be an integer >= 1"),
    ("neighbors run --out n.npz", "`--out` must be a .png file"),
    ("classes plain", "The generator has no classes"),
    ("classes run --rows 0", "`--rows` must be an integer >= 1"),
    ("classes run --out c", "`--out` must be a .png file"),
    ("classes none", "'none': there is no such run or file"),
    ("truncation run --seeds 1,x", "`--seeds` must be integers"),
    ("truncation run --out t.jpg", "`--out` must be a .png file"),
    ("truncation text.txt", "'text.txt': it must be a run"),
    ("animate none", "'none': there is no such run"),
    ("animate run --out film.png", "`--out` must be a .gif or .webp file"),
    ("animate run --limit 1", "`--limit` must be an integer >= 2"),
    ("animate run --seconds 0", "`--seconds`"),
]


@pytest.mark.parametrize(("line", "message"), MISTAKES, ids=[m[0] for m in MISTAKES])
def test_a_mistake_is_answered_with_one_line_and_code_2(
    line, message, place, plain, artifacts, monkeypatch
):
    monkeypatch.chdir(place)
    assert_mistake(line, message, place)


def test_a_run_with_classes_and_held_out_images_shows_the_test_in_its_report(
    place, run, gan
):
    folder = RunFolder(run)
    found = json.loads(folder.memorization.read_text())
    samples = gan.sample(seeds=priors.spawn_seeds(0, 1000))
    train, test = (part.reshape(len(part), -1) for part in _images(place).values())
    flat = (samples.reshape(1000, -1) + 1) / 2
    expected = metrics.memorization_test(flat, train, test)
    assert found["verdict"] == expected.verdict
    assert found["p_value"] == pytest.approx(expected.p_value, rel=1e-3)
    assert found["memorized"] == expected.memorized
    page = folder.report.read_text()
    assert expected.verdict in page
    assert f"<dd>{expected.p_value:.2g}</dd>" in page
    assert "<h2>Class by class</h2>" in page
    assert "<h2>From typical to varied</h2>" in page
    assert "Those of 1000 samples that are most like copies" in page


def test_a_run_with_neither_shows_the_neighbours_and_says_why_there_is_no_test(plain):
    folder = RunFolder(plain)
    assert not folder.classes.exists()
    assert folder.neighbors.is_file()
    record = json.loads(folder.memorization.read_text())
    assert list(record) == ["step", "verdict", "distances", "nearest"]
    page = folder.report.read_text()
    assert "The data have no part `test`" in page
    assert "Class by class" not in page
    assert "p-value" not in page
