"""A GAN of a few weights, for callbacks that must see it train."""

import keras
import numpy as np
import pytest
from harness.gans import dense_gan

from keras_gan import callbacks


@pytest.fixture
def make_tiny_gan():
    """Makes a GAN of 2×2 images, compiled to run eagerly with SGD of rate 0.5."""

    def make(generator_optimizer=None, discriminator_optimizer=None, **options):
        keras.utils.set_random_seed(0)
        gan = dense_gan()
        gan.compile(
            generator_optimizer=generator_optimizer
            or keras.optimizers.SGD(0.5, momentum=0.5),
            discriminator_optimizer=discriminator_optimizer
            or keras.optimizers.SGD(0.5, momentum=0.5),
            **{"run_eagerly": True} | options,
        )
        return gan

    return make


@pytest.fixture
def tiny_images():
    """8 images of 2×2 in [-1, 1]."""
    return np.random.default_rng(0).uniform(-1, 1, (8, 2, 2, 1)).astype(np.float32)


@pytest.fixture
def killed_and_resumed(make_tiny_gan, tiny_images, tmp_path):
    """Trains for 2 epochs of 4 steps, killed before a step and started again.

    There are checkpoints at the beginning and after steps 3 and 6.
    """

    def train(make_callbacks, killed_at):
        def break_off(batch, logs):
            if int(gan.step) == killed_at:
                raise MemoryError

        killer = keras.callbacks.LambdaCallback(on_train_batch_begin=break_off)
        for last in ([killer], []):
            gan = make_tiny_gan()
            checkpoint = callbacks.Checkpoint(tmp_path / "kept", every_steps=3)
            listed = [*make_callbacks(), checkpoint, *last]
            try:
                return gan.fit(
                    tiny_images, batch_size=2, epochs=2, callbacks=listed, verbose=0
                )
            except MemoryError:
                continue
        raise AssertionError("the second training was killed too")

    return train
