"""Trains on one device and on two logical CPU devices, and prints how they differ.

Run by test_replicas.py in a process of its own: logical devices are set once a process.
"""

import json
import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras
import numpy as np
import tensorflow as tf

import keras_gan
from keras_gan.augmentation import AdaptiveAugment, InstanceNoise
from keras_gan.distribution.strategies import open_strategy
from keras_gan.layers import PackedDiscriminator
from keras_gan.losses.penalties import R1, R2, GradientPenalty

(CPU,) = tf.config.list_physical_devices("CPU")
tf.config.set_logical_device_configuration(
    CPU, [tf.config.LogicalDeviceConfiguration()] * 2
)
# One strategy for the process: a second one would use its collectives' keys again.
# The package's choice is TensorFlow's default, over both devices.
MIRRORED = open_strategy("mirrored")
ALL_PENALTIES = [R1(0.5), R2(0.5), GradientPenalty()]
IMAGES = np.random.default_rng(0).uniform(-1, 1, (400, 4, 3, 1)).astype(np.float32)
BATCH = 20


def overfitting():
    """An augmentation whose p rises in every step."""
    return AdaptiveAugment(target=-0.99, ramp_images=800, interval=1)


def noisy():
    """An augmentation that draws a number for each pixel."""
    return InstanceNoise(0.3)


def networks(*, normalized=False, dropout=0.0, pack=1):
    """Two smooth networks.

    Where a unit has a kink, a rounding error can carry it to the other side, and then
    trainings differ by 1e-3; on one device too, where weights begin 6e-8 apart.
    """
    layers = keras.layers
    norm = [layers.BatchNormalization(synchronized=True)] if normalized else []
    drop = [layers.Dropout(dropout, name="mask")] if dropout else []
    generator = keras.Sequential(
        [
            keras.Input((4,)),
            layers.Dense(16, "silu"),
            *norm,
            layers.Dense(12, "tanh"),
            layers.Reshape((4, 3, 1)),
        ]
    )
    discriminator = keras.Sequential(
        [
            keras.Input((4, 3, pack)),
            layers.Flatten(),
            layers.Dense(16, "silu"),
            *drop,
            layers.Dense(1),
        ]
    )
    if pack > 1:
        discriminator = PackedDiscriminator(discriminator, pack)
    return generator, discriminator


def train(
    strategy,
    *,
    loss="non_saturating",
    k=1,
    penalties=(),
    steps_per_execution=1,
    rate=0.1,
    augment=None,
    **options,
):
    keras.utils.set_random_seed(0)
    with strategy.scope():
        gan = keras_gan.GAN(*networks(**options), seed=3)
        gan.compile(
            keras.optimizers.SGD(rate, momentum=0.5),
            keras.optimizers.SGD(rate, momentum=0.5),
            loss,
            discriminator_steps=k,
            penalties=penalties,
            augment=None if augment is None else augment(),
            ema_decay=0.9,
            steps_per_execution=steps_per_execution,
        )
    dataset = tf.data.Dataset.from_tensor_slices(IMAGES).batch(
        BATCH, drop_remainder=True
    )
    logs = gan.fit(dataset, verbose=0).history
    evaluated = gan.evaluate(dataset, verbose=0, return_dict=True)
    return gan.get_weights(), {
        **logs,
        **{f"val_{n}": [v] for n, v in evaluated.items()},
    }


def difference(steps_per_execution=1, **options):
    """The largest differences in weights and in logs after 20 steps."""
    weights, logs = train(tf.distribute.get_strategy(), **options)
    mirrored, mirrored_logs = train(
        MIRRORED, steps_per_execution=steps_per_execution, **options
    )
    return {
        "weights": max(
            float(np.abs(a - b).max()) for a, b in zip(weights, mirrored, strict=True)
        ),
        "logs": max(abs(logs[name][0] - mirrored_logs[name][0]) for name in logs),
    }


def repetitions(count, **options):
    """The sum of all weights after each of many trainings on two replicas."""
    sums = []
    for _ in range(count):
        weights, _ = train(MIRRORED, **options)
        sums.append(float(sum(np.abs(array).sum() for array in weights)))
    return sums


def refusals():
    """What `fit` says of batches that two replicas cannot share."""
    messages = []
    short = tf.data.Dataset.from_tensor_slices(IMAGES[:30])
    pairs = short.batch(6, drop_remainder=True)
    for data, options in (
        (short.batch(20), {}),
        (short.batch(6, drop_remainder=True), {"discriminator_steps": 2}),
        (IMAGES[:30], {}),
        (pairs, {"pack": 2}),
    ):
        with MIRRORED.scope():
            gan = keras_gan.GAN(*networks(pack=options.pop("pack", 1)), seed=3)
            gan.compile("sgd", "sgd", **options)
        try:
            size = None if isinstance(data, tf.data.Dataset) else 20
            gan.fit(data, batch_size=size, verbose=0)
        except ValueError as error:
            messages.append(str(error))
    return messages


def masks(merge=True):
    """Two dropout masks and the noise of two replicas, drawn in one training step.

    With `merge` the replicas wait for each other between the two, as in an update.
    """
    keras.utils.set_random_seed(0)
    with MIRRORED.scope():
        gan = keras_gan.GAN(*networks(dropout=0.5), seed=3)
        gan.compile("sgd", "sgd")
    from keras_gan.training.steps.random_layers import keyed_seeds
    from keras_gan.training.steps.streams import Streams

    def draw(_):
        streams = Streams(gan.seed, gan.step)
        with keyed_seeds([gan.discriminator], streams):
            layer = gan.discriminator.get_layer("mask")
            first = layer(tf.ones((3, 16)), training=True)
            if merge:
                tf.distribute.get_replica_context().all_reduce("SUM", first)
            second = layer(tf.ones((3, 16)), training=True)
        return first, second, streams.latents(0, 3, gan.prior, gan.latent_dim)

    results = MIRRORED.run(tf.function(draw), args=(0,))
    return [
        [value.numpy().tolist() for value in MIRRORED.experimental_local_results(r)]
        for r in results
    ]


if __name__ == "__main__":
    print(json.dumps([eval(call) for call in sys.argv[1:]]))
