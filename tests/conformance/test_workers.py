"""Several worker processes train together like one."""

import json
import os
import random
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from test_resume import (
    WORKER,
    assert_same_training,
    errors_in,
    finish,
    results,
    start,
    wait_for_a_moment,
)

LAUNCHER = Path(__file__).parents[2] / "scripts" / "launch_local_workers.py"
sys.path.insert(0, str(LAUNCHER.parent))

from launch_local_workers import environments  # noqa: E402


def start_workers(folder, *changes):
    """Starts two workers, each with its own changes to the environment."""
    changes = changes or ({}, {})
    return [
        start(folder, "multi-worker", TF_CONFIG=environment["TF_CONFIG"], **own)
        for environment, own in zip(environments(2), changes, strict=True)
    ]


def test_two_workers_train_like_one_process_and_see_each_example_once(tmp_path):
    together, alone = tmp_path / "together", tmp_path / "alone"
    environment = {"EPOCHS": "3", "DROPOUT": "0"}
    launch = [sys.executable, LAUNCHER, "--logs", together, "--"]
    result = subprocess.run(
        [*launch, sys.executable, WORKER, together, "multi-worker"],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stderr[-3000:]
    finish(alone, [start(alone, "none", **environment)])
    chief, worker = results(together, 0), results(together, 1)
    expected = results(alone)
    assert chief["digests"].tolist() == worker["digests"].tolist()
    assert len(set(chief["digests"])) == 3
    for name in set(expected) - {"digests", "seen"}:
        np.testing.assert_allclose(chief[name], expected[name], rtol=0, atol=1e-5)
    for first, second, order in zip(
        chief["seen"], worker["seen"], expected["seen"], strict=True
    ):
        assert sorted([*first, *second]) == list(range(200))
        batches = np.concatenate([first.reshape(10, 10), second.reshape(10, 10)], 1)
        np.testing.assert_array_equal(batches.ravel(), order)
    logs = [
        [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]
        for folder in (together, alone)
    ]
    for record, other in zip(*logs, strict=True):
        assert record == pytest.approx(other, abs=1e-5)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"LOSS": "minimax"}, "arguments"),
        ({"EPOCHS": "3"}, "arguments"),
        ({"DATA_SEED": "6"}, "data"),
        ({"SEED": "4"}, "seed"),
    ],
)
def test_workers_that_are_not_given_the_same_are_all_refused(tmp_path, change, what):
    workers = start_workers(tmp_path, {}, change)
    assert [worker.wait(100) for worker in workers] == [1, 1]
    message = f"InputError: The workers do not agree on the {what}:"
    assert [message in errors for errors in errors_in(tmp_path)] == [True, True]
    assert not (tmp_path / "log.jsonl").exists()


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_workers_of_which_one_or_both_are_killed_end_bit_for_bit_the_same(tmp_path):
    unbroken, killed = tmp_path / "unbroken", tmp_path / "killed"
    finish(unbroken, start_workers(unbroken))
    rng = random.Random(0)
    for share, victims in ((0.2, [0]), (0.5, [1]), (0.8, [0, 1])):
        workers = start_workers(killed)
        assert wait_for_a_moment(killed, workers, rng, share)
        for victim in victims:
            workers[victim].kill()
        for worker in workers:
            # A worker that is left alone waits; whoever restarts the other ends it.
            worker.kill()
            worker.wait()
    finish(killed, start_workers(killed))
    assert_same_training(killed, unbroken)


def test_the_launcher_stops_all_workers_when_one_fails(tmp_path):
    program = (
        "import json, os, sys, time\n"
        "index = json.loads(os.environ['TF_CONFIG'])['task']['index']\n"
        "print('worker', index, flush=True)\n"
        "sys.exit(3) if index else time.sleep(100)\n"
    )
    command = [sys.executable, LAUNCHER, "--workers", "3", "--logs", tmp_path, "--"]
    result = subprocess.run(
        [*command, sys.executable, "-c", program],
        capture_output=True,
        text=True,
        timeout=50,
    )
    assert result.returncode == 3
    assert result.stdout == "worker 0\n"
    assert (tmp_path / "worker_2.log").read_text() == "worker 2\n"


def test_a_missing_or_broken_tf_config_is_named(monkeypatch):
    from keras_gan._checks import InputError
    from keras_gan.distribution.strategies import open_strategy

    for text in ("", "{", "{}", '{"cluster": {}, "task": {"type": "worker"}}'):
        monkeypatch.setenv("TF_CONFIG", text)
        with pytest.raises(InputError, match="environment variable TF_CONFIG"):
            open_strategy("multi-worker")
