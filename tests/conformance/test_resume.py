"""A training that is killed at any moment ends as if it had never been interrupted."""

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

WORKER = Path(__file__).with_name("resume_worker.py")
KILLS = {"none": 20, "mirrored": 4}
EPOCHS = 40
SECONDS = 150


def start(folder, strategy, **environment):
    folder.mkdir(exist_ok=True)
    # A file for each process: lines of two in one would mix.
    with (folder / f"stderr_{len(errors_in(folder))}.txt").open("w") as errors:
        return subprocess.Popen(
            [sys.executable, WORKER, folder, strategy],
            env={**os.environ, "EPOCHS": str(EPOCHS), **environment},
            stderr=errors,
        )


def errors_in(folder):
    """What each process wrote to its standard error."""
    return [path.read_text() for path in sorted(folder.glob("stderr_*.txt"))]


def finish(folder, processes):
    """Waits until all are at the end of the training."""
    for process in processes:
        assert process.wait(SECONDS) == 0, [e[-3000:] for e in errors_in(folder)]


def wait_for_a_moment(folder, processes, rng, share):
    """Waits until a share of the training is done, and a moment longer.

    Returns:
        Whether all are still at it.
    """
    log, total = folder / "log.jsonl", EPOCHS * 4  # 3 "step" records and an "epoch"
    end = time.monotonic() + SECONDS
    while all(process.poll() is None for process in processes):
        lines = log.read_bytes().count(b"\n") if log.is_file() else 0
        if lines >= share * total or time.monotonic() > end:
            break
        time.sleep(0.005)
    time.sleep(rng.uniform(0, 0.05))
    return all(process.poll() is None for process in processes)


def results(folder, worker=0):
    """What a process wrote at the end."""
    with np.load(folder / f"final_{worker}.npz") as archive:
        return dict(archive)


def assert_same_training(folder, unbroken):
    """Compares bit for bit: all variables, the log, the pictures."""
    expected, found = results(unbroken), results(folder)
    for part in ("generator", "discriminator", "ema_generator", "means"):
        assert f"{part}/0" in expected
    for name in set(expected) - {"digests"}:
        assert found[name].tobytes() == expected[name].tobytes(), name
    for file in ("log.jsonl", "samples/epoch_0040.png"):
        assert (folder / file).read_bytes() == (unbroken / file).read_bytes(), file
    assert [path for path in folder.rglob("*.tmp")] == []


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("strategy", KILLS)
def test_a_run_killed_again_and_again_ends_bit_for_bit_as_an_unbroken_one(
    tmp_path, strategy
):
    unbroken, killed = tmp_path / "unbroken", tmp_path / "killed"
    finish(unbroken, [start(unbroken, strategy)])
    rng = random.Random(strategy)
    for kill in range(KILLS[strategy]):
        process = start(killed, strategy)
        share = (kill + rng.random()) / (KILLS[strategy] + 1)
        assert wait_for_a_moment(killed, [process], rng, share)
        process.kill()
        process.wait()
    for _ in range(2):  # the second time there is nothing left to do
        finish(killed, [start(killed, strategy)])
        assert_same_training(killed, unbroken)
