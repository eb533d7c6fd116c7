"""Means over the batch are over the global batch, and so are the gradients."""

import json
import os
import socket
import subprocess
import sys
from inspect import isclass
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
from global_batch_worker import PENALTIES, WEIGHTS, step

from keras_gan.losses import penalties

WORKER = Path(__file__).with_name("global_batch_worker.py")


def run_workers(*environments):
    """What every replica found, of processes that run at the same time."""
    processes = [
        subprocess.Popen(
            [sys.executable, WORKER],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ | environment,
        )
        for environment in environments
    ]
    found = []
    try:
        for process in processes:
            output, errors = process.communicate(timeout=200)
            assert process.returncode == 0, errors[-3000:]
            found += json.loads(output.splitlines()[-1])
    finally:
        for process in processes:
            process.kill()
    return found


def two_workers():
    """The TF_CONFIG of each of two processes on this machine."""
    with socket.socket() as first, socket.socket() as second:
        for free in (first, second):
            free.bind(("localhost", 0))
        addresses = [f"localhost:{s.getsockname()[1]}" for s in (first, second)]
    return [
        {
            "TF_CONFIG": json.dumps(
                {
                    "cluster": {"worker": addresses},
                    "task": {"type": "worker", "index": index},
                }
            )
        }
        for index in (0, 1)
    ]


def test_every_public_penalty_is_tried():
    public = {name for name, value in vars(penalties).items() if isclass(value)}
    assert set(PENALTIES) == public


@pytest.mark.parametrize("environments", [lambda: [{}], two_workers])
def test_two_replicas_have_the_values_and_gradients_of_one(environments):
    whole = step(tf.constant(WEIGHTS), 0, 1)
    replicas = run_workers(*environments())
    assert len(replicas) == 2
    for replica in replicas:
        assert replica.keys() == whole.keys()
        for name, value_and_gradient in replica.items():
            np.testing.assert_allclose(
                value_and_gradient, whole[name], atol=1e-12, err_msg=name
            )
