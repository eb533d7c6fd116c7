"""Trains R3GAN by a step in each way that penalties make hard.

Run by test_r3gan.py in a process of its own: logical devices are set once a process.
Arguments: filters, blocks per stage, cardinality, and "all" for every way and penalty.
"""

import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras
import numpy as np
import tensorflow as tf

from keras_gan import GAN, architectures
from keras_gan.distribution.strategies import open_strategy
from keras_gan.losses.penalties import R1, R2

(CPU,) = tf.config.list_physical_devices("CPU")
tf.config.set_logical_device_configuration(
    CPU, [tf.config.LogicalDeviceConfiguration()] * 2
)
FILTERS, BLOCKS, CARDINALITY = (int(argument) for argument in sys.argv[1:4])
ALL = "all" in sys.argv
PENALTIES = [R1(0.1), R2(0.1)] if ALL else [R1(0.1)]
IMAGES = np.random.default_rng(0).uniform(-1, 1, (4, 32, 32, 3)).astype(np.float32)


def train(strategy, *, precision="float32", jit_compile=False):
    """Returns the trained weights, after checks that they are finite and moved."""
    keras.utils.set_random_seed(0)
    keras.config.set_dtype_policy(precision)
    with strategy.scope():
        networks = architectures.build(
            "r3gan",
            image_shape=(32, 32, 3),
            latent_dim=8,
            generator_filters=FILTERS,
            discriminator_filters=FILTERS,
            blocks_per_stage=BLOCKS,
            cardinality=CARDINALITY,
        )
        gan = GAN(*networks, seed=0)
        gan.compile(
            keras.optimizers.SGD(0.01),
            keras.optimizers.SGD(0.01),
            "relativistic",
            penalties=PENALTIES,
            jit_compile=jit_compile,
        )
    variables = gan.generator.trainable_variables, gan.discriminator.trainable_variables
    before = [[v.numpy() for v in group] for group in variables]
    gan.fit(tf.data.Dataset.from_tensors(IMAGES), verbose=0)
    after = [[v.numpy() for v in group] for group in variables]
    for old, new in zip(before, after, strict=True):
        assert all(np.isfinite(value).all() for value in new)
        moved = max(np.abs(b - a).max() for a, b in zip(old, new, strict=True))
        assert moved > 1e-5, moved
    return [*after[0], *after[1]]


def difference(weights, others):
    return max(np.abs(a - b).max() for a, b in zip(weights, others, strict=True))


if __name__ == "__main__":
    one = tf.distribute.get_strategy()
    plain = train(one)
    train(one, precision="mixed_bfloat16", jit_compile=True)
    two = train(open_strategy("mirrored"))
    assert difference(plain, two) < 1e-5, difference(plain, two)
    if ALL:
        compiled = train(one, jit_compile=True)
        assert difference(plain, compiled) < 1e-5, difference(plain, compiled)
        train(one, precision="mixed_bfloat16")
