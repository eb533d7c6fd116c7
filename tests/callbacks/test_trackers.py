"""Trackers of experiments record the training of a GAN."""

import re

import keras
import numpy as np
import pytest
from cases.trackers import recorded_by_mlflow, recorded_by_wandb, train
from harness.processes import Started

LOGS = ("d_loss", "g_loss", "d_real", "d_fake")


class LikeWandb(keras.callbacks.Callback):
    """A callback that asks a model what W&B's and MLflow's callbacks ask."""

    def __init__(self):
        super().__init__()
        self.read = {}

    def on_train_begin(self, logs=None):
        self.read = dict(self.model.optimizer.get_config())
        self.model.summary(print_fn=lambda *_, **__: None)

    def on_batch_end(self, batch, logs=None):
        self.read["iterations"] = int(self.model.optimizer.iterations.numpy())

    def on_epoch_end(self, epoch, logs=None):
        self.read["rate"] = float(np.asarray(self.model.optimizer.learning_rate))
        self.read |= logs


def test_a_callback_reads_the_generators_optimizer_and_the_logs():
    tracker = LikeWandb()
    _, history = train(tracker)
    assert tracker.read["iterations"] == 4
    assert tracker.read["rate"] == tracker.read["learning_rate"] == 0.25
    assert {name: [tracker.read[name]] for name in LOGS} == history


def test_a_tracker_that_waits_for_kerass_fit_is_said_to_record_nothing(monkeypatch):
    monkeypatch.setattr(keras.Model, "fit", keras.Model.fit)
    with pytest.warns(UserWarning, match="watches `keras.Model.fit`.*as a callback"):
        train()
    train(LikeWandb())


@pytest.mark.slow
def test_wandb_records_logs_and_the_generators_rate(tmp_path):
    pytest.importorskip("wandb")
    quiet = {"WANDB_MODE": "offline", "WANDB_SILENT": "true"}
    offline = quiet | {"WANDB_DATA_DIR": str(tmp_path / "staged")}
    found = Started(recorded_by_wandb, tmp_path, environment=offline).result()
    found, (starts, expected) = found
    for summary, history in found[:2]:
        assert summary["epoch/learning_rate"] == pytest.approx(0.25)
        for name in LOGS:
            assert summary[f"epoch/{name}"] == pytest.approx(history[name][-1])
    assert found[2][0]["batch/learning_rate"] == pytest.approx(0.25)
    assert_one_run_of_wandb(starts, expected)


def assert_one_run_of_wandb(starts, expected):
    """A training that was broken off and resumed is one run, each step in it once."""
    (first, *_), (second, config, _, artifacts) = starts
    assert first == second
    assert config["width"] == 2
    assert config["generator_optimizer"]["learning_rate"] == 0.25
    assert artifacts == [["model", "config.json", "gan.keras", "log.jsonl"]]
    rows = [row for _, _, history, _ in starts for row in history]
    assert [row["_step"] for row in rows] == [1, 2, 3, 4, 5, 6, 7, 8]
    assert [row["_step"] for row in rows if "samples.path" in row] == [4, 8]
    found = {
        tag: {row["_step"]: row[tag] for row in rows if tag in row} for tag in expected
    }
    assert found == {tag: pytest.approx(values) for tag, values in expected.items()}
    assert set(expected["learning_rate/discriminator"].values()) == {0.5}


@pytest.mark.slow
def test_mlflows_callback_records_logs_and_the_generators_optimizer(tmp_path):
    pytest.importorskip("mlflow")
    files = {"MLFLOW_ALLOW_FILE_STORE": "true"}
    started = Started(recorded_by_mlflow, tmp_path / "runs", environment=files)
    parameters, metrics, history, said, own = started.result()
    assert float(parameters["optimizer_learning_rate"]) == 0.25
    for name in LOGS:
        assert metrics[name] == pytest.approx(history[name][-1])
    assert any("autolog" in sentence for sentence in said)
    assert_one_run_of_mlflow(*own)


def assert_one_run_of_mlflow(told, metrics, files, expected):
    """A training that was broken off and resumed is one run, each step in it once."""
    status, name, parameters = told
    assert (status, name) == ("FINISHED", "mine")
    assert parameters["width"] == "2"
    assert parameters["discriminator_optimizer.learning_rate"] == "0.5"
    assert set(metrics) == set(expected)
    for tag, values in expected.items():
        assert len(metrics[tag]) == len(values)
        assert dict(metrics[tag]) == pytest.approx(values)
    gan, images = files
    assert sorted(gan) == ["config.json", "gan.keras", "log.jsonl"]
    assert {re.search(r"step\D(\d+)", each)[1] for each in images} == {"4", "8"}
