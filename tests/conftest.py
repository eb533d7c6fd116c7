"""Quiet TensorFlow with two devices, and what many tests use."""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import pytest
from harness.replicas import split_the_cpu

split_the_cpu()


@pytest.fixture(autouse=True)
def fixed_seeds():
    """Every test starts from the same random state."""
    keras.utils.set_random_seed(0)


@pytest.fixture
def images():
    """32 images of 8×8 in [-1, 1]."""
    return np.random.default_rng(0).uniform(-1, 1, (32, 8, 8, 1)).astype(np.float32)


class BreakOff(keras.callbacks.Callback):
    """Ends a training as a kill does, without a word to other callbacks."""

    def __init__(self, steps):
        super().__init__()
        self.left = steps

    def on_train_batch_end(self, batch, logs=None):
        self.left -= 1
        if self.left == 0:
            raise KeyboardInterrupt


@pytest.fixture
def break_off_after():
    """From a number of steps to a callback that raises KeyboardInterrupt then."""
    return BreakOff
