"""`RunRecord`: the folders of `fit` scripts are runs for the commands."""

import json

import keras
import numpy as np
import pytest
from harness.commands import assert_mistake, succeed
from harness.processes import run_python

import keras_gan
from keras_gan import callbacks, losses, runs

# What a user writes: networks of his own, once for each seed.
SCRIPT = """
import sys

import keras
import keras_gan
from keras_gan import callbacks, losses

variant = sys.argv[1]
for seed in (0, 1):
    keras.utils.set_random_seed(seed)
    train = keras_gan.data.load("mnist_10k", batch_size=20, seed=seed)
    generator = keras.Sequential([
        keras.Input((8,)),
        keras.layers.Dense(784, "tanh"),
        keras.layers.Reshape((28, 28, 1)),
    ])
    discriminator = keras.Sequential([
        keras.Input((28, 28, 1)), keras.layers.Flatten(),
        keras.layers.Dropout(0.1, seed=seed), keras.layers.Dense(1),
    ])
    gan = keras_gan.GAN(generator, discriminator, seed=seed)
    rate = keras.optimizers.schedules.CosineDecay(2e-4, 100)
    gan.compile(
        generator_optimizer=keras.optimizers.Adam(2e-4, beta_1=0.5),
        discriminator_optimizer=keras.optimizers.Adam(rate, beta_1=0.5),
        penalties=[losses.penalties.R1(1.0)] if variant == "B" else [],
    )
    record = callbacks.RunRecord(
        f"fit_{variant}_{seed}", name=variant, data="mnist_10k",
        settings={"width": 8},
    )
    gan.fit(train, epochs=2, steps_per_epoch=12, callbacks=[record], verbose=0)
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The folder in which two scripts have trained two seeds each."""
    place = tmp_path_factory.mktemp("scripts")
    for variant in "AB":
        run_python(SCRIPT, variant, cwd=place)
    return place


@pytest.mark.slow
def test_the_runs_of_two_scripts_are_compared_evaluated_and_sampled(
    folder, monkeypatch
):
    monkeypatch.chdir(folder)
    names = ["fit_A_0", "fit_A_1", "fit_B_0", "fit_B_1"]
    comparison = runs.compare(names)
    first, second = comparison.rows
    assert (first.label, first.seeds) == ("A", [0, 1])
    assert (second.label, second.seeds) == ("B", [0, 1])
    assert list(comparison.differences) == ["penalties"]
    assert "gamma" in comparison.differences["penalties"][1]
    assert (first.runs[0].epochs, first.runs[0].steps) == (2, 24)
    assert [run.end for run in first.runs] == ["finished", "finished"]
    for name in names[:2]:
        succeed("evaluate", name, "--n", 40, "--metrics", "frechet")
    printed = succeed("compare", *names)
    assert "real against real" in printed
    page = (folder / "compare.html").read_text()
    assert page.count("Grid of samples of") == 4
    succeed("sample", "fit_A_0", "--n", 4, "--seed", 1, "--out", "four.png")
    assert "penalties" in (folder / "fit_B_0" / "report.html").read_text()


@pytest.mark.slow
def test_the_config_holds_what_the_compiled_gan_knows(folder):
    config = json.loads((folder / "fit_B_1" / "config.json").read_text())
    training = config["training"]
    assert training["generator_optimizer"] == {
        "name": "Adam",
        "learning_rate": 2e-4,
        "beta_1": 0.5,
        "beta_2": 0.999,
        "epsilon": 1e-7,
    }
    rate = training["discriminator_optimizer"]["learning_rate"]
    assert (rate["name"], rate["decay_steps"]) == ("CosineDecay", 100)
    assert training["penalties"] == [{"name": "R1", "gamma": 1.0, "every": 1}]
    expected = {
        "loss": "non_saturating",
        "ema_decay": None,
        "discriminator_steps": 1,
        "prior": "normal",
        "latent_dim": 8,
        "precision": "float32",
        "batch_size": 20,
        "epochs": 2,
        "seed": 1,
        "width": 8,
        "data": "mnist_10k",
    }
    assert {name: training[name] for name in expected} == expected
    assert training["generator"]["parameters"] == 8 * 784 + 784
    assert config["data"]["num_examples"] == 10_000
    (machine,) = config["environments"]
    assert machine["versions"]["keras"] == keras.__version__
    assert machine["cores"] >= 1
    text = json.dumps(machine)
    assert str(folder) not in text


@pytest.mark.slow
def test_a_script_continues_its_runs_and_train_does_not(folder, monkeypatch):
    monkeypatch.chdir(folder)
    line = "train --resume --out fit_A_0"
    assert_mistake(line, "the training of a `fit` script, which has no recipe", folder)


@pytest.fixture
def gan():
    """A compiled GAN of points in the plane."""
    networks = [
        keras.Sequential([keras.Input((n,)), keras.layers.Dense(m)])
        for n, m in ((3, 2), (2, 1))
    ]
    made = keras_gan.GAN(*networks, value_range=None, seed=1)
    made.compile("adam", "adam", losses.get("hinge"))
    return made


def _fit(gan, record, *more):
    points = np.zeros((40, 2), np.float32)
    gan.fit(points, batch_size=10, epochs=1, callbacks=[record, *more], verbose=0)


def test_a_folder_with_another_training_is_refused(gan, tmp_path):
    _fit(gan, callbacks.RunRecord(tmp_path))
    _fit(gan, callbacks.RunRecord(tmp_path))  # the same GAN goes on
    other = keras_gan.GAN(gan.generator, gan.discriminator, value_range=None, seed=1)
    other.compile("adam", "adam")
    before = (tmp_path / "config.json").read_bytes()
    with pytest.raises(ValueError, match="holds a training of 8 steps, and this GAN"):
        _fit(other, callbacks.RunRecord(tmp_path))
    assert (tmp_path / "config.json").read_bytes() == before
    (tmp_path / "log.jsonl").unlink()
    (tmp_path / "config.json").write_text('{"recipe": {}}')
    with pytest.raises(ValueError, match="a run of a recipe"):
        _fit(other, callbacks.RunRecord(tmp_path))


def test_a_checkpoint_lets_the_script_go_on_in_its_folder(gan, tmp_path):
    def parts():
        return callbacks.RunRecord(tmp_path), callbacks.Checkpoint(tmp_path / "c")

    with pytest.raises(KeyboardInterrupt):
        _fit(gan, *parts(), keras.callbacks.LambdaCallback(on_epoch_end=_interrupt))
    networks = gan.generator, gan.discriminator
    again = keras_gan.GAN(*networks, value_range=None, seed=1)
    again.compile("adam", "adam", losses.get("hinge"))
    points = np.zeros((40, 2), np.float32)
    again.fit(points, batch_size=10, epochs=2, callbacks=[*parts()], verbose=0)
    log = callbacks.RunRecord(tmp_path).folder.read_log("epoch")
    assert [(each["epoch"], each["step"]) for each in log] == [(1, 4), (2, 8)]
    config = json.loads((tmp_path / "config.json").read_text())
    assert config["training"]["epochs"] == 2
    assert config["training"]["loss"] == "hinge"
    assert len(config["environments"]) == 1


def _interrupt(epoch, logs):
    raise KeyboardInterrupt


def test_settings_that_json_cannot_hold_are_refused(tmp_path):
    with pytest.raises(ValueError, match="`settings` must be a mapping"):
        callbacks.RunRecord(tmp_path, settings={"layer": object()})
