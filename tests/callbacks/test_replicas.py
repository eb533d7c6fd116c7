"""Callbacks on a GAN that two replicas train."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

WORKER = Path(__file__).with_name("callbacks_worker.py")


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """What a process with two logical devices found."""
    result = subprocess.run(
        [sys.executable, WORKER, tmp_path_factory.mktemp("run")],
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stderr[-3000:]
    return json.loads(result.stdout.splitlines()[-1])


def test_schedules_set_the_rates_of_all_replicas(found):
    # Four steps an epoch; the third breaks off and goes back to step 9.
    history = found["history"]
    assert history["generator_learning_rate"] == [0.25, 0.125, 0.0625]
    assert history["discriminator_learning_rate"][:2] == [0.5**4, 0.5**8]


def test_figures_join_the_logs(found):
    history = found["history"]
    assert len(history["spread"]) == len(history["sample_diversity"]) == 3
    assert all(0.0 < value < 10.0 for value in history["sample_diversity"])
    written = {(tag, step): value for tag, step, value in found["records"]}
    for epoch, step in enumerate((4, 8)):
        for name in ("d_loss", "spread", "sample_diversity"):
            expected = history[name][epoch]
            assert written[f"epoch/{name}", step] == pytest.approx(expected, rel=1e-6)
    # Of the step that begins there; at the end of an epoch, of its last.
    assert written["learning_rate/discriminator", 2] == 0.125
    assert written["learning_rate/discriminator", 4] == 0.0625


def test_a_training_that_diverges_goes_back(found):
    (message,) = [text for text in found["warnings"] if "Training stopped" in text]
    assert "stopped after step 10: NaN or infinity in d_" in message
    assert "as in the checkpoint of step 9" in message
    assert (found["step"], found["finite"]) == (9, True)
