"""Times the start of programs, and the cost of an epoch's end.

    python scripts/benchmark/overheads.py

Measures the median seconds of starting a program, the parts of a short training, and
the time of an epoch of 40 steps relative to 40 steps inside a long epoch. (sampling.py
times the sampling.) Writes docs/results/overheads.json.
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
from processes import LOOPS_FOLDER
from recording import record, rounded

ROUNDS, STEPS, EPOCHS = 9, 40, 5


def seconds(call):
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


def run(*arguments):
    """Runs Python with these arguments."""
    subprocess.run([sys.executable, *arguments], check=True, capture_output=True)


def report(name, **values):
    print(name, rounded(values), flush=True)
    record("overheads", {name: rounded(values)})


def starting():
    programs = {
        "keras-gan --help": ["-m", "keras_gan", "--help"],
        "import keras_gan": ["-c", "import keras_gan"],
        "nothing": ["-c", ""],
    }
    for name, arguments in programs.items():
        times = [seconds(functools.partial(run, *arguments)) for _ in range(ROUNDS)]
        report(name, seconds=np.median(times))


def commands():
    """Times a short training to its end, its parts, and the first image of its run."""
    train = ["train", "digits", "--steps", "1", "--out"]
    trained, drawn, parts = [], [], []
    with tempfile.TemporaryDirectory() as folder:
        draw = ["sample", f"{folder}/0", "--n", "1", "--out", f"{folder}/1.png"]
        for number in range(ROUNDS):
            trained.append(seconds_of([*train, f"{folder}/{number}"]))
            drawn.append(seconds_of(draw))
            parts.append(parts_of([*train, f"{folder}/parts-{number}"]))
    report(
        "keras-gan train digits --steps 1, until it ends", seconds=np.median(trained)
    )
    report("keras-gan sample of its run, one image", seconds=np.median(drawn))
    medians = {name: np.median([each[name] for each in parts]) for name in parts[0]}
    report("parts of keras-gan train digits --steps 1", **medians)


def seconds_of(arguments):
    """Returns the seconds of a command of keras-gan."""
    return seconds(lambda: run("-m", "keras_gan", *arguments))


def parts_of(arguments):
    """Returns the seconds of each part of a command."""
    program = LOOPS_FOLDER / "command_parts.py"
    command = [sys.executable, str(program), *arguments]
    result = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(result.stdout.splitlines()[-1])


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
    """Times an epoch of 40 steps relative to 40 steps of a long epoch."""
    import keras

    gan = digits_gan()
    random = np.random.default_rng(0)
    images = random.uniform(-1, 1, (STEPS * 64, 28, 28, 1)).astype(np.float32)
    many = np.concatenate([images] * EPOCHS)

    class Clock(keras.callbacks.Callback):
        """Records the times of epochs' ends; has no hooks at steps, as usual."""

        def __init__(self):
            super().__init__()
            self.times = []

        def on_epoch_begin(self, epoch, logs=None):
            if epoch == 1:  # epoch 0 fills the pipeline
                self.times.append(time.perf_counter())

        def on_epoch_end(self, epoch, logs=None):
            if epoch > 0:
                self.times.append(time.perf_counter())

    def spent(data, count):
        clock = Clock()
        gan.fit(data, batch_size=64, epochs=1 + count, verbose=0, callbacks=[clock])
        return clock.times[-1] - clock.times[0]

    ratios = [spent(images, EPOCHS) / spent(many, 1) for _ in range(1 + ROUNDS)]
    report("epoch of 40 steps over 40 steps of a long one", ratio=np.median(ratios[1:]))


def main():
    starting()
    commands()
    epochs()


if __name__ == "__main__":
    main()
