"""Memory that does not grow with the number of training steps."""

import json
import subprocess
import sys

import pytest

PROGRAM = """
import json, sys
import keras, tensorflow as tf
from keras_gan import GAN, architectures

BATCH, SIDE, MARKS = 100, 28, (750, 1750)

def resident():
    with open("/proc/self/status") as lines:
        fields = dict(line.split(":", 1) for line in lines)
    return 1024 * int(fields["VmRSS"].split()[0])

class Memory(keras.callbacks.Callback):
    marks = []

    def on_train_batch_end(self, batch, logs=None):
        if batch + 1 in MARKS:
            self.marks.append(resident())

def draw(number):
    key = tf.stack([0, number])
    return tf.random.stateless_uniform((BATCH, SIDE, SIDE, 1), key, -1.0, 1.0)

units = {"generator_units": [16], "discriminator_units": [16]}
gan = GAN(*architectures.build("mlp", image_shape=(SIDE, SIDE, 1), **units), seed=0)
gan.compile(keras.optimizers.SGD(0.01), keras.optimizers.SGD(0.01))
numbers = tf.data.Dataset.range(MARKS[-1], output_type=tf.int32)
gan.fit(numbers.map(draw).prefetch(2), epochs=1, verbose=0, callbacks=[Memory()])
print(json.dumps(Memory.marks))
"""
IMAGES_OF_A_THOUSAND_STEPS = 1000 * 100 * 28 * 28 * 4  # 299 MiB


@pytest.mark.slow
def test_training_on_a_stream_does_not_keep_what_has_passed():
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True
    )
    early, late = json.loads(done.stdout.splitlines()[-1])
    # A twentieth of the images: 15 MiB, which is also 16 KiB a step.
    assert late - early < IMAGES_OF_A_THOUSAND_STEPS / 20
