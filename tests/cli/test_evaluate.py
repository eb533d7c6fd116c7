"""`keras-gan evaluate`: runs and artifacts against data."""

import json

import numpy as np
import pytest
from harness.commands import assert_mistake, invoke
from harness.gans import dense_networks

import keras_gan
from keras_gan import data, evaluation, export
from keras_gan.runs.folder import RunFolder


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
    # The figures of the training and of its test for copies, in words.
    assert "\nThe discriminator " in result.stdout
    assert RunFolder(run).read_memorization()["verdict"] in result.stdout


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
        ("emoji", "'emoji': it does not say what it was trained on; give `--data"),
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


def test_several_are_evaluated_against_the_same_data(place, run, gan, tmp_path):
    gan.save(tmp_path / "copy.keras")
    options = ("--metrics", "recall", "--data", f"npz:{place / 'tiny.npz'}")
    result = _run(run, tmp_path / "copy.keras", *options)
    assert result.exit_code == 0, result.output
    # All of the training images, as `--n` is not given.
    assert result.stdout.count("64 to 64") == 2
    assert f"\n{tmp_path / 'copy.keras'}\n" in result.stdout
    assert set(_saved(run / "evaluation.json").values) == {"precision", "recall"}
    line = f"evaluate {run} {run} --out {tmp_path / 'x.json'}"
    assert_mistake(line, "`--out` is one file, for one run", tmp_path)
