"""Losses and penalties over the parts of a batch that replicas hold."""

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


def objective(name, weights, real, fake, uniform):
    """Gives what a player or a penalty makes of one replica's part."""

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


def over_replicas(strategy):
    """Returns what each of the replicas of this process finds, by objective."""

    def replica():
        context = tf.distribute.get_replica_context()
        part, parts = context.replica_id_in_sync_group, context.num_replicas_in_sync
        return step(tf.constant(WEIGHTS), part, parts)

    @tf.function
    def run():
        return strategy.run(replica)

    results = [run() for _ in range(20)][-1]
    by_replica = [
        [(name, part.numpy()) for part in strategy.experimental_local_results(value)]
        for name, value in results.items()
    ]
    return [dict(replica) for replica in zip(*by_replica, strict=True)]


def assert_equal_to_one_device(replicas):
    """Compares what replicas found with what a single device makes of it all."""
    whole = step(tf.constant(WEIGHTS), 0, 1)
    for replica in replicas:
        assert replica.keys() == whole.keys()
        for name, value_and_gradient in replica.items():
            np.testing.assert_allclose(
                value_and_gradient, whole[name], atol=1e-12, err_msg=name
            )
