"""Measures memory while `fit` trains on more images than memory may hold.

    python scripts/benchmark/memory.py [--images 1000000] [--ceiling-mib 1024]

A dataset makes images of 28×28 from their numbers, in batches of 500, and a small GAN
trains on it. The kernel limits the data segment of the process (RLIMIT_DATA: all memory
that the process may write to, TensorFlow's included). Held in memory, a million such
images take 2,991 MiB. A second process under the same limit tries to hold them and must
fail; this shows that the limit works. Writes docs/results/memory.json and the chart
docs/images/memory.png.
"""

import argparse
import json
import os
import subprocess
import sys
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")  # as `keras-gan train` does

import numpy as np
from recording import IMAGES_FOLDER, record, rounded

MIB = 2**20
SHAPE, BATCH = (28, 28, 1), 500
MARKS = (10_000, 100_000, 1_000_000)


def status():
    """Returns MiB of this process: resident, their peak, and the data segment."""
    with open("/proc/self/status") as lines:
        fields = dict(line.split(":", 1) for line in lines)
    names = {
        "resident": "VmRSS",
        "resident_peak": "VmHWM",
        "data": "VmData",
    }
    return {key: int(fields[name].split()[0]) / 1024 for key, name in names.items()}


def streamed(count):
    """Returns a dataset that makes each batch of images from its numbers."""
    import tensorflow as tf

    def draw(numbers):
        key = tf.stack([tf.constant(0, tf.int64), numbers[0]])
        shape = (BATCH, *SHAPE)
        return tf.random.stateless_uniform(shape, key, -1.0, 1.0)

    numbers = tf.data.Dataset.range(count).batch(BATCH, drop_remainder=True)
    return numbers.map(draw, num_parallel_calls=1).prefetch(2)


def held(count):
    """Returns an array with the same number of images."""
    return np.full((count, *SHAPE), 0.5, np.float32)


def small_gan():
    import keras

    from keras_gan import GAN, architectures

    networks = architectures.build(
        "goodfellow_mlp",
        image_shape=SHAPE,
        latent_dim=32,
        generator_units=128,
        discriminator_units=64,
    )
    gan = GAN(*networks, seed=0)
    gan.compile(keras.optimizers.SGD(0.01), keras.optimizers.SGD(0.01))
    return gan


def train(source, count):
    """Trains; prints the memory after each number of images as one line of JSON."""
    import keras

    class Memory(keras.callbacks.Callback):
        """Records the memory at 200 evenly spaced moments."""

        def __init__(self):
            super().__init__()
            self.moments = []

        def on_train_batch_end(self, batch, logs=None):
            images = (batch + 1) * BATCH
            if images % max(count // 200, BATCH) == 0 or images == MARKS[0]:
                self.moments.append({"images": images, **status()})

    before = status()
    memory = Memory()
    started = time.perf_counter()
    options = {} if source == "streamed" else {"batch_size": BATCH}
    data = streamed(count) if source == "streamed" else held(count)
    small_gan().fit(data, epochs=1, verbose=0, callbacks=[memory], **options)
    seconds = time.perf_counter() - started
    result = {"before": before, "seconds": seconds, "moments": memory.moments}
    print(json.dumps(rounded(result, 5)), flush=True)


def run(source, count, ceiling_mib):
    """Trains in a process under the limit; returns the finished process."""
    import resource

    def limit():
        resource.setrlimit(resource.RLIMIT_DATA, (ceiling_mib * MIB,) * 2)

    command = [sys.executable, __file__, "--here", source, "--images", str(count)]
    return subprocess.run(command, preexec_fn=limit, capture_output=True, text=True)


def draw(results):
    import matplotlib.pyplot as plt

    moments = results["streamed"]["moments"]
    images = [moment["images"] for moment in moments]
    figure, axis = plt.subplots(figsize=(6, 3.2))
    axis.plot(images, [m["resident"] for m in moments], label="in memory")
    axis.plot(images, [m["data"] for m in moments], label="data segment")
    axis.axhline(
        results["ceiling_mib"], color="tab:red", ls="--", label="ceiling of the segment"
    )
    size = np.prod(SHAPE) * 4 / MIB
    counts = np.geomspace(min(images), max(images))
    axis.plot(counts, size * counts, color="0.6", label="the images, if held")
    axis.set_xscale("log")
    axis.set_ylim(0, 1.4 * results["ceiling_mib"])
    axis.set_xlabel("images trained on")
    axis.set_ylabel("MiB")
    axis.legend(fontsize=8, loc="upper left", ncols=2)
    axis.spines[["top", "right"]].set_visible(False)
    figure.tight_layout()
    figure.savefig(IMAGES_FOLDER / "memory.png", dpi=110)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--images", type=int, default=MARKS[-1])
    parser.add_argument("--ceiling-mib", type=int, default=1024)
    parser.add_argument("--here", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.here:
        train(arguments.here, arguments.images)
        return
    ended = {
        source: run(source, arguments.images, arguments.ceiling_mib)
        for source in ("streamed", "held")
    }
    if ended["streamed"].returncode:
        sys.exit(ended["streamed"].stderr)
    streamed_line = json.loads(ended["streamed"].stdout.splitlines()[-1])
    error = (ended["held"].stderr.strip().splitlines() or [""])[-1]
    results = {
        "ceiling_mib": arguments.ceiling_mib,
        "images": arguments.images,
        "streamed": streamed_line,
        "held": {"exit_code": ended["held"].returncode, "error": error},
    }
    record("memory", results)
    draw(results)
    marks = [m for m in streamed_line["moments"] if m["images"] in MARKS]
    print(json.dumps({"seconds": streamed_line["seconds"], "marks": marks}))
    print(json.dumps(results["held"]))


if __name__ == "__main__":
    main()
