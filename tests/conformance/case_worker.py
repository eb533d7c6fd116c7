"""Trains each architecture and prior on one device and on two logical CPU devices.

Run by test_cases.py; prints, by case, the largest difference in weights between the two
and how far the training moved the weights of the network that it moved less. Dropout is
off: it alone may differ between topologies.
"""

import json
import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras
import numpy as np
import tensorflow as tf
from cases import LOSSES, PENALTIES, TRAININGS, fit, make_gan

from keras_gan import training
from keras_gan.distribution.strategies import open_strategy

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
    networks = gan.generator, gan.discriminator
    if case.get("architecture", "").startswith("goodfellow"):
        # The authors' initial weights are so small that ten steps move nothing.
        for variable in gan.discriminator.trainable_variables:
            if variable.name == "kernel":
                variable.assign(100 * variable)
    before = [weights_of(network) for network in networks]
    fit(gan, epochs=5)
    after = [weights_of(network) for network in networks]
    return training.read_state(gan), min(map(furthest, before, after))


def weights_of(network):
    return [variable.numpy() for variable in network.trainable_variables]


def furthest(arrays, others):
    pairs = zip(arrays, others, strict=True)
    return max(float(np.abs(one - other).max()) for one, other in pairs)


def difference(case):
    (one, moved), (two, _) = (
        train(s, case) for s in (tf.distribute.get_strategy(), MIRRORED)
    )
    assert one.keys() == two.keys()
    return {"difference": furthest(one.values(), two.values()), "moved": moved}


if __name__ == "__main__":
    names = [n for n in TRAININGS if n not in LOSSES and n not in PENALTIES]
    print(json.dumps({name: difference(TRAININGS[name]) for name in names}))
