"""A training of a small GAN with every kind of state, until its end or a kill."""

import hashlib

import keras
import numpy as np
from harness.replicas import split_the_cpu

import keras_gan
from keras_gan import callbacks, data, experiment, training
from keras_gan.distribution.strategies import open_strategy
from keras_gan.training.fitting.feed import Feed

EPOCHS = 40
IMAGES = np.random.default_rng(0).integers(0, 256, (200, 4, 3, 1), dtype=np.uint8)


def make_gan(loss, seed, dropout):
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
            layers.Dropout(dropout),
            layers.Dense(1),
        ]
    )
    gan = keras_gan.GAN(generator, discriminator, seed=seed)
    gan.compile(
        generator_optimizer=keras.optimizers.Adam(1e-2, beta_1=0.5),
        discriminator_optimizer=keras.optimizers.SGD(
            keras.optimizers.schedules.ExponentialDecay(0.1, 50, 0.9), momentum=0.5
        ),
        loss=loss,
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


def train_by_name(folder, strategy_name, **changes):
    """Trains to the same bits in every process in which TensorFlow has yet to begin."""
    if strategy_name == "mirrored":
        split_the_cpu()
    strategy = open_strategy(strategy_name)
    experiment.make_deterministic()
    return train(strategy, folder, **changes)


def train(
    strategy,
    folder,
    *,
    epochs=EPOCHS,
    loss="non_saturating",
    seed=3,
    data_seed=5,
    dropout=0.3,
):
    """Trains, and leaves a log, pictures and checkpoints in the folder.

    Returns:
        All variables by name; with them the weights' digest after each epoch, and the
        examples that this process's replicas were given in two epochs.
    """
    keras.utils.set_random_seed(0)
    with strategy.scope():
        gan = make_gan(loss, seed, dropout)
    digests = Digests()
    gan.fit(
        data.load(IMAGES, batch_size=20, seed=data_seed),
        epochs=epochs,
        verbose=0,
        callbacks=[
            callbacks.JSONLog(folder / "log.jsonl", every=3, batch_size=20),
            callbacks.SampleGrid(folder / "samples", n=4, every=10),
            callbacks.Checkpoint(folder / "checkpoints", every_steps=7, keep=2),
            digests,
        ],
    )
    return {
        "digests": digests.found,
        "seen": [examples_seen(strategy, epoch) for epoch in (0, 1)],
        **training.read_state(gan),
    }
