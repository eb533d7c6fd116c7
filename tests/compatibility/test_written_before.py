"""All that earlier versions wrote still loads, and gives what it gave.

Each folder beside this file is of one version, which wrote it by
`scripts/make_compatibility_fixtures.py`.
"""

import json
import shutil
import subprocess
import sys
import urllib.request
from pathlib import Path

import keras
import numpy as np
import pytest
from typer.testing import CliRunner

from keras_gan import callbacks, cli, experiment, export, metrics, training

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1] / "scripts"))

import make_compatibility_fixtures as fixtures  # noqa: E402

VERSIONS = {
    path.parent.name: json.loads(path.read_text(encoding="utf-8"))
    for path in sorted(HERE.glob("*/record.json"))
}
# Images are in [-1, 1] or [0, 1]. Other kernels, as oneDNN's, sum in another order and
# were seen to differ by 2e-7; float16 has 11 bits; a level of 8 bits is 1.
ROUNDING = {"float32": 2e-6, "float16": 2e-3, "uint8": 1}
# Such a difference may grow in some training steps; it did not with oneDNN.
TRAINED = 1e-5

pytestmark = [
    # Newer versions of TensorFlow and Keras go on too.
    pytest.mark.filterwarnings("ignore:The checkpoint was saved by"),
    pytest.mark.filterwarnings("ignore:A network computes in float16"),
]


def cases(part):
    """From the name of a test's case to a version and something of its."""
    return [(version, name) for version in VERSIONS for name in VERSIONS[version][part]]


def close(found, expected, precision="float32"):
    assert found.dtype == expected.dtype
    np.testing.assert_allclose(
        found.astype(np.float64),
        expected.astype(np.float64),
        rtol=0,
        atol=ROUNDING[precision],
    )


def invoke(*arguments):
    """Runs a command; returns what it printed."""
    result = CliRunner().invoke(cli.app, [str(argument) for argument in arguments])
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.fixture(scope="module")
def expected():
    """From a version to the images that it drew, and to other arrays."""
    found = {}
    for version in VERSIONS:
        with np.load(HERE / version / "expected.npz", allow_pickle=False) as arrays:
            found[version] = dict(arrays)
    return found


@pytest.fixture(params=VERSIONS)
def folder(request, tmp_path, monkeypatch):
    """A copy of what a version wrote, as the working directory."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    copy = tmp_path / request.param
    shutil.copytree(HERE / request.param, copy)
    monkeypatch.chdir(copy)
    return copy


@pytest.mark.parametrize("version", VERSIONS)
def test_every_class_that_was_registered_is_in_a_file_and_is_registered(version):
    files = sorted((HERE / version / "gans").glob("*.keras"))
    names = set().union(*map(fixtures.classes_in, files))
    assert sorted(names) == VERSIONS[version]["classes"]
    for name in names:
        assert keras.saving.get_registered_object(name) is not None, name


@pytest.mark.parametrize(("version", "name"), cases("gans"))
def test_a_gan_loads_with_its_images_and_trains_on(
    version, name, expected, monkeypatch
):
    monkeypatch.chdir(HERE / version)
    path, recorded = f"gans/{name}.keras", VERSIONS[version]["gans"][name]
    gan = keras.saving.load_model(path)
    described = fixtures.describe(gan)
    assert {**described, "value_range": None} == {**recorded, "value_range": None}
    assert described["value_range"] == (
        recorded["value_range"] and tuple(recorded["value_range"])
    )
    images = expected[version][f"gans/{name}"]
    close(fixtures.draw(gan), images, gan.generator.compute_dtype)
    before = training.read_state(gan)
    for part, value in training.read_state(experiment.load_gan(path)).items():
        # Dropout's own seeds are drawn anew; a training uses those of step and place.
        if np.issubdtype(value.dtype, np.floating):
            np.testing.assert_array_equal(value, before[part], err_msg=part)

    gan.fit(fixtures.dataset_for(gan).take(1), verbose=0)
    generator, discriminator = recorded["iterations"]
    assert fixtures.describe(gan) == {
        **described,
        "step": recorded["step"] + 1,
        "iterations": [generator + 1, discriminator + gan.discriminator_steps],
    }
    after = training.read_state(gan)
    assert all(np.isfinite(np.asarray(v, np.float64)).all() for v in after.values())
    weights = [name for name in before if name.startswith("discriminator/")]
    assert any(not np.array_equal(before[name], after[name]) for name in weights)


def test_a_checkpoint_goes_on_to_the_recorded_end(folder, expected):
    recorded = VERSIONS[folder.name]["checkpoint"]
    gan = keras.saving.load_model("gans/mlp.keras")
    assert callbacks.Checkpoint("checkpoints").restore(gan) == recorded["step"]
    assert int(gan.step) == recorded["step"]

    gan = keras.saving.load_model("gans/mlp.keras")
    steps = []
    watch = keras.callbacks.LambdaCallback(
        on_train_batch_end=lambda batch, logs: steps.append(int(gan.step))
    )
    gan.fit(
        fixtures.dataset_for(gan),
        epochs=recorded["epochs"],
        verbose=0,
        callbacks=[*fixtures.watchers("checkpoints"), watch],
    )
    assert steps == list(range(recorded["step"] + 1, recorded["last_step"] + 1))
    end = expected[folder.name]["checkpoints/end"]
    np.testing.assert_allclose(fixtures.draw(gan), end, rtol=0, atol=TRAINED)


def test_a_run_loads_is_evaluated_and_goes_on(folder, expected):
    recorded = VERSIONS[folder.name]["run"]
    run = experiment.load_run("trained", "last")
    config = run.folder.read_config()["recipe"]
    recipe = json.loads(json.dumps(run.recipe.to_dict()))
    assert {name: recipe[name] for name in config} == config
    assert int(run.gan.step) == recorded["step"]
    close(fixtures.draw(run.gan), expected[folder.name]["trained/gan"])
    best = experiment.load_gan(run.folder.best)
    assert int(best.step) == recorded["best_step"]
    close(fixtures.draw(best), expected[folder.name]["trained/best"])
    assert int(experiment.load_run("trained").gan.step) == recorded["best_step"]

    options = ("--metrics", "frechet,kernel", "--n", 64)
    invoke("evaluate", "trained", *options, "--out", "again.json")
    again = json.loads(Path("again.json").read_text(encoding="utf-8"))
    before = json.loads(run.folder.evaluation.read_text(encoding="utf-8"))
    assert again["values"]["frechet"] == pytest.approx(recorded["frechet"], rel=1e-5)
    assert again.keys() >= before.keys()
    assert again["fingerprint"] == before["fingerprint"]
    invoke("sample", "trained", "--n", 4, "--seed", 1, "--out", "samples.png")
    invoke("animate", "trained", "--out", "film.gif")
    shutil.copytree("trained", "copied")
    invoke("compare", "trained", "copied", "--out", "compare.html")
    assert "frechet" in Path("compare.html").read_text(encoding="utf-8")

    epochs = recorded["epochs"] + 1
    gone_on = experiment.train(
        run.recipe.replace(epochs=epochs), "trained", resume=True, progress=False
    )
    per_epoch = recorded["step"] // recorded["epochs"]
    assert int(gone_on.gan.step) == per_epoch * epochs
    log = gone_on.folder.read_log("epoch")
    assert [record["epoch"] for record in log] == list(range(1, epochs + 1))
    assert all("frechet" in record for record in log)
    assert gone_on.folder.report.is_file()


@pytest.mark.parametrize(("version", "name"), cases("onnx"))
def test_an_onnx_file_draws_its_images_and_verifies(version, name, expected):
    path = HERE / version / "onnx" / f"{name}.onnx"
    generator = export.runtime.load(path)
    images = expected[version][f"onnx/{name}"]
    precision = "float16" if name == "float16" else images.dtype.name
    close(fixtures.draw(generator), images, precision)
    assert export.verify(path).seeds > 0


def test_a_saved_model_verifies_and_draws_its_images(folder, expected):
    assert export.verify("saved_model").kind == "saved_model"
    options = ("--seeds", "3,5,8", "--labels", "0,1,2", "--out", "images.npz")
    invoke("sample", "saved_model", *options)
    with np.load("images.npz", allow_pickle=False) as arrays:
        close(arrays["images"], expected[folder.name]["onnx/float32"])


def test_a_manifest_still_makes_a_model_card(folder):
    for artifact in ("onnx/float32.onnx", "saved_model"):
        card = export.save_model_card(artifact, f"card of {Path(artifact).stem}")
        text = (card / "model_card.md").read_text(encoding="utf-8")
        assert f"keras_gan {folder.name}" in text
        assert "frechet" in text


@pytest.mark.parametrize(
    "version", [version for version in VERSIONS if (HERE / version / "page").is_dir()]
)
def test_the_web_page_is_served_with_its_generator(version, expected):
    page = HERE / version / "page"
    generator = export.runtime.load(page / "generator.onnx")
    close(fixtures.draw(generator), expected[version]["onnx/float32"])
    assert export.verify(page / "generator.onnx").kind == "onnx"
    command = ["export", "web", page, "--serve", "--port", "0"]
    with subprocess.Popen(
        [sys.executable, "-m", "keras_gan", *command], stdout=subprocess.PIPE, text=True
    ) as server:
        try:
            url = server.stdout.readline().split()[0]
            for name in ("index.html", "generator.json", "generator.onnx"):
                with urllib.request.urlopen(f"{url}/{name}", timeout=10) as answer:
                    assert answer.read() == (page / name).read_bytes()
        finally:
            server.terminate()


def test_each_file_is_found_safe(folder):
    files = [*folder.glob("gans/*.keras"), *folder.glob("onnx/*.onnx")]
    for path in [*files, folder / "trained", folder / "saved_model" / "1"]:
        invoke("inspect", path)


@pytest.mark.parametrize("version", VERSIONS)
def test_the_states_of_streaming_metrics_load(version, expected):
    paths = sorted((HERE / version / "statistics").glob("*.npz"))
    assert paths
    for path in paths:
        with np.load(path, allow_pickle=False) as arrays:
            state = dict(arrays)
        twin = getattr(metrics, path.stem).from_state(state)
        for name, value in twin.state().items():
            np.testing.assert_array_equal(value, state[name], err_msg=name)
        if (recorded := expected[version].get(f"statistics/{path.stem}")) is not None:
            result = fixtures.numbers_of(twin.result())
            np.testing.assert_allclose(result, recorded, rtol=1e-12)
