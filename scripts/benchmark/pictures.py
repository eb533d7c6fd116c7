"""Times the signatures of SavedModels: images of latents, and PNG files of seeds.

    python scripts/benchmark/pictures.py [--rounds 15]

Exports the emoji that come with the package, digits that are trained for some seconds,
and a large network without training, each with `generate` exact and batched. Calls
`serving_default` and both forms of `generate` in turns, with batches of 1, 16 and 64.
Writes docs/results/pictures.json: the median milliseconds of a call by the clock and by
the processors' time, and the median ratio of each to `serving_default` in the same
round. Records the load that it found, too: other work makes the clock's figures larger,
and the processors' hardly.
"""

import argparse
import os
import tempfile
import time
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from recording import record, rounded

from keras_gan import GAN, architectures, data, experiment, export
from keras_gan.trained_generators.file_kinds import find_generator

BATCHES = (1, 16, 64)
SECONDS_A_TURN = 0.1


def trained_digits():
    """Returns a small GAN whose pictures compress as real ones do."""
    gan = GAN(*architectures.build("dcgan", image_shape=(28, 28, 1)), seed=0)
    rate = {"learning_rate": 1e-3, "beta_1": 0.5, "beta_2": 0.99}
    gan.compile(keras.optimizers.Adam(**rate), keras.optimizers.Adam(**rate))
    gan.fit(data.load("mnist_10k", batch_size=32), epochs=1, verbose=0)
    return gan


MODELS = {
    "emoji": lambda: experiment.load_gan(find_generator("emoji").path),
    "digits": trained_digits,
    "sngan_resnet": lambda: GAN(
        *architectures.build("sngan_resnet", image_shape=(32, 32, 3))
    ),
}


def calls_of(gan, size, models):
    """Returns the function that draws a batch, by signature."""
    seeds = np.arange(size)
    z = tf.constant(gan.latents(seeds))
    inputs = {"seed": tf.constant(seeds), "truncation": tf.ones([size])}
    calls = {
        "serving_default": lambda: models["exact"].signatures["serving_default"](z=z)
    }
    for form, model in models.items():
        calls[form] = lambda model=model: model.signatures["generate"](**inputs)
    return calls


def seconds(call, times):
    """Returns the mean seconds of a call, by the clock and of all processors."""
    clocks = (time.perf_counter, time.process_time)
    started = np.array([clock() for clock in clocks])
    for _ in range(times):
        for tensor in call().values():
            tensor.numpy()
    return (np.array([clock() for clock in clocks]) - started) / times


def measure(gan, models, rounds):
    """Returns the milliseconds of each call and its ratio, by batch size."""
    results = {}
    for size in BATCHES:
        calls = calls_of(gan, size, models)
        usual = {name: seconds(call, 3)[0] for name, call in calls.items()}
        times = {n: max(1, round(SECONDS_A_TURN / t)) for n, t in usual.items()}
        found = {name: [] for name in calls}
        for _ in range(rounds):
            for name, call in calls.items():
                found[name].append(seconds(call, times[name]))
        base = np.array(found["serving_default"])
        results[str(size)] = {
            name: {
                **figures("ms", 1e3 * np.array(values)),
                **figures("over_serving_default", np.array(values) / base),
            }
            for name, values in found.items()
        }
    return results


def figures(name, values):
    """Returns the medians of (R, 2) values, by the clock and of all processors."""
    clock, processors = np.median(values, axis=0)
    return {name: rounded(float(clock)), f"cpu_{name}": rounded(float(processors))}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
    results = {"load_before": round(os.getloadavg()[0], 1)}
    for name, build in MODELS.items():
        gan = build()
        with tempfile.TemporaryDirectory() as folder:
            models = {
                form: tf.saved_model.load(
                    str(export.save_saved_model(gan, Path(folder, form), exact=exact))
                )
                for form, exact in (("exact", True), ("batched", False))
            }
            results[name] = measure(gan, models, rounds)
        print(name, results[name], flush=True)
    record("pictures", results)


if __name__ == "__main__":
    main()
