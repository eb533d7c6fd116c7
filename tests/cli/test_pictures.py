"""The commands `neighbors`, `classes`, `truncation` and `animate`."""

import json
import re

import numpy as np
import pytest
from harness.commands import assert_mistake, invoke, succeed
from PIL import Image

from keras_gan import experiment, export, metrics, plotting, presets, priors
from keras_gan.runs.folder import RunFolder


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
    out, data = tmp_path / "n.png", f"npz:{place / 'tiny.npz'}"
    options = ("--n", 3, "--k", 2, "--samples", 20, "--seed", 4, "--out", out)
    given = () if kind == "run" else ("--data", data)  # a run knows its own
    lines = succeed("neighbors", artifacts[kind], *given, *options).splitlines()
    seeds = priors.spawn_seeds(4, 20)
    images = gan.sample(seeds=seeds)
    known = _images(place)
    flat = (images.reshape(20, -1) + 1) / 2
    train, test = (part.reshape(len(part), -1) for part in known.values())
    nearest, distances = metrics.nearest_neighbors(flat[:3], train, k=2)
    for index in range(3):
        (a, b), (c, d) = nearest[index], distances[index]
        expected = f"seed {seeds[index]}: nearest {a} at {c:.2f}, {b} at {d:.2f}"
        assert lines[index] == expected
    assert lines[3] == metrics.memorization_test(flat, train, test).verdict
    assert lines[4] == f"3 samples: {out}"
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
    assert len(lines) == 6
    assert lines[4].startswith("The data have no `test` split")
    assert lines[4].endswith("Looked at 10 of 32 training images.")
    evenly = np.linspace(0, 31, 10).round().astype(int)
    for line in lines[:4]:
        assert int(re.search(r"nearest (\d+) at", line)[1]) in evenly


def test_a_generator_that_copies_is_told_so(place, run, gan, tmp_path, monkeypatch):
    train = (2 * _images(place)["x_train"] - 1)[..., None].astype(np.float32)
    copied = lambda self, n=None, **_: train[:40]  # noqa: E731
    monkeypatch.setattr(type(gan), "sample", copied)
    options = ("--n", 2, "--samples", 40, "--out", tmp_path / "n.png")
    lines = succeed("neighbors", run, *options).splitlines()
    assert [line.split(": ")[1] for line in lines[:2]] == [
        "nearest 0 at 0.00",
        "nearest 1 at 0.00",
    ]
    assert lines[2].startswith("Signs of copying: 40 of 40 samples are too near")


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
    ("neighbors g.onnx", "'g.onnx': it does not say what it was trained on"),
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
    assert list(json.loads(folder.memorization.read_text())) == ["step", "verdict"]
    page = folder.report.read_text()
    assert "The data have no `test` split" in page
    assert "Class by class" not in page
    assert "p-value" not in page
