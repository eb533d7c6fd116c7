"""Two replicas in one process: two logical devices of the CPU, one strategy over both.

TensorFlow counts its devices once a process, so conftest.py splits the CPU for all
tests; what is not under `two_replicas().scope()` has the first device alone.
"""

import functools

import tensorflow as tf

from keras_gan.distribution.strategies import open_strategy


def split_the_cpu():
    """Makes two logical devices of the CPU; before anything else of TensorFlow."""
    (cpu,) = tf.config.list_physical_devices("CPU")
    tf.config.set_logical_device_configuration(
        cpu, [tf.config.LogicalDeviceConfiguration()] * 2
    )


@functools.cache
def two_replicas():
    """Returns the only strategy over both: another would count its collectives anew."""
    strategy = open_strategy("mirrored")
    assert strategy.num_replicas_in_sync == 2
    return strategy


def one_device():
    return tf.distribute.get_strategy()


def on_each(value):
    """Returns what each replica of this process holds, as an array."""
    return [part.numpy() for part in two_replicas().experimental_local_results(value)]


def largest_difference(arrays, others):
    """The largest difference of any two numbers in two lists of arrays."""
    pairs = zip(arrays, others, strict=True)
    return max(float(abs(one - other).max()) for one, other in pairs)
