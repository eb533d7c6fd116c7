"""The launcher of workers on one machine."""

import subprocess
import sys

import launch_local_workers

COMMAND = [sys.executable, launch_local_workers.__file__, "--workers", "3"]


def test_the_launcher_stops_all_workers_when_one_fails(tmp_path):
    program = (
        "import json, os, sys, time\n"
        "index = json.loads(os.environ['TF_CONFIG'])['task']['index']\n"
        "print('worker', index, flush=True)\n"
        "sys.exit(3) if index else time.sleep(100)\n"
    )
    result = subprocess.run(
        [*COMMAND, "--logs", tmp_path, "--", sys.executable, "-c", program],
        capture_output=True,
        text=True,
        timeout=50,
    )
    assert result.returncode == 3
    assert result.stdout == "worker 0\n"
    assert (tmp_path / "worker_2.log").read_text() == "worker 2\n"


def test_the_launcher_ends_well_when_all_workers_have(tmp_path):
    program = (
        "import json, os\n"
        "config = json.loads(os.environ['TF_CONFIG'])\n"
        "print(len(set(config['cluster']['worker'])), config['task'], flush=True)\n"
    )
    result = subprocess.run(
        [*COMMAND, "--logs", tmp_path, "--", sys.executable, "-c", program],
        capture_output=True,
        text=True,
        timeout=50,
    )
    assert result.returncode == 0
    others = [(tmp_path / f"worker_{index}.log").read_text() for index in (1, 2)]
    expected = [f"3 {{'type': 'worker', 'index': {index}}}\n" for index in range(3)]
    assert [result.stdout, *others] == expected
