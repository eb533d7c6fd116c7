"""A training that is killed at any moment ends as if it had never been interrupted."""

import random

import pytest
from cases.resumable_training import train_by_name
from harness.kills import assert_same_training, wait_for_a_moment
from harness.processes import Started

KILLS = {"none": 20, "mirrored": 4}


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("strategy", KILLS)
def test_a_run_killed_again_and_again_ends_bit_for_bit_as_an_unbroken_one(
    tmp_path, strategy
):
    unbroken, killed = tmp_path / "unbroken", tmp_path / "killed"
    expected = Started(train_by_name, unbroken, strategy, new_python=True).result()
    rng = random.Random(strategy)
    for kill in range(KILLS[strategy]):
        process = Started(train_by_name, killed, strategy)
        share = (kill + rng.random()) / (KILLS[strategy] + 1)
        assert wait_for_a_moment(killed, [process], rng, share)
        process.kill()
    for _ in range(2):  # the second time there is nothing left to do
        found = Started(train_by_name, killed, strategy).result()
        assert_same_training(killed, found, unbroken, expected)
