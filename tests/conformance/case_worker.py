"""Trains each architecture and prior on one device and on two logical CPU devices.

Run by test_cases.py; prints the largest difference in weights, by case. Dropout is off:
it alone may differ between topologies.
"""

import json
import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras
import numpy as np
import tensorflow as tf
from cases import LOSSES, PENALTIES, TRAININGS, fit, make_gan

from keras_gan import training
from keras_gan._strategies import open_strategy

(CPU,) = tf.config.list_physical_devices("CPU")
tf.config.set_logical_device_configuration(
    CPU, [tf.config.LogicalDeviceConfiguration()] * 2
)
MIRRORED = open_strategy("mirrored")


def train(strategy, case):
    with strategy.scope():
        gan = make_gan(run_eagerly=False, jit_compile=False, **case)
    for layer in gan.discriminator.layers:
        if isinstance(layer, keras.layers.Dropout):
            layer.rate = 0.0
        if isinstance(layer, keras.layers.BatchNormalization):
            assert layer.synchronized
    fit(gan, epochs=5)
    return training.read_state(gan)


def difference(case):
    one, two = (train(s, case) for s in (tf.distribute.get_strategy(), MIRRORED))
    return max(float(np.abs(one[name] - two[name]).max()) for name in one)


if __name__ == "__main__":
    names = [n for n in TRAININGS if n not in LOSSES and n not in PENALTIES]
    print(json.dumps({name: difference(TRAININGS[name]) for name in names}))
