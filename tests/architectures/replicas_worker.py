"""Trains an architecture by a step on one device and on two, at 32×32×3 with labels.

Run by test_residual.py in a process of its own: logical devices are set once a process.
Argument: the architecture's name. Prints the largest difference of any weight.
"""

import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras
import numpy as np
import tensorflow as tf

from keras_gan import GAN, architectures
from keras_gan.distribution.strategies import open_strategy

(CPU,) = tf.config.list_physical_devices("CPU")
tf.config.set_logical_device_configuration(
    CPU, [tf.config.LogicalDeviceConfiguration()] * 2
)
RANDOM = np.random.default_rng(0)
IMAGES = RANDOM.uniform(-1, 1, (8, 32, 32, 3)).astype(np.float32)
LABELS = np.arange(8, dtype=np.int32) % 3


def train(strategy):
    """Returns the weights before and after a step."""
    keras.utils.set_random_seed(0)
    with strategy.scope():
        networks = architectures.build(
            sys.argv[1],
            image_shape=(32, 32, 3),
            latent_dim=8,
            num_classes=3,
            generator_filters=8,
            discriminator_filters=8,
        )
        gan = GAN(*networks, num_classes=3, seed=0)
        gan.compile(keras.optimizers.SGD(0.01), keras.optimizers.SGD(0.01), "hinge")
    before = [variable.numpy() for variable in gan.trainable_variables]
    data = tf.data.Dataset.from_tensors((IMAGES, LABELS))
    gan.fit(data, verbose=0)
    return before, [variable.numpy() for variable in gan.variables]


def difference(weights, others):
    return max(np.abs(a - b).max() for a, b in zip(weights, others, strict=True))


if __name__ == "__main__":
    before, one = train(tf.distribute.get_strategy())
    again, two = train(open_strategy("mirrored"))
    assert difference(before, again) == 0.0
    moved = [not any(np.array_equal(b, v) for v in one) for b in before]
    assert np.mean(moved) > 0.6, np.mean(moved)
    print(difference(one, two))
