"""Several worker processes train together like one."""

import json
import random
import re
import signal
import time

import numpy as np
import pytest
from cases import distributed_metrics, global_batch, resumable_training, two_workers
from cases.resumable_training import train_by_name
from harness.kills import assert_same_training, wait_for_a_moment
from harness.processes import results_of, start_workers
from harness.replicas import one_device

STALL = re.compile(r"A step took 1\d s, and half of the steps .* The training goes on")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("together")


@pytest.fixture(scope="module")
def answers(folder):
    """What each of two workers answers to all questions."""
    return results_of(start_workers(two_workers.answers, folder))


def test_two_workers_train_like_one_process_and_see_each_example_once(
    answers, folder, tmp_path
):
    chief, worker = (answer["training"] for answer in answers)
    expected = resumable_training.train(one_device(), tmp_path, **two_workers.TRAINING)
    assert chief["digests"] == worker["digests"]
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
        [json.loads(line) for line in (place / "log.jsonl").read_text().splitlines()]
        for place in (folder / "whole", tmp_path)
    ]
    for record, other in zip(*logs, strict=True):
        assert record == pytest.approx(other, abs=1e-5)


def test_losses_and_penalties_have_the_values_and_gradients_of_one_process(answers):
    replicas = [replica for answer in answers for replica in answer["objectives"]]
    assert len(replicas) == 2
    global_batch.assert_equal_to_one_device(replicas)


def test_metrics_that_workers_counted_merge_to_the_value_of_one_shot(answers):
    states = [answer["metrics"] for answer in answers]
    distributed_metrics.assert_equal_to_one_shot(states)


@pytest.mark.parametrize("name", two_workers.DISAGREEMENTS)
def test_workers_that_are_not_given_the_same_are_all_refused(answers, folder, name):
    _, what = two_workers.DISAGREEMENTS[name]
    for answer in answers:
        said = answer["disagreements"][name]
        assert said.startswith(f"InputError: The workers do not agree on the {what}:")
    assert not (folder / name / "log.jsonl").exists()


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_workers_that_are_stopped_or_killed_end_bit_for_bit_the_same(tmp_path):
    unbroken, killed = tmp_path / "unbroken", tmp_path / "killed"
    arguments = (train_by_name, unbroken, "multi-worker")
    expected, _ = results_of(start_workers(*arguments, new_python=True))
    arguments = (train_by_name, killed, "multi-worker")
    rng = random.Random(0)
    for share, victims in ((0.2, [0]), (0.5, [1]), (0.8, [0, 1])):
        workers = start_workers(*arguments)
        assert wait_for_a_moment(killed, workers, rng, share)
        if share == 0.2:
            stand_still(workers)
        for victim in victims:
            workers[victim].kill()
        for other in {0, 1} - {*victims}:
            assert workers[other].exit_code(60) == 1
            said = workers[other].errors.splitlines()[-1]
            assert re.search(
                rf"LostWorkerError: worker {victims[0]} of 2 .* has end", said
            )
    found, _ = results_of(start_workers(*arguments))
    assert_same_training(killed, found, unbroken, expected)


def stand_still(workers):
    """Stops a worker so long that TensorFlow by itself would have given it up."""
    workers[1].send(signal.SIGSTOP)
    time.sleep(12)
    workers[1].send(signal.SIGCONT)
    end = time.monotonic() + 30
    while not STALL.search(workers[0].errors):
        assert time.monotonic() < end, [each.errors for each in workers]
        time.sleep(0.02)
    assert all(worker.runs for worker in workers)
