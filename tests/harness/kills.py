"""Breaks trainings off, and compares what is left of them."""

import time

import keras
from cases.resumable_training import EPOCHS

SECONDS = 150


class BreakOff(keras.callbacks.Callback):
    """Ends a training as a kill does: no other callback hears of it."""

    def __init__(self, steps):
        super().__init__()
        self.left = steps

    def on_train_batch_end(self, batch, logs=None):
        self.left -= 1
        if self.left == 0:
            raise MemoryError


def wait_for_a_moment(folder, processes, rng, share):
    """Waits until a share of the training is done, and a moment longer.

    Returns:
        Whether all are still at it.
    """
    log, total = folder / "log.jsonl", EPOCHS * 4  # 3 "step" records and an "epoch"
    end = time.monotonic() + SECONDS
    while all(process.runs for process in processes):
        lines = log.read_bytes().count(b"\n") if log.is_file() else 0
        if lines >= share * total or time.monotonic() > end:
            break
        time.sleep(0.005)
    time.sleep(rng.uniform(0, 0.05))
    return all(process.runs for process in processes)


def assert_same_training(folder, found, unbroken, expected):
    """Compares bit for bit: all variables, the log, the pictures.

    Args:
        folder: Where a training was killed, and ended.
        found: What it returned at its end.
        unbroken: The folder of one that was not killed.
        expected: What that one returned.
    """
    for part in ("generator", "discriminator", "ema_generator", "means"):
        assert f"{part}/0" in expected
    for name in set(expected) - {"digests", "seen"}:
        assert found[name].tobytes() == expected[name].tobytes(), name
    for one, other in zip(found["seen"], expected["seen"], strict=True):
        assert one.tobytes() == other.tobytes()
    for file in ("log.jsonl", "samples/epoch_0040.png"):
        assert (folder / file).read_bytes() == (unbroken / file).read_bytes(), file
    assert [path for path in folder.rglob("*.tmp")] == []
