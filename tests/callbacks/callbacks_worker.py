"""Trains under two logical CPU devices with callbacks, and prints what they did.

Run by test_callbacks_replicas.py in a process of its own: `callbacks_worker.py FOLDER`.
"""

import json
import os
import sys
import warnings
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras
import numpy as np
import tensorflow as tf

import keras_gan
from keras_gan import callbacks

FOLDER = Path(sys.argv[1])
(CPU,) = tf.config.list_physical_devices("CPU")
tf.config.set_logical_device_configuration(
    CPU, [tf.config.LogicalDeviceConfiguration()] * 2
)
STRATEGY = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
IMAGES = np.random.default_rng(0).uniform(-1, 1, (16, 2, 2, 1)).astype(np.float32)

layers = keras.layers
with STRATEGY.scope():
    generator = keras.Sequential(
        [
            keras.Input((3,)),
            layers.Dense(4),
            layers.BatchNormalization(),  # each replica has moving statistics
            layers.Activation("tanh"),
            layers.Reshape((2, 2, 1)),
        ]
    )
    discriminator = keras.Sequential(
        [keras.Input((2, 2, 1)), layers.Flatten(), layers.Dense(1)]
    )
    gan = keras_gan.GAN(generator, discriminator, seed=1)
    gan.compile(
        keras.optimizers.SGD(0.5, momentum=0.5),
        keras.optimizers.SGD(0.5, momentum=0.5),
        run_eagerly=False,
    )


class BreakAt(keras.callbacks.Callback):
    """Puts a NaN into the discriminator when so many steps are done, once."""

    broken = False

    def on_train_batch_begin(self, batch, logs=None):
        if int(gan.step) == 9 and not self.broken:
            self.broken = True
            kernel = gan.discriminator.trainable_variables[0]
            kernel.assign(np.full(kernel.shape, np.nan))


checkpoint = callbacks.Checkpoint(FOLDER / "checkpoints", every_steps=3)
listed = [
    callbacks.EvaluateMetrics({"spread": lambda gan: gan.sample(8, seed=0).std()}),
    callbacks.LearningRateSchedule(
        lambda epoch, rate: rate / 2,
        keras.optimizers.schedules.ExponentialDecay(0.5, 1, 0.5),
    ),
    callbacks.WarnOnCollapse(IMAGES),
    callbacks.StopOnEquilibrium(),
    callbacks.TensorBoard(FOLDER / "board", every=2, samples=4),
    checkpoint,
    callbacks.StopOnNaN(every=2, checkpoint=checkpoint),
    BreakAt(),
]
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    history = gan.fit(IMAGES, batch_size=4, epochs=5, callbacks=listed, verbose=0)
records = [
    [value.tag, event.step, value.simple_value]
    for path in (FOLDER / "board").iterdir()
    for event in tf.compat.v1.train.summary_iterator(str(path))
    for value in event.summary.value
    if value.HasField("simple_value")
]
print(
    json.dumps(
        {
            "history": history.history,
            "step": int(gan.step),
            "finite": all(np.isfinite(v.numpy()).all() for v in gan.variables),
            "warnings": [str(w.message) for w in caught if w.category is UserWarning],
            "records": records,
        }
    )
)
