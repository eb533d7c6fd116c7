"""Optimizers' switches do on two replicas what they do on one, or are refused."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

WORKER = Path(__file__).with_name("switch_worker.py")
DIFFERENCES = {
    "clipnorm, weight decay": (
        "difference(lambda: SGD(0.5, 0.5, clipnorm=0.02, weight_decay=0.01))"
    ),
    "global_clipnorm, schedules": "difference(rising)",
    "clipvalue, loss scale, steps per execution": (
        "difference(lambda: LossScale(SGD(0.5, 0.5, clipvalue=0.005)), 5)"
    ),
}
OVERFLOWS = {
    "discriminator": "overflow('discriminator')",
    "generator": "overflow('generator')",
}
REST = ("clipped_overflow()", "refusals()", "compiled_outside_the_scope()")


@pytest.fixture(scope="module")
def found():
    """What a process with two logical devices found, by call."""
    calls = [*DIFFERENCES.values(), *OVERFLOWS.values(), *REST]
    result = subprocess.run(
        [sys.executable, WORKER, *calls], capture_output=True, text=True
    )
    assert result.returncode == 0, result.stderr[-3000:]
    return dict(zip(calls, json.loads(result.stdout.splitlines()[-1]), strict=True))


@pytest.mark.parametrize("case", DIFFERENCES)
def test_two_replicas_clip_and_schedule_like_one(found, case):
    difference = found[DIFFERENCES[case]]
    assert difference["plain"] > 0.05  # the settings matter
    assert difference["replicas"] <= 1e-5


@pytest.mark.parametrize("case", OVERFLOWS)
def test_an_inf_on_one_replica_leaves_the_step_out_on_all(found, case):
    before, skipped, after = found[OVERFLOWS[case]]
    assert skipped["weights"] == before["weights"]
    assert skipped["scale"] == before["scale"] / 2
    assert skipped["iterations"] == before["iterations"] == 1
    assert after["scale"] == skipped["scale"]
    assert after["iterations"] == 2
    for old, new in zip(before["weights"], after["weights"], strict=True):
        assert np.isfinite(new).all()
        assert np.abs(np.subtract(new, old)).max() > 0
    assert max(step["apart"] for step in (before, skipped, after)) == 0


def test_clipping_does_not_hide_an_inf_on_one_replica(found):
    assert found["clipped_overflow()"] == [[1.0, 2.0], 2.0**14]


def test_what_cannot_be_distributed_is_refused_at_compile(found):
    jit, accumulation, average, optimizer, network = found["refusals()"]
    assert "`jit_compile=True` fails under a distribution strategy" in jit
    assert "use `jit_compile='auto'`" in jit
    assert "`gradient_accumulation_steps` of `generator_optimizer`" in accumulation
    assert "use a larger batch" in accumulation
    assert "`ema_overwrite_frequency` of `generator_optimizer`" in average
    assert "use `ema_decay`" in average
    assert "The `generator_optimizer` belongs to another" in optimizer
    assert "The generator belongs to another distribution strategy" in network


def test_names_become_optimizers_of_the_strategy_wherever_compile_is_called(found):
    assert found["compiled_outside_the_scope()"] == [2, False]
