"""Times what is not computing: starting, and the ends of epochs.

    python scripts/benchmark/overheads.py

Prints a line of JSON for each: the median seconds of starting a program, and an epoch
of 40 steps relative to 40 steps inside a long epoch. Sampling has sampling.py.
"""

import functools
import json
import os
import subprocess
import sys
import tempfile
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np

ROUNDS, STEPS = 9, 40


def seconds(call):
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


def run(*arguments):
    """Runs Python with the arguments."""
    subprocess.run([sys.executable, *arguments], check=True, capture_output=True)


def report(name, **values):
    rounded = {key: float(f"{value:.4g}") for key, value in values.items()}
    print(json.dumps({"what": name, **rounded}), flush=True)


def starting():
    programs = {
        "keras-gan --help": ["-m", "keras_gan", "--help"],
        "import keras_gan": ["-c", "import keras_gan"],
        "nothing": ["-c", ""],
    }
    for name, arguments in programs.items():
        times = [seconds(functools.partial(run, *arguments)) for _ in range(ROUNDS)]
        report(name, seconds=np.median(times))
    with tempfile.TemporaryDirectory() as folder:
        train = ["-m", "keras_gan", "train", "digits", "--steps", "1"]
        report(
            "keras-gan train digits --steps 1, until it ends",
            seconds=seconds(lambda: run(*train, "--out", f"{folder}/run")),
        )


def digits_gan():
    import keras

    from keras_gan import GAN, architectures

    networks = architectures.build("dcgan", image_shape=(28, 28, 1))
    gan = GAN(*networks, seed=0)
    gan.compile(
        keras.optimizers.Adam(2e-4, beta_1=0.5), keras.optimizers.Adam(2e-4, beta_1=0.5)
    )
    return gan


def epochs():
    import keras

    gan = digits_gan()
    random = np.random.default_rng(0)
    images = random.uniform(-1, 1, (STEPS * 64, 28, 28, 1)).astype(np.float32)

    class Clock(keras.callbacks.Callback):
        def __init__(self):
            super().__init__()
            self.steps, self.ends = [], []

        def on_train_batch_end(self, batch, logs=None):
            self.steps.append(time.perf_counter())

        def on_epoch_end(self, epoch, logs=None):
            self.ends.append(time.perf_counter())

    gan.fit(images, batch_size=64, epochs=1, verbose=0)
    ratios = []
    for _ in range(ROUNDS):
        short, long = Clock(), Clock()
        gan.fit(images, batch_size=64, epochs=5, verbose=0, callbacks=[short])
        many = np.concatenate([images] * 5)
        gan.fit(many, batch_size=64, epochs=1, verbose=0, callbacks=[long])
        epoch = np.median(np.diff(short.ends))
        ratios.append(epoch / (STEPS * np.mean(np.diff(long.steps))))
    report("epoch of 40 steps over 40 steps of a long one", ratio=np.median(ratios))


def main():
    starting()
    epochs()


if __name__ == "__main__":
    main()
