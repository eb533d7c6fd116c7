"""The order in which images arrive, of images that are filled with their number."""

import numpy as np
import tensorflow as tf
from harness.replicas import on_each, split_the_cpu, two_replicas

from keras_gan import data

# Image i is filled with the value i, so that a batch shows its order.
NUMBERED = np.repeat(np.arange(40, dtype=np.uint8), 6).reshape(40, 3, 2, 1)


def load_numbered(**arguments):
    return data.load(NUMBERED, value_range=(0, 255), **{"batch_size": 8, **arguments})


def order_of_two_replicas():
    """Returns the numbers of two epochs, as two replicas together are given them."""
    with two_replicas().scope():
        dataset = load_numbered(seed=7)
        dataset = two_replicas().experimental_distribute_dataset(dataset)
    return [
        [
            int(number)
            for batch in dataset
            for number in np.concatenate(on_each(batch))[:, 0, 0, 0]
        ]
        for _ in range(2)
    ]


def order_of_another_process():
    split_the_cpu()
    tf.random.set_seed(99)
    return order_of_two_replicas()
