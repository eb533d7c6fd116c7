"""Two replicas train exactly like one."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np

WORKER = Path(__file__).with_name("replica_worker.py")


def run_worker(*calls):
    result = subprocess.run(
        [sys.executable, WORKER, *calls], capture_output=True, text=True
    )
    assert result.returncode == 0, result.stderr[-3000:]
    return json.loads(result.stdout.splitlines()[-1])


def test_two_replicas_train_to_the_weights_and_logs_of_one():
    calls = [
        "difference(loss='minimax', k=1)",
        "difference(k=2)",
        "difference(k=5)",
        "difference(k=2, normalized=True)",
        "difference(k=1, steps_per_execution=8)",
    ]
    for call, found in zip(calls, run_worker(*calls), strict=True):
        assert found["weights"] <= (1e-4 if "normalized" in call else 1e-5), call
        assert found["logs"] <= 1e-5, call


def test_replicas_draw_noise_and_dropout_of_their_own_and_repeat_them():
    first, second = (run_worker("masks()")[0] for _ in range(2))
    assert first == second
    (mask, other_mask), (noise, other_noise) = np.array(first[0]), np.array(first[1])
    assert 0 < (mask == 0).mean() < 1
    assert (mask != other_mask).any()
    assert np.abs(noise - other_noise).min() > 1e-6
