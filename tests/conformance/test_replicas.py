"""Two replicas train exactly like one."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

WORKER = Path(__file__).with_name("replica_worker.py")
DIFFERENCES = {
    "difference(loss='minimax', k=1)": 1e-5,
    "difference(k=2)": 1e-5,
    "difference(k=5)": 1e-5,
    "difference(k=2, normalized=True)": 1e-4,
    "difference(k=1, steps_per_execution=8)": 1e-5,
}


def run_worker(*calls):
    result = subprocess.run(
        [sys.executable, WORKER, *calls], capture_output=True, text=True
    )
    assert result.returncode == 0, result.stderr[-3000:]
    return dict(zip(calls, json.loads(result.stdout.splitlines()[-1]), strict=True))


@pytest.fixture(scope="module")
def found():
    """What a process with two logical devices found, by call."""
    return run_worker(*DIFFERENCES, "masks()", "refusals()")


@pytest.mark.parametrize("call", DIFFERENCES)
def test_two_replicas_train_to_the_weights_and_logs_of_one(found, call):
    assert found[call]["weights"] <= DIFFERENCES[call]
    assert found[call]["logs"] <= 1e-5


def test_replicas_draw_noise_and_dropout_of_their_own_and_repeat_them(found):
    masks, noise = found["masks()"]
    assert run_worker("masks()")["masks()"] == [masks, noise]
    mask, other_mask = np.array(masks)
    assert 0 < (mask == 0).mean() < 1
    assert (mask != other_mask).any()
    assert np.abs(np.subtract(*noise)).min() > 1e-6


def test_batches_that_replicas_cannot_share_equally_are_refused(found):
    open_batch, uneven, rest = found["refusals()"]
    assert "drop_remainder=True" in open_batch
    assert "for 2 replicas and `discriminator_steps=2`; use a multiple of 4" in uneven
    assert "leave 10 over after batches of 20" in rest
