"""A run that `keras-gan train` left, and its generator in every form."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest
from harness.commands import succeed

from keras_gan import experiment

ADAM = {"name": "adam", "learning_rate": 1e-3, "beta_1": 0.5}
RECIPE = {
    "architecture": "dcgan",
    "architecture_options": {
        "generator_filters": 4,
        "discriminator_filters": 2,
        "class_features": 4,
    },
    "generator_optimizer": ADAM,
    "discriminator_optimizer": ADAM,
    "labels": True,
    "latent_dim": 4,
    "jit_compile": False,
    "batch_size": 16,
    "epochs": 1,
}


@pytest.fixture(scope="session")
def run_process():
    """Runs this Python as users do, whose errors are not TensorFlow's."""

    def run(*arguments, **options):
        environment = {
            name: value
            for name, value in os.environ.items()
            if name != "TF_CPP_MIN_LOG_LEVEL"
        }
        return subprocess.run(
            [sys.executable, *map(str, arguments)],
            capture_output=True,
            text=True,
            env=environment,
            **options,
        )

    return run


@pytest.fixture(scope="session")
def place(tmp_path_factory):
    """A folder with images of three classes, some held out, and a recipe for them."""
    folder = tmp_path_factory.mktemp("place")
    images = np.random.default_rng(0).integers(0, 256, (104, 8, 8), dtype=np.uint8)
    labels = np.arange(104) % 3
    np.savez(
        folder / "tiny.npz",
        x_train=images[:64],
        y_train=labels[:64],
        x_test=images[64:],
        y_test=labels[64:],
    )
    recipe = RECIPE | {"data": f"npz:{folder / 'tiny.npz'}"}
    (folder / "tiny.json").write_text(json.dumps(recipe))
    (folder / "text.txt").write_text("hello")
    return folder


@pytest.fixture(scope="session")
def training(place, run_process):
    """A process that trained for two epochs and left the run `place / "run"`."""
    options = ("--config", "tiny.json", "--epochs", 2, "--seed", 5, "--out", "run")
    return run_process("-m", "keras_gan", "train", *options, cwd=place)


@pytest.fixture(scope="session")
def run(place, training):
    assert training.returncode == 0, training.stderr
    return place / "run"


@pytest.fixture(scope="session")
def gan(run):
    return experiment.load_run(run).gan


@pytest.fixture(scope="session")
def onnx(place, run):
    succeed("export", "onnx", run, place / "g.onnx")
    return place / "g.onnx"


@pytest.fixture(scope="session")
def litert(place, run):
    succeed("export", "litert", run, place / "g.tflite")
    return place / "g.tflite"


@pytest.fixture(scope="session")
def saved_model(place, run):
    succeed("export", "saved-model", run, place / "served")
    return place / "served"


@pytest.fixture(scope="session")
def artifacts(run, onnx, litert, saved_model):
    """The same generator in every form."""
    return {
        "run": run,
        "keras": run / "gan.keras",
        "onnx": onnx,
        "litert": litert,
        "saved_model": saved_model,
    }
