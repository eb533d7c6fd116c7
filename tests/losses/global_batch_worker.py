"""Takes losses and penalties over the parts of a batch that two replicas hold.

Run by test_global_batch.py in a process of its own, with two logical CPU devices, or
as one of two processes that TF_CONFIG names. Prints the global values and gradients.
"""

import json
import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import numpy as np
import tensorflow as tf

from keras_gan import losses
from keras_gan.losses import penalties

REAL, FAKE = np.random.default_rng(0).normal(0, 2, (2, 8, 3))
UNIFORM = np.random.default_rng(1).uniform(size=8)
WEIGHTS = np.random.default_rng(2).normal(0, 1, (3, 5))
PENALTIES = {
    "R1": penalties.R1(0.7),
    "R2": penalties.R2(0.7),
    "GradientPenalty": penalties.GradientPenalty(),
}
SIDES = ("discriminator_loss", "generator_loss")
OBJECTIVES = [f"{name}.{side}" for name in losses.names() for side in SIDES]
OBJECTIVES += PENALTIES


def make_strategy():
    if "TF_CONFIG" in os.environ:
        return tf.distribute.MultiWorkerMirroredStrategy()
    (cpu,) = tf.config.list_physical_devices("CPU")
    two = [tf.config.LogicalDeviceConfiguration()] * 2
    tf.config.set_logical_device_configuration(cpu, two)
    return tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])


def objective(name, weights, real, fake, uniform):
    """What a player or a penalty makes of one replica's part."""

    def discriminator(images):
        return tf.reduce_sum(tf.tanh(tf.matmul(images, weights)), axis=1)

    if name in PENALTIES:
        penalty = PENALTIES[name]
        more = {"uniform": uniform} if penalty.needs_uniform else {}
        return penalty(discriminator, real, fake, **more)
    loss, side = name.split(".")
    method = getattr(losses.get(loss), side)
    return method(discriminator(real), discriminator(fake))


def step(weights, part, parts):
    """Values and gradients as training takes them, all within one step."""
    context = tf.distribute.get_replica_context()
    mine = [tf.constant(x)[part::parts] for x in (REAL, FAKE, UNIFORM)]
    found = {}
    for name in OBJECTIVES:
        with tf.GradientTape() as tape:
            tape.watch(weights)
            value = objective(name, weights, *mine) / parts
        gradient = tape.gradient(value, weights)
        total = tf.concat([[value], tf.reshape(gradient, [-1])], axis=0)
        found[name] = context.all_reduce("sum", total) if parts > 1 else total
        # As in training, an update starts when the one before has ended.
        with tf.control_dependencies([found[name]]):
            weights = tf.identity(weights)
    return found


def over_replicas():
    """What each of the replicas of this process finds."""
    strategy = make_strategy()

    def replica():
        context = tf.distribute.get_replica_context()
        part, parts = context.replica_id_in_sync_group, context.num_replicas_in_sync
        return step(tf.constant(WEIGHTS), part, parts)

    @tf.function
    def run():
        return strategy.run(replica)

    results = [run() for _ in range(20)][-1]
    return [
        {
            name: strategy.experimental_local_results(value)[replica].numpy().tolist()
            for name, value in results.items()
        }
        for replica in range(len(strategy.experimental_local_results(results["R1"])))
    ]


if __name__ == "__main__":
    print(json.dumps(over_replicas()))
