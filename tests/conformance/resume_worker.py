"""Trains a small GAN with every kind of state, until the end or until it is killed.

Run by test_resume.py and test_workers.py: `resume_worker.py FOLDER STRATEGY`, where
STRATEGY is "none", "mirrored" (two logical CPU devices) or "multi-worker" (TF_CONFIG
says which). What may differ is in environment variables, such as EPOCHS. At the end
each process writes `final_0.npz`: its variables, their digest after each epoch, the
examples that its replicas were given in two epochs.
"""

import hashlib
import os
import sys
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import tensorflow as tf

import keras_gan
from keras_gan import callbacks, data, experiment, training
from keras_gan.distribution.strategies import open_strategy
from keras_gan.training.fitting.feed import Feed

IMAGES = np.random.default_rng(0).integers(0, 256, (200, 4, 3, 1), dtype=np.uint8)


def open_devices(name):
    if name == "mirrored":
        (cpu,) = tf.config.list_physical_devices("CPU")
        tf.config.set_logical_device_configuration(
            cpu, [tf.config.LogicalDeviceConfiguration()] * 2
        )
    return open_strategy(name)


def make_gan():
    layers = keras.layers
    generator = keras.Sequential(
        [
            keras.Input((4,)),
            # A bias here has no gradient but rounding errors, which Adam would magnify.
            layers.Dense(16, use_bias=False),
            layers.BatchNormalization(synchronized=True),
            layers.Activation("silu"),
            layers.Dense(12, "tanh"),
            layers.Reshape((4, 3, 1)),
        ]
    )
    discriminator = keras.Sequential(
        [
            keras.Input((4, 3, 1)),
            layers.Flatten(),
            layers.Dense(16, "silu"),
            layers.Dropout(float(os.environ.get("DROPOUT", "0.3"))),
            layers.Dense(1),
        ]
    )
    seed = int(os.environ.get("SEED", "3"))
    gan = keras_gan.GAN(generator, discriminator, seed=seed)
    gan.compile(
        keras.optimizers.Adam(1e-2, beta_1=0.5),
        keras.optimizers.SGD(
            keras.optimizers.schedules.ExponentialDecay(0.1, 50, 0.9), momentum=0.5
        ),
        os.environ.get("LOSS", "non_saturating"),
        discriminator_steps=2,
        ema_decay=0.99,
        jit_compile=False,
    )
    return gan


class Digests(keras.callbacks.Callback):
    """The weights after each epoch, in few letters."""

    def __init__(self):
        super().__init__()
        self.found = []

    def on_epoch_end(self, epoch, logs=None):
        sums = hashlib.sha256()
        for value in training.read_state(self.model).values():
            sums.update(value.tobytes())
        self.found.append(sums.hexdigest())


def examples_seen(strategy, epoch):
    """The numbers of the examples that this process's replicas are given."""
    numbered = np.arange(200, dtype=np.uint8).reshape(200, 1, 1, 1)
    dataset = data.load(numbered, batch_size=20, seed=5, value_range=(0.0, 255.0))
    batches = Feed(dataset, strategy).start(epoch)
    parts = [
        part.numpy().ravel()
        for batch in batches
        for part in strategy.experimental_local_results(batch)
    ]
    return np.concatenate(parts)


def main(folder, strategy_name):
    strategy = open_devices(strategy_name)
    experiment.make_deterministic()
    with strategy.scope():
        gan = make_gan()
    digests = Digests()
    gan.fit(
        data.load(IMAGES, batch_size=20, seed=int(os.environ.get("DATA_SEED", "5"))),
        epochs=int(os.environ.get("EPOCHS", "40")),
        verbose=0,
        callbacks=[
            callbacks.JSONLog(folder / "log.jsonl", every=3, batch_size=20),
            callbacks.SampleGrid(folder / "samples", n=4, every=10),
            callbacks.Checkpoint(folder / "checkpoints", every_steps=7, keep=2),
            digests,
        ],
    )
    resolver = strategy.cluster_resolver
    worker = resolver.task_id if strategy_name == "multi-worker" else 0
    np.savez(
        folder / f"final_{worker}.npz",
        digests=digests.found,
        seen=[examples_seen(strategy, epoch) for epoch in (0, 1)],
        **training.read_state(gan),
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
