"""The epoch of a run that the commands take: the best by --metrics, else the last."""

import json
import shutil

import numpy as np
import pytest
from harness.commands import assert_mistake, invoke, succeed
from PIL import Image

from keras_gan import experiment
from keras_gan.export import manifest
from keras_gan.runs.folder import RunFolder

pytestmark = pytest.mark.slow

NOTE = "keras-gan: using epoch 1, the best by kernel"


@pytest.fixture
def gans(run, place, tmp_path, monkeypatch):
    """A run, the current folder's `run`, and its GANs: the best epoch is the first."""
    shutil.copytree(run, tmp_path / "run", ignore=shutil.ignore_patterns("check*"))
    shutil.copy(place / "tiny.npz", tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    last, best = (experiment.load_gan("run/gan.keras") for _ in range(2))
    best.step.assign(4)
    for weights in best.sampler.trainable_weights:
        weights.assign(weights * 0.5)
    best.save("run/best.keras")
    record = {"epoch": 1, "step": 4, "values": {"kernel": 0.1, "frechet": 2.0}}
    (tmp_path / "run" / "best.json").write_text(json.dumps(record))
    return {"best": best, "last": last}


@pytest.mark.parametrize(
    ("which", "taken", "note"),
    [
        ([], "best", f"{NOTE}; --which last for the last\n"),
        pytest.param(["--which", "last"], "last", "", marks=pytest.mark.slow),
    ],
    ids=["default", "last"],
)
def test_each_command_takes_the_best_epoch_and_says_so(gans, which, taken, note):
    result = invoke("sample", "run", "--n", 3, "--seed", 2, "--out", "x.npz", *which)
    assert (result.exit_code, result.stderr) == (0, note)
    with np.load("x.npz") as arrays:
        np.testing.assert_array_equal(arrays["images"], gans[taken].sample(3, seed=2))
    ends = ("--from", 1, "--to", 5, "--steps", 2, "--out", "y.npz")
    assert invoke("interpolate", "run", *ends, *which).stderr == note
    with np.load("y.npz") as arrays:
        images = gans[taken].generate(arrays["z"], arrays["labels"])
        np.testing.assert_allclose(arrays["images"], images, atol=1e-6)
    result = invoke("export", "onnx", "run", "x.onnx", *which)
    assert (result.stdout, result.stderr) == ("x.onnx\n", note)
    succeed("sample", "x.onnx", "--n", 3, "--seed", 2, "--out", "z.npz")
    with np.load("z.npz") as arrays:
        images = gans[taken].sample(3, seed=2)
        np.testing.assert_allclose(arrays["images"], images, atol=1e-5)
    for command in ("classes", "truncation", "neighbors"):
        result = invoke(command, "run", *which)
        assert (result.exit_code, result.stderr) == (0, note), command
    result = invoke("evaluate", "run", "--n", 32, "--metrics", "frechet", *which)
    assert result.stderr == note
    found = json.loads((RunFolder("run").evaluation).read_text())
    assert found["step"] == int(gans[taken].step)


def test_the_best_epoch_may_be_named(gans):
    options = ("--n", 1, "--seed", 2, "--out", "x.npz")
    result = invoke("sample", "run", *options, "--which", "best")
    assert (result.exit_code, result.stderr) == (0, f"{NOTE}\n")


def test_the_picture_tells_which_epoch_drew_it(gans):
    succeed("sample", "run", "--n", 1, "--seed", 2, "--out", "x.png")
    with Image.open("x.png") as picture:
        note = "generator run (epoch 1, the best by kernel), seed "
        assert picture.info["Comment"].startswith(note)


def test_an_export_has_no_figures_of_another_epoch(gans, tmp_path):
    succeed("evaluate", "run", "--n", 32, "--metrics", "frechet")
    with pytest.warns(UserWarning, match="its figures are left out"):
        succeed("export", "onnx", "run", "last.onnx", "--which", "last")
    succeed("export", "onnx", "run", "best.onnx")
    for name in gans:
        written = json.loads(manifest.of_file(tmp_path / f"{name}.onnx").read_text())
        assert ("figures" in written["provenance"]) == (name == "best")


def test_mistakes_are_named(gans, onnx, tmp_path):
    shutil.copy(onnx, tmp_path / "g.onnx")
    assert_mistake("sample run --which worst", "`--which` must be one of", tmp_path)
    assert_mistake("sample g.onnx --which last", "`--which` chooses an", tmp_path)
    RunFolder("run").best.unlink()
    assert_mistake("evaluate run --which best", "the run has no best epoch", tmp_path)
    assert_mistake("evaluate run --which best", "leave out `--which`", tmp_path)
