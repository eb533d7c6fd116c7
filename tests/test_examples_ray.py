"""Ray Train runs the example, and starts all workers again when one is killed."""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from harness.recipes import TINY

pytest.importorskip(
    "ray.train", reason="Ray is not installed: pip install 'ray[train]'"
)

ROOT = Path(__file__).parent.parent
PROGRAM = """
import json, runpy, sys
import ray

ray.init(num_cpus=2, include_dashboard=False)
example = runpy.run_path(sys.argv[1])
example["trainer_of"](json.loads(sys.argv[2])).fit()
"""
STEPS = 300


@pytest.fixture
def config(tmp_path):
    images = np.random.default_rng(0).integers(0, 256, (320, 8, 8), dtype=np.uint8)
    np.savez(tmp_path / "tiny.npz", images=images)
    changes = TINY | {
        "labels": False,
        "epochs": STEPS // 20,
        "data": f"npz:{tmp_path / 'tiny.npz'}",
    }
    run = str(tmp_path / "run")
    return {"preset": "digits", "changes": changes, "run": run, "checkpoint_steps": 20}


def epochs_of(config):
    log = Path(config["run"], "log.jsonl")
    lines = log.read_text().splitlines() if log.is_file() else []
    return [json.loads(line) for line in lines if '"event": "epoch"' in line]


def workers_of(session):
    """Returns the processes of a session in which Ray runs the training loop."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # it has just ended
            title = (folder / "cmdline").read_bytes()
            if b"TrainWorker" in title and os.getsid(int(folder.name)) == session:
                found.append(int(folder.name))
    return sorted(found)


@pytest.mark.slow
@pytest.mark.foreign
@pytest.mark.minutes
@pytest.mark.timeout(900)
def test_a_killed_worker_is_started_again_and_goes_on(config, tmp_path):
    arguments = [sys.executable, "-c", PROGRAM, ROOT / "examples" / "ray" / "train.py"]
    places = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    output = tmp_path / "output.txt"
    with output.open("wb") as file:
        process = subprocess.Popen(
            [*arguments, json.dumps(config)],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(places)},
            stdout=file,
            stderr=file,
            start_new_session=True,
        )
    try:
        end = time.monotonic() + 400
        while len(epochs_of(config)) < 3:
            assert process.poll() is None, output.read_text()[-3000:]
            assert time.monotonic() < end, output.read_text()[-3000:]
            time.sleep(0.2)
        victim = workers_of(process.pid)[-1]
        os.kill(victim, signal.SIGKILL)
        assert process.wait(400) == 0, output.read_text()[-5000:]
    finally:
        with contextlib.suppress(ProcessLookupError):  # Ray has ended all itself
            os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)
    epochs = epochs_of(config)
    assert [each["epoch"] for each in epochs] == [*range(1, STEPS // 20 + 1)]
    assert epochs[-1]["step"] == STEPS
    assert "has no checkpoint to go on from" not in output.read_text()
    assert re.search(rf"{victim}|worker.*(died|dead|fail)", output.read_text(), re.I)
