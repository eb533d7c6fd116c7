"""`keras-gan evaluate`: runs and artifacts against data."""

import html
import json
import re

import numpy as np
import pytest
from typer.testing import CliRunner

from keras_gan import data, evaluation, experiment, export, presets
from keras_gan.cli import app

ADAM = {"name": "adam", "learning_rate": 1e-3}


def _run(*arguments):
    return CliRunner().invoke(app, ["evaluate", *map(str, arguments)])


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """Images with a held-out split, a run on them, and its exports."""
    folder = tmp_path_factory.mktemp("place")
    random = np.random.default_rng(0)
    train, test = random.integers(0, 256, (2, 40, 8, 8), dtype=np.uint8)
    np.savez(folder / "tiny.npz", x_train=train, x_test=test)
    recipe = presets.Recipe(
        architecture="dcgan",
        architecture_options={"generator_filters": 4, "discriminator_filters": 2},
        generator_optimizer=ADAM,
        discriminator_optimizer=ADAM,
        data=f"npz:{folder / 'tiny.npz'}",
        latent_dim=4,
        jit_compile=False,
        batch_size=8,
        epochs=1,
    )
    run = experiment.train(recipe, folder / "run", progress=False)
    export.save_onnx(run.gan, folder / "g.onnx")
    export.save_onnx(run.gan, folder / "g8.onnx", output="uint8")
    export.save_saved_model(run.gan, folder / "served")
    return folder


def _saved(path):
    return evaluation.Evaluation.from_dict(json.loads(path.read_text()))


def test_a_run_is_compared_to_its_own_data_and_keeps_the_result(place):
    result = _run(place / "run", "--n", 40, "--seed", 3)
    assert result.exit_code == 0, result.output
    found = _saved(place / "run" / "evaluation.json")
    images = data.load(
        f"npz:{place / 'tiny.npz'}", batch_size=40, shuffle=False
    ).as_numpy_iterator()
    evaluator = evaluation.Evaluator(
        next(images),
        metrics=["frechet", "kernel", "precision_recall", "density_coverage"],
    )
    gan = experiment.load_run(place / "run").gan
    expected = evaluator.evaluate(gan, 40, seed=3)
    assert found.values == pytest.approx(expected.values)
    assert found.fingerprint == expected.fingerprint
    assert (found.extractor, found.seed, found.fake_count) == ("pixels", 3, 40)
    for name in ("frechet", "kernel", "precision", "recall", "density", "coverage"):
        assert name in result.stdout
    assert f"{found.values['frechet']:.6g}" in result.stdout
    assert "40 samples (seed 3) against 40 of npz:" in result.stdout


@pytest.mark.parametrize("artifact", ["g.onnx", "g8.onnx", "served", "run/gan.keras"])
def test_an_artifact_has_the_figures_of_its_run(place, tmp_path, artifact):
    source = f"npz:{place / 'tiny.npz'}"
    options = ("--data", source, "--split", "test", "--metrics", "frechet")
    for name, path in (("run", place / "run"), ("artifact", place / artifact)):
        out = tmp_path / f"{name}.json"
        result = _run(path, *options, "--n", 30, "--out", out)
        assert result.exit_code == 0, result.output
    run, other = _saved(tmp_path / "run.json"), _saved(tmp_path / "artifact.json")
    run.check_comparable(other)
    assert other.values["frechet"] == pytest.approx(run.values["frechet"], rel=1e-2)
    assert (other.real_count, other.data) == (30, f"{source}/test")


def test_another_seed_is_compared_to_the_same_data(place, tmp_path):
    found = []
    for seed in (0, 1):
        out = tmp_path / f"{seed}.json"
        options = ("--n", 20, "--metrics", "frechet", "--seed", seed, "--out", out)
        assert _run(place / "run", *options).exit_code == 0
        found.append(_saved(out))
    found[0].check_comparable(found[1])
    assert found[0].values != found[1].values


def test_features_of_the_data_are_kept_for_the_next_time(place, cache):
    for _ in range(2):
        assert _run(place / "run", "--metrics", "frechet").exit_code == 0
    assert len(list((cache / "keras_gan").iterdir())) == 1


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("g.onnx", "'g.onnx': it does not say what it was trained on; give `--data"),
        ("none.onnx --data mnist_10k", "'none.onnx': there is no such file"),
        ("run --metrics fid", "`metrics` must be one of"),
        ("run --n 1", "`--n` must be an integer >= 2"),
        ("run --seed -1", "`--seed` must be an integer >= 0"),
        ("run --truncation 2", "truncation"),
        ("run --extractor inception.pb", "`extractor` must be 'pixels', 'digits'"),
        ("run --extractor-range a,b", "`--extractor-range` must be LOW,HIGH"),
        ("run --split valid", "`split` must be one of"),
        ("run --metrics inception_score", "needs the probabilities of a classifier"),
        ("nothing", "'nothing': there is no such run or file"),
    ],
)
def test_mistakes_exit_2_with_one_line(place, tmp_path, monkeypatch, command, message):
    monkeypatch.chdir(place)
    out = tmp_path / "x.json"
    result = _run(*command.split(), "--out", out)
    assert result.exit_code == 2, result.output
    assert message in result.stderr
    assert result.stderr.count("\n") == 1
    assert not out.exists()


@pytest.fixture(scope="module")
def other(place):
    """A second run, of another learning rate, with a name that HTML must escape."""
    recipe = presets.Recipe.from_file(place / "run" / "config.json")
    faster = recipe.replace(generator_optimizer=ADAM | {"learning_rate": 0.5})
    experiment.train(faster, place / "a <b>", progress=False)
    return place / "a <b>"


def _compare(*runs, out):
    return CliRunner().invoke(app, ["compare", *map(str, runs), "--out", str(out)])


def test_runs_are_compared_on_one_page_and_the_best_is_marked(place, other, tmp_path):
    for run in (place / "run", other):
        assert _run(run, "--n", 40, "--metrics", "frechet").exit_code == 0
    out = tmp_path / "page.html"
    result = _compare(place / "run", other, out=out)
    assert result.exit_code == 0, result.output
    page = out.read_text()
    found = [
        _saved(run / "evaluation.json").values["frechet"]
        for run in (place / "run", other)
    ]
    best = f'<td class="best">{min(found):.6g}</td>'
    assert page.count('class="best"') == 1
    assert best in page
    assert f"<td>{max(found):.6g}</td>" in page
    assert "a &lt;b&gt;" in page
    assert "<b>" not in page
    assert page.count("data:image/png;base64,") == 4  # a grid and curves of each
    # Of the recipes only what differs.
    assert "adam(learning_rate=0.5)" in page
    assert "discriminator_optimizer" not in page
    assert not set(re.findall(r'(?:src|href)="([^"]{5})', page)) - {"data:"}


def test_figures_that_were_made_differently_are_not_ranked(place, other, tmp_path):
    assert _run(place / "run", "--n", 40, "--metrics", "frechet").exit_code == 0
    assert _run(other, "--n", 30, "--metrics", "frechet").exit_code == 0
    out = tmp_path / "page.html"
    assert _compare(place / "run", other, out=out).exit_code == 0
    page = out.read_text()
    assert 'class="best"' not in page
    assert "cannot be compared: their `real_count` is 40 and 30" in html.unescape(page)


def test_runs_without_an_evaluation_are_told_how_to_get_one(place, other, tmp_path):
    for run in (place / "run", other):
        (run / "evaluation.json").unlink(missing_ok=True)
    assert _compare(place / "run", other, out=tmp_path / "page.html").exit_code == 0
    assert "keras-gan evaluate RUN" in (tmp_path / "page.html").read_text()


@pytest.mark.parametrize(
    ("runs", "out", "message"),
    [
        (["run"], "x.html", "at least two runs"),
        (["run", "none"], "x.html", "'none': there is no such run"),
        (["run", "run"], "x.png", "`--out` must be an .html file"),
    ],
)
def test_what_cannot_be_compared_exits_2(
    place, tmp_path, monkeypatch, runs, out, message
):
    monkeypatch.chdir(place)
    result = _compare(*runs, out=tmp_path / out)
    assert result.exit_code == 2
    assert message in result.stderr
    assert not (tmp_path / out).exists()
