"""Under a real strategy of TensorFlow, the twins of all replicas make one value."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from streaming_metric_cases import CASES, assert_equal

ROOT = Path(__file__).parents[2]
WORKER = Path(__file__).with_name("distributed_metric_worker.py")
sys.path.insert(0, str(ROOT / "scripts"))

from launch_local_workers import environments  # noqa: E402


@pytest.mark.parametrize(
    ("topology", "workers"), [("mirrored", 1), ("multi-worker", 2)]
)
def test_what_replicas_counted_merges_to_the_value_of_one_shot(
    topology, workers, tmp_path
):
    running = [
        subprocess.Popen(
            [sys.executable, WORKER, topology, tmp_path],
            env={**os.environ, **(environment if workers > 1 else {})},
            stderr=subprocess.PIPE,
            text=True,
        )
        for environment in environments(workers)
    ]
    errors = [worker.communicate(timeout=240)[1] for worker in running]
    codes = [worker.returncode for worker in running]
    assert codes == [0] * workers, "".join(errors)[-3000:]
    for name, case in CASES.items():
        merged = case.make()
        counts = []
        for index in range(workers):
            with np.load(tmp_path / f"{name}-{index}.npz", allow_pickle=False) as state:
                part = type(merged).from_state(state)
            counts.append(part.count)
            merged.merge(part)
        assert sum(counts) == len(case.rows)
        assert min(counts) >= len(case.rows) // workers - 20
        assert_equal(case.value(merged), case.one_shot())
