"""Two replicas train exactly like one."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from keras_gan import losses

WORKER = Path(__file__).with_name("replica_worker.py")
DIFFERENCES = {
    "difference(k=5)": 1e-5,
    "difference(loss='minimax', k=2, normalized=True)": 1e-4,
    "difference(k=1, steps_per_execution=8)": 1e-5,
    "difference(loss='relativistic_average', k=2)": 1e-5,
    "difference(loss='wasserstein', penalties=ALL_PENALTIES, k=2)": 1e-5,
    "difference(augment=overfitting, k=2, steps_per_execution=8)": 1e-5,
    "difference(augment=noisy, k=5)": 1e-5,
    "difference(pack=2, penalties=ALL_PENALTIES, k=5, rate=0.02)": 1e-5,
}
# Without a penalty nothing bounds the Wasserstein loss: at a high rate it diverges.
RATES = {"wasserstein": 0.001}
EVERY_LOSS = {
    f"difference({loss=}, {k=}, rate={RATES.get(loss, 0.1)})": 1e-5
    for loss in losses.names()
    for k in (1, 2, 5)
}
EVERY_PENALTY = {
    f"difference(penalties=[{name}(2.0)], {k=})": 1e-5
    for name in ("R1", "R2", "GradientPenalty")
    for k in (1, 2, 5)
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


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("calls", [EVERY_LOSS, EVERY_PENALTY], ids=["loss", "penalty"])
def test_every_loss_and_penalty_trains_on_two_replicas_as_on_one(calls):
    for call, found in run_worker(*calls).items():
        assert found["weights"] <= calls[call], call
        assert found["logs"] <= 1e-5, call


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_updates_never_exchange_their_collectives():
    call = "repetitions(20, k=2)"
    weights = run_worker(call)[call]
    assert len(weights) == 20
    assert set(weights) == {weights[0]}


def test_replicas_draw_noise_and_dropout_of_their_own_and_repeat_them(found):
    *masks, noise = found["masks()"]
    again = run_worker("masks()", "masks(merge=False)")
    assert again["masks()"] == again["masks(merge=False)"] == found["masks()"]
    masks = np.array(masks).reshape(4, -1)  # two replicas, two draws
    for number, mask in enumerate(masks):
        assert 0 < (mask == 0).mean() < 1
        assert all((mask != other).any() for other in masks[:number])
    assert np.abs(np.subtract(*noise)).min() > 1e-6


def test_batches_that_replicas_cannot_share_equally_are_refused(found):
    open_batch, uneven, rest, packs = found["refusals()"]
    assert "drop_remainder=True" in open_batch
    assert "for 2 replicas and `discriminator_steps=2`; use a multiple of 4" in uneven
    assert "leave 10 over after batches of 20" in rest
    assert "A batch of 6 images" in packs
    assert "of packs of 2 (PackedDiscriminator); use a multiple of 4" in packs
