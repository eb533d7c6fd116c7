"""Quiet TensorFlow, and small networks that many tests use."""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import pytest

import keras_gan


@pytest.fixture(autouse=True)
def fixed_seeds():
    """Every test starts from the same random state."""
    keras.utils.set_random_seed(0)


def small_gan(*, num_classes=None, latent_dim=4, **arguments):
    """A convolutional GAN on 8×8 images with every kind of state that we ship."""
    generator, discriminator = keras_gan.architectures.build(
        "dcgan",
        image_shape=(8, 8, 1),
        latent_dim=latent_dim,
        num_classes=num_classes,
        generator_filters=4,
        discriminator_filters=2,
        **({} if num_classes is None else {"class_features": 8}),
    )
    return keras_gan.GAN(
        generator, discriminator, num_classes=num_classes, seed=1, **arguments
    )


@pytest.fixture
def make_small_gan():
    """The function `small_gan`."""
    return small_gan


@pytest.fixture
def images():
    """32 images of 8×8 in [-1, 1]."""
    return np.random.default_rng(0).uniform(-1, 1, (32, 8, 8, 1)).astype(np.float32)


class BreakOff(keras.callbacks.Callback):
    """Ends a training as a kill does: no other callback hears of it."""

    def __init__(self, steps):
        super().__init__()
        self.left = steps

    def on_train_batch_end(self, batch, logs=None):
        self.left -= 1
        if self.left == 0:
            raise MemoryError


@pytest.fixture
def break_off_after():
    """From a number of steps to a callback that raises MemoryError then."""
    return BreakOff
