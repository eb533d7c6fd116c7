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
