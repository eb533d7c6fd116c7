"""The examples for clusters do, on one machine, what a cluster would have them do."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from harness.processes import Started, execute, results_of
from launch_local_workers import environments

ROOT = Path(__file__).parent.parent
EXAMPLES = ROOT / "examples"
JOB = (EXAMPLES / "kubernetes" / "job.yaml").read_text(encoding="utf-8")
SBATCH = EXAMPLES / "slurm" / "train.sbatch"
RAY = EXAMPLES / "ray" / "train.py"
SGD = {"name": "sgd", "learning_rate": 0.05, "momentum": 0.5}
TINY = {
    "architecture": "goodfellow_mlp",
    "architecture_options": {"generator_units": 8, "discriminator_units": 4},
    "generator_optimizer": SGD,
    "discriminator_optimizer": SGD,
    "latent_dim": 4,
    "labels": False,
    "ema_decay": 0.9,
    "batch_size": 16,
    "epochs": 1,
    "seed": 3,
}


@pytest.fixture
def tiny(tmp_path):
    """A recipe of small networks and 32 images."""
    images = np.random.default_rng(0).integers(0, 256, (32, 8, 8), dtype=np.uint8)
    np.savez(tmp_path / "tiny.npz", images=images)
    return TINY | {"data": f"npz:{tmp_path / 'tiny.npz'}"}


def run_workers(folder, commands_and_environments):
    """Runs each worker in a folder of its own; returns those folders."""
    workers = []
    for index, (command, environment) in enumerate(commands_and_environments):
        place = folder / f"worker_{index}"
        place.mkdir()
        process = subprocess.Popen(
            command,
            cwd=place,
            env={**os.environ, **environment},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        workers.append((place, process))
    for _, process in workers:
        _, errors = process.communicate(timeout=200)
        assert process.returncode == 0, errors[-3000:]
    return [place for place, _ in workers]


def assert_the_chief_alone_left_a_run(chief, worker):
    records = (chief / "run" / "log.jsonl").read_text().splitlines()
    assert json.loads(records[-1])["step"] == 2
    assert (chief / "run" / "checkpoints" / "step_000000002.npz").is_file()
    assert list(worker.iterdir()) == []


def in_bash(script, **environment):
    result = subprocess.run(
        ["bash", "-c", script],
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


@pytest.mark.parametrize("index", [0, 1])
def test_each_pod_of_the_job_makes_the_tf_config_of_its_index(index):
    block = re.search(r"- \|\n((?: {14}.*\n)+)", JOB)[1]
    script, train = re.sub(r"^ {14}", "", block, flags=re.MULTILINE).split("exec ")
    (count,) = re.findall(r'name: WORKERS\n\s+value: "(\d+)"', JOB)
    environment = {"WORKERS": count, "JOB_COMPLETION_INDEX": str(index)}
    found = json.loads(in_bash(script + 'echo "$TF_CONFIG"', **environment))
    assert found == {
        "cluster": {"worker": [f"keras-gan-{i}.keras-gan:12345" for i in range(2)]},
        "task": {"type": "worker", "index": index},
    }
    assert train.startswith("keras-gan train digits --strategy multi-worker ")


def test_the_job_starts_as_many_pods_as_it_names_and_names_them_alike():
    assert re.findall(r"(?:completions|parallelism): (\d+)", JOB) == ["2", "2"]
    # A pod is found as <job>-<index>.<subdomain>, the name of a headless service.
    names = re.findall(r"^ *(?:  name|job-name|subdomain): (\S+)$", JOB, re.MULTILINE)
    assert names[:4] == ["keras-gan"] * 4
    assert "subdomain: keras-gan\n" in JOB
    assert "clusterIP: None" in JOB


def test_the_batch_script_names_each_node_with_a_port():
    script = SBATCH.read_text(encoding="utf-8")
    lines = re.search(r"^port=.*?^export WORKERS.*?$", script, re.M | re.S)[0]
    # What Slurm's command prints for two nodes.
    nodes = "scontrol() { printf 'n2\\nn10\\n'; }\n"
    environment = {"SLURM_JOB_ID": "1234567", "SLURM_JOB_NODELIST": "n[2,10]"}
    workers = in_bash(f'{nodes}{lines}\necho "$WORKERS"', **environment)
    assert workers == '"n2:24567","n10:24567"\n'


@pytest.mark.slow
def test_two_tasks_of_the_batch_script_train_together(tmp_path, tiny):
    in_bash(f"bash -n '{SBATCH}'")
    script = SBATCH.read_text(encoding="utf-8")
    task = re.search(r"^srun .*? bash -c '\n(.*?)\n'", script, re.M | re.S)[1]
    assert "keras-gan train digits " in task
    recipe = tmp_path / "tiny.json"
    recipe.write_text(json.dumps(tiny))
    program = Path(sys.executable).parent / "keras-gan"
    task = task.replace("keras-gan train digits", f"{program} train --config {recipe}")
    config = json.loads(next(environments(2))["TF_CONFIG"])
    workers = ",".join(f'"{host}"' for host in config["cluster"]["worker"])
    chief, worker = run_workers(
        tmp_path,
        [
            (
                ["bash", "-c", task],
                {"WORKERS": workers, "SLURM_PROCID": str(rank), "RUN": "run"},
            )
            for rank in range(2)
        ],
    )
    assert_the_chief_alone_left_a_run(chief, worker)


@pytest.mark.slow
def test_the_loop_that_ray_calls_trains_two_workers_together(tmp_path, tiny):
    config = {"preset": "digits", "changes": tiny, "run": "run"}
    program = (
        "import runpy, sys\n"
        f"train = runpy.run_path({str(RAY)!r})\n"
        f"train['train_loop_per_worker']({config!r})\n"
        "assert 'ray' not in sys.modules\n"
    )
    chief, worker = places = [tmp_path / "chief", tmp_path / "worker"]
    processes = []
    for place, each in zip(places, environments(2), strict=True):
        place.mkdir()
        processes.append(Started(execute, program, place, environment=each))
    results_of(processes)
    assert_the_chief_alone_left_a_run(chief, worker)
