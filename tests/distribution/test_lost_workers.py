"""Two real workers of which one never comes, or whose network is cut."""

import json
import re
import socket
import time

import numpy as np
import pytest
from harness import namespaces
from harness.processes import Started, command, results_of
from harness.recipes import TINY
from launch_local_workers import free_ports

from keras_gan._checks import InputError, LostWorkerError
from keras_gan.distribution import patience
from keras_gan.distribution.strategies import open_strategy

ENDLESS = TINY | {"labels": False, "epochs": 10**6, "seed": 3}
TIMEOUT = 6


def tf_config(hosts, index):
    task = {"type": "worker", "index": index}
    return json.dumps({"cluster": {"worker": hosts}, "task": task})


def messages_of_lonely_starts(host):
    """Returns what a worker says whose port is taken, and then one that is alone."""
    said = []
    with socket.create_server(("", int(host.rpartition(":")[2]))):
        try:
            open_strategy("multi-worker")
        except InputError as error:
            said.append(str(error))
    try:
        open_strategy("multi-worker")
    except LostWorkerError as error:
        said.append(str(error))
    return said


@pytest.mark.slow
def test_a_worker_that_never_comes_and_a_port_that_is_taken_are_named():
    hosts = [f"localhost:{port}" for port in free_ports(2)]
    environment = {"TF_CONFIG": tf_config(hosts, 0), patience.START: "2"}
    arguments = (messages_of_lonely_starts, hosts[0])
    (said,) = results_of([Started(*arguments, environment=environment)])
    taken, alone = said
    assert taken.startswith(f"This worker cannot listen at {hosts[0]}: another process")
    assert alone.startswith(
        f"worker 1 of 2 ({hosts[1]}) has not come within 2 s: it was"
    )


@pytest.fixture
def link():
    lacking = namespaces.missing()
    if lacking:
        pytest.skip(lacking)
    made = namespaces.Link()
    yield made
    made.close()


def train_at(end, folder):
    """Trains in a namespace, as one of two machines does."""
    namespaces.enter(end)
    words = "train --config tiny.json --strategy multi-worker --out run"
    command([*words.split()], folder)


def start(link, folder, timeout):
    """Starts a worker at each end; returns them when they train."""
    images = np.random.default_rng(0).integers(0, 256, (160, 8, 8), dtype=np.uint8)
    np.savez(folder / "tiny.npz", images=images)
    recipe = ENDLESS | {"data": f"npz:{folder / 'tiny.npz'}"}
    (folder / "tiny.json").write_text(json.dumps(recipe))
    hosts = [f"{address}:12345" for address in link.addresses]
    workers = []
    for end in range(2):
        environment = {"TF_CONFIG": tf_config(hosts, end), patience.WORKER: timeout}
        arguments = (train_at, link.path(end), folder)
        workers.append(Started(*arguments, environment=environment))
    wait_for_more(folder / "run" / "log.jsonl", workers, 120)
    return workers


def wait_for_more(log, workers, seconds):
    """Waits until five more records are in the log."""
    before, end = records(log), time.monotonic() + seconds
    while records(log) < before + 5:
        assert time.monotonic() < end, [worker.errors for worker in workers]
        assert all(worker.runs for worker in workers), workers[0].errors
        time.sleep(0.05)


def records(log):
    return log.read_bytes().count(b"\n") if log.is_file() else 0


def lines_of(worker):
    """Returns the lines that the command has written as messages, and all others."""
    # A busy machine may be as slow as the internet.
    lines = worker.errors.splitlines()
    lines = [line for line in lines if "A message between the workers" not in line]
    said = [line for line in lines if line.startswith("keras-gan: ")]
    return said, [line for line in lines if line not in said]


@pytest.mark.slow
@pytest.mark.foreign
def test_each_worker_says_in_one_line_that_the_network_is_cut(link, tmp_path):
    workers = start(link, tmp_path, str(TIMEOUT))
    link.cut()
    for worker, other in zip(workers, (1, 0), strict=True):
        assert worker.exit_code(60) == 1
        (said,), rest = lines_of(worker)
        name = rf"worker {other} of 2 \({re.escape(link.addresses[other])}:12345\)"
        assert re.match(rf"keras-gan: {name} has not answered for \d+ s: its", said)
        assert "Start all workers again: with `--resume` they go on" in said
        assert not any("rror" in line for line in rest), rest


@pytest.mark.slow
@pytest.mark.foreign
@pytest.mark.minutes
def test_a_training_outlives_a_cut_of_the_network(link, tmp_path):
    """gRPC's own connections would end after 20 s."""
    workers = start(link, tmp_path, "120")
    log = tmp_path / "run" / "log.jsonl"
    link.cut()
    time.sleep(22)
    link.mend()
    wait_for_more(log, workers, 80)
    (said,), _ = lines_of(workers[0])
    assert re.match(
        r"keras-gan: A step took \d+ s, and half of the steps take le", said
    )
    times = (tmp_path / "run" / "times.jsonl").read_text().splitlines()
    waits = [json.loads(line).get("waited_seconds", 0.0) for line in times]
    assert max(waits) > 20
    for worker in workers:
        worker.kill()
