"""Tries optimizers' switches on two logical CPU devices, and prints what came out.

Run by test_switches_conformance.py in a process of its own, as replica_worker.py is.
"""

import json
import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras
import numpy as np
import tensorflow as tf

import keras_gan
from keras_gan.training.optimizers.gradients import apply_gradients

(CPU,) = tf.config.list_physical_devices("CPU")
tf.config.set_logical_device_configuration(
    CPU, [tf.config.LogicalDeviceConfiguration()] * 2
)
MIRRORED = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
ONE = tf.distribute.get_strategy()
IMAGES = np.random.default_rng(0).uniform(-1, 1, (400, 4, 3, 1)).astype(np.float32)
LABELS = np.arange(400) % 3
SGD = keras.optimizers.SGD
LossScale = keras.optimizers.LossScaleOptimizer


def networks(policy="float32"):
    """Two smooth conditional networks, whose embeddings have sparse gradients."""

    def label_features():
        label = keras.Input((), dtype="int32")
        return label, keras.layers.Embedding(3, 4, dtype=policy)(label)

    def dense(units, activation=None, **options):
        return keras.layers.Dense(units, activation, dtype=policy, **options)

    latent, images = keras.Input((4,)), keras.Input((4, 3, 1))
    label, features = label_features()
    x = keras.layers.Concatenate(dtype=policy)([latent, features])
    x = dense(12, "tanh")(dense(16, "silu")(x))
    x = keras.layers.Reshape((4, 3, 1), dtype=policy)(x)
    generator = keras.Model([latent, label], x)
    label, features = label_features()
    x = keras.layers.Flatten(dtype=policy)(images)
    x = keras.layers.Concatenate(dtype=policy)([x, features])
    x = dense(16, "silu", kernel_constraint=keras.constraints.MaxNorm(1.5))(x)
    return generator, keras.Model([images, label], dense(1)(x))


def make(strategy, make_optimizer, loss="non_saturating", policy="float32", **options):
    keras.utils.set_random_seed(0)
    with strategy.scope():
        gan = keras_gan.GAN(*networks(policy), num_classes=3, seed=3)
        gan.compile(make_optimizer(), make_optimizer(), loss, **options)
    return gan


def fit(gan, steps=20):
    data = (IMAGES[: 20 * steps], LABELS[: 20 * steps])
    dataset = tf.data.Dataset.from_tensor_slices(data).batch(20, drop_remainder=True)
    gan.fit(dataset, verbose=0)
    return gan


def weights(gan):
    networks = (gan.generator, gan.discriminator)
    return [v.numpy() for network in networks for v in network.trainable_variables]


def largest(one, other):
    return max(float(np.abs(a - b).max()) for a, b in zip(one, other, strict=True))


UNCLIPPED = []


def difference(make_optimizer, steps_per_execution=1):
    """Of two replicas from one, and of one from plain SGD, after 20 steps, k = 2."""
    if not UNCLIPPED:
        gan = make(ONE, lambda: SGD(0.5, 0.5), discriminator_steps=2)
        UNCLIPPED.extend(weights(fit(gan)))
    options = {"discriminator_steps": 2, "steps_per_execution": steps_per_execution}
    one = weights(fit(make(ONE, make_optimizer, **options)))
    two = weights(fit(make(MIRRORED, make_optimizer, **options)))
    return {"replicas": largest(one, two), "plain": largest(one, UNCLIPPED)}


def rising():
    """SGD whose rate falls and whose momentum rises with the step."""
    schedules = keras.optimizers.schedules
    rate = schedules.ExponentialDecay(0.5, 10, 0.5)
    return keras_gan.training.MomentumSGD(
        rate, schedules.PolynomialDecay(0.0, 20, 0.9), global_clipnorm=0.05
    )


class Injected(keras_gan.losses.NonSaturating):
    """A loss with an infinite slope on the second replica while the flag is up."""

    def __init__(self, side):
        self.side, self.flag = side, tf.Variable(0.0)

    def slope(self, side, logits):
        context = tf.distribute.get_replica_context()
        here = context.replica_id_in_sync_group == 1
        hit = tf.logical_and(here & (side == self.side), self.flag > 0)
        return tf.where(hit, np.inf, 0.0) * tf.reduce_mean(logits)

    def discriminator_loss(self, real_logits, fake_logits):
        loss = super().discriminator_loss(real_logits, fake_logits)
        return loss + self.slope("discriminator", fake_logits)

    def generator_loss(self, real_logits, fake_logits):
        loss = super().generator_loss(real_logits, fake_logits)
        return loss + self.slope("generator", fake_logits)


def overflow(side):
    """Three steps in float16, the second with an inf on the second replica."""
    with MIRRORED.scope():
        loss = Injected(side)
    gan = make(MIRRORED, lambda: SGD(0.1), loss, policy="mixed_float16")
    optimizer, network = getattr(gan, f"{side}_optimizer"), getattr(gan, side)
    found = []
    for flag in (0.0, 1.0, 0.0):
        loss.flag.assign(flag)
        fit(gan, steps=1)
        copies = [
            [part.numpy() for part in MIRRORED.experimental_local_results(v.value)]
            for v in network.variables
        ]
        found.append(
            {
                "scale": float(optimizer.dynamic_scale.numpy()),
                "iterations": int(optimizer.iterations.numpy()),
                "weights": [first.tolist() for first, _ in copies],
                "apart": max(float(np.abs(a - b).max()) for a, b in copies),
            }
        )
    return found


def clipped_overflow():
    """A weight and the scale after an inf on one replica, which clipping would hide."""
    with MIRRORED.scope():
        weight = keras.Variable([1.0, 2.0])
        optimizer = LossScale(SGD(0.1, clipvalue=0.1))
        optimizer.build([weight])

    def step():
        replica = tf.distribute.get_replica_context().replica_id_in_sync_group
        gradient = [tf.where(tf.equal(replica, 1), np.inf, 1.0), 1.0]
        apply_gradients(optimizer, [tf.stack(gradient)], [weight])

    MIRRORED.run(tf.function(step))
    return weight.numpy().tolist(), float(optimizer.dynamic_scale.numpy())


def refusals():
    """What `compile` says of switches that cannot be distributed."""
    averaged = {"use_ema": True, "ema_overwrite_frequency": 2}
    outside = SGD()
    attempts = (
        lambda: make(MIRRORED, SGD, jit_compile=True),
        lambda: make(MIRRORED, lambda: SGD(gradient_accumulation_steps=2)),
        lambda: make(MIRRORED, lambda: SGD(**averaged)),
        lambda: make(MIRRORED, lambda: outside),
        network_of_another_strategy,
    )
    messages = []
    for attempt in attempts:
        try:
            attempt()
        except ValueError as error:
            messages.append(str(error))
    return messages


def network_of_another_strategy():
    generator, discriminator = networks()
    with MIRRORED.scope():
        gan = keras_gan.GAN(generator, discriminator, num_classes=3)
    gan.compile("sgd", "sgd")


def compiled_outside_the_scope():
    """Whether names become optimizers of the GAN's strategy, and XLA stays off."""
    with MIRRORED.scope():
        gan = keras_gan.GAN(*networks(), num_classes=3, seed=3)
    gan.compile("sgd", "adam", ema_decay=0.9)
    fit(gan, steps=2)
    return int(gan.discriminator_optimizer.iterations.numpy()), gan.jit_compile


if __name__ == "__main__":
    print(json.dumps([eval(call) for call in sys.argv[1:]]))
