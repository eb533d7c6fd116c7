"""`keras-gan evaluate`: runs and artifacts against data."""

import html
import json
import re

import numpy as np
import pytest
from harness.commands import assert_mistake, invoke
from harness.gans import dense_networks
from harness.html import faults

import keras_gan
from keras_gan import data, evaluation, experiment, export, presets


def _run(*arguments):
    return invoke("evaluate", *arguments)


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache"


def _saved(path):
    return evaluation.Evaluation.from_dict(json.loads(path.read_text()))


def test_a_run_is_compared_to_its_own_data_and_keeps_the_result(place, run, gan):
    result = _run(run, "--n", 64, "--seed", 3)
    assert result.exit_code == 0, result.output
    found = _saved(run / "evaluation.json")
    images = data.load(
        f"npz:{place / 'tiny.npz'}", batch_size=64, shuffle=False
    ).as_numpy_iterator()
    evaluator = evaluation.Evaluator(
        next(images),
        metrics=["pyramid", "patch_frechet", "precision_recall"],
    )
    expected = evaluator.evaluate(gan, 64, seed=3)
    assert found.values == pytest.approx(expected.values)
    assert found.fingerprint == expected.fingerprint
    assert (found.extractor, found.seed, found.fake_count) == ("pixels", 3, 64)
    for name in ("pyramid", "patch_frechet", "precision", "recall"):
        assert name in result.stdout
    assert f"{found.values['pyramid']:.6g}" in result.stdout
    assert f"{found.real['pyramid']:.4g}" in result.stdout
    assert "64 samples (seed 3) against 64 of npz:" in result.stdout


def test_a_classifier_learns_from_samples_and_from_the_data(place, run, gan, tmp_path):
    out = tmp_path / "out.json"
    options = ("--n", 64, "--seed", 3, "--metrics", "frechet", "--out", out)
    result = _run(run, "--classifier", *options)
    assert result.exit_code == 0, result.output
    with np.load(place / "tiny.npz") as stored:
        images = stored["x_train"], stored["x_test"]
        labels = stored["y_train"], stored["y_test"]
    pairs = zip(images, labels, strict=True)
    train, held_out = ((x[..., None] / 127.5 - 1, y) for x, y in pairs)
    expected = evaluation.classification_accuracy(gan, train, held_out, seed=3)
    found = _saved(out)
    assert found.values["classification_accuracy"] == expected.fake
    assert found.real["classification_accuracy"] == expected.real
    assert f"{expected.fake:.6g}" in result.stdout


def test_a_generator_without_classes_is_not_judged_by_a_classifier(tmp_path):
    path = tmp_path / "g.keras"
    keras_gan.GAN(*dense_networks()).save(path)
    line = f"evaluate {path} --data mnist_10k --classifier"
    assert_mistake(line, f"--classifier: '{path}' draws no classes", tmp_path)


@pytest.fixture
def uint8_onnx(gan, tmp_path):
    return export.save_onnx(gan, tmp_path / "g8.onnx", output="uint8")


@pytest.mark.parametrize("form", ["keras", "onnx", "saved_model", "uint8_onnx"])
def test_an_artifact_has_the_figures_of_its_run(
    place, run, artifacts, request, tmp_path, form
):
    path = artifacts.get(form) or request.getfixturevalue(form)
    source = f"npz:{place / 'tiny.npz'}"
    options = ("--data", source, "--split", "test", "--metrics", "frechet")
    found = []
    for evaluated in (run, path):
        out = tmp_path / "out.json"
        result = _run(evaluated, *options, "--n", 30, "--out", out)
        assert result.exit_code == 0, result.output
        found.append(_saved(out))
    own, other = found
    own.check_comparable(other)
    assert other.values["frechet"] == pytest.approx(own.values["frechet"], rel=1e-2)
    assert (other.real_count, other.data) == (30, f"{source}/test")


def test_another_seed_is_compared_to_the_same_data(run, tmp_path):
    found = []
    for seed in (0, 1):
        out = tmp_path / f"{seed}.json"
        options = ("--n", 20, "--metrics", "frechet", "--seed", seed, "--out", out)
        assert _run(run, *options).exit_code == 0
        found.append(_saved(out))
    found[0].check_comparable(found[1])
    assert found[0].values != found[1].values


def test_features_of_the_data_are_kept_for_the_next_time(run, cache):
    for _ in range(2):
        assert _run(run, "--metrics", "frechet").exit_code == 0
    kept = [path.suffix for path in (cache / "keras_gan").iterdir()]
    assert sorted(kept) == [".json", ".npz"]  # the figures of data against data


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("g.onnx", "'g.onnx': it does not say what it was trained on; give `--data"),
        ("none.onnx --data mnist_10k", "'none.onnx': there is no such run or file"),
        ("run --metrics fid", "`--metrics` must be one of"),
        ("run --n 1", "`--n` must be an integer >= 2"),
        ("run --seed -1", "`--seed` must be an integer >= 0"),
        ("run --truncation 2", "truncation"),
        ("run --extractor inception.pb", "`--extractor` must be 'pixels', 'digits'"),
        ("run --extractor-range a,b", "`--extractor-range` must be LOW,HIGH"),
        ("run --split valid", "`--split` must be one of"),
        ("run --metrics inception_score", "needs the probabilities of a classifier"),
        ("nothing", "'nothing': there is no such run or file"),
    ],
)
def test_a_mistake_is_answered_with_one_line_and_code_2(
    place, artifacts, tmp_path, monkeypatch, command, message
):
    monkeypatch.chdir(place)
    out = tmp_path / "x.json"
    assert_mistake(f"evaluate {command} --out {out}", message, place)
    assert not out.exists()


@pytest.fixture(scope="module")
def other(place, run):
    """A second run, of another learning rate, with a name that HTML must escape."""
    recipe = presets.Recipe.from_file(run / "config.json")
    adam = recipe.generator_optimizer | {"learning_rate": 0.5}
    faster = recipe.replace(generator_optimizer=adam, epochs=1)
    experiment.train(faster, place / "a <b>", progress=False)
    return place / "a <b>"


def _compare(*runs, out):
    return invoke("compare", *runs, "--out", out)


def test_runs_are_compared_on_one_page_and_the_best_is_marked(run, other, tmp_path):
    for each in (run, other):
        assert _run(each, "--n", 40, "--metrics", "frechet").exit_code == 0
    out = tmp_path / "page.html"
    result = _compare(run, other, out=out)
    assert result.exit_code == 0, result.output
    page = out.read_text()
    saved = [_saved(each / "evaluation.json") for each in (run, other)]
    found = [each.values["frechet"] for each in saved]
    real = f" (real {saved[0].real['frechet']:.4g})"
    best = f'<td class="best">{min(found):.6g}{real}</td>'
    assert page.count('class="best"') == 1
    assert best in page
    assert f"<td>{max(found):.6g}{real}</td>" in page
    assert "a &lt;b&gt;" in page
    assert "<b>" not in page
    assert page.count("data:image/png;base64,") == 5
    # A grid and curves of each, and the real images of both.
    assert faults(page) == []
    # Of the recipes only what differs.
    assert "adam(learning_rate=0.5, beta_1=0.5)" in page
    assert "discriminator_optimizer" not in page
    assert not set(re.findall(r'(?:src|href)="([^"]{5})', page)) - {"data:"}


def test_figures_that_were_made_differently_are_not_ranked(run, other, tmp_path):
    assert _run(run, "--n", 40, "--metrics", "frechet").exit_code == 0
    assert _run(other, "--n", 30, "--metrics", "frechet").exit_code == 0
    out = tmp_path / "page.html"
    assert _compare(run, other, out=out).exit_code == 0
    page = out.read_text()
    assert 'class="best"' not in page
    assert "cannot be compared: their `real_count` is 40 and 30" in html.unescape(page)


def test_runs_without_an_evaluation_are_told_how_to_get_one(run, other, tmp_path):
    for each in (run, other):
        (each / "evaluation.json").unlink(missing_ok=True)
    assert _compare(run, other, out=tmp_path / "page.html").exit_code == 0
    assert "keras-gan evaluate RUN" in (tmp_path / "page.html").read_text()


@pytest.mark.parametrize(
    ("runs", "out", "message"),
    [
        (["run"], "x.html", "at least two runs"),
        (["run", "none"], "x.html", "'none': there is no such run"),
        (["run", "run"], "x.png", "`--out` must be an .html file"),
    ],
)
def test_what_cannot_be_compared_is_said_in_one_line(
    place, run, tmp_path, monkeypatch, runs, out, message
):
    monkeypatch.chdir(place)
    line = " ".join(["compare", *runs, "--out", str(tmp_path / out)])
    assert_mistake(line, message, place)
    assert not (tmp_path / out).exists()
