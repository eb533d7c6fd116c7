"""A run that a signal ends on the command line, and the command that continues it."""

import json
import os
import re
import shlex
import signal

import numpy as np
import pytest
from typer.testing import CliRunner

from keras_gan import callbacks
from keras_gan._process import program
from keras_gan.cli import app

SGD = {"name": "sgd", "learning_rate": 0.05}


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A folder with data and a recipe for them, of 3 steps an epoch."""
    images = np.random.default_rng(0).integers(0, 256, (24, 8, 8), dtype=np.uint8)
    np.savez(tmp_path / "tiny.npz", images=images)
    recipe = {
        "architecture": "goodfellow_mlp",
        "architecture_options": {"generator_units": 8, "discriminator_units": 4},
        "generator_optimizer": SGD,
        "discriminator_optimizer": SGD,
        "data": "npz:tiny.npz",
        "latent_dim": 4,
        "jit_compile": False,
        "steps_per_execution": 1,
        "batch_size": 8,
        "epochs": 9,
    }
    (tmp_path / "tiny.json").write_text(json.dumps(recipe))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def invoke(command):
    return CliRunner().invoke(app, shlex.split(command))


def continuing(result):
    """Returns the arguments of the command that an interrupted run prints."""
    start = f"keras-gan: interrupted; continue with: {re.escape(program())}"
    return re.search(rf"{start} (.*)\n", result.stderr)[1]


def log(folder):
    return (folder / "log.jsonl").read_text()


@pytest.mark.parametrize("name", ["SIGTERM"])
def test_the_printed_command_goes_on_to_the_end_that_was_asked_for(
    place, monkeypatch, name
):
    class Interrupting(callbacks.JSONLog):
        def on_train_batch_begin(self, batch, logs=None):
            super().on_train_batch_begin(batch, logs)
            if int(self.gan.step) == 4:
                os.kill(os.getpid(), getattr(signal, name))

    Interrupting.__name__ = "JSONLog"  # a checkpoint keeps states by this name
    options = "train --config tiny.json --set ema_decay=0.9 --seed 0 --steps 5 "
    options += "--name 'my own'"
    with monkeypatch.context() as patch:
        patch.setattr(callbacks, "JSONLog", Interrupting)
        result = invoke(f"{options} --checkpoint-steps 50 --out 'a run'")
    assert result.exit_code == 128 + getattr(signal, name)
    assert sorted(os.listdir("a run/checkpoints"))[-1] == "step_000000004.npz"
    command = continuing(result)
    assert command == "train --steps 5 --checkpoint-steps 50 --resume --out 'a run'"
    assert invoke(command).exit_code == 0
    assert json.loads((place / "a run/config.json").read_text())["name"] == "my own"
    assert invoke(f"{options} --out whole").exit_code == 0
    assert log(place / "a run") == log(place / "whole")


def test_before_the_run_is_recorded_the_printed_command_names_everything(
    place, monkeypatch
):
    from keras_gan import experiment

    def interrupted(*_, **__):
        raise SystemExit(128 + signal.SIGHUP)

    monkeypatch.setattr(experiment, "train", interrupted)
    # It would last for the tests that follow in this process.
    monkeypatch.setattr(experiment, "make_deterministic", lambda: None)
    options = "--config tiny.json --seed 0 --set 'prior=uniform' --set labels=false"
    result = invoke(f"train {options} --deterministic --out run")
    assert result.exit_code == 129
    command = shlex.split(continuing(result))
    expected = shlex.split(f"train {options} --deterministic --resume --out run")
    assert sorted(command) == sorted(expected)
