"""Times the input of a training, without the training itself.

    python scripts/benchmark/input_pipeline.py [--rounds 7]

Measures images per second, of 28×28 pixels in shuffled batches of 64, from four
sources in turns of one pass: the batches that `fit` makes of an array, `data.load` of
an array of floats and of the bundled `mnist_10k`, and PyTorch's DataLoader on the same
array. Writes docs/results/input_pipeline.json, with the images per second that a
training of `dcgan` needs.
"""

import argparse
import os
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
from processes import turns
from recording import read, record
from workloads import WORKLOADS

SIZE, IMAGES = 64, 20_000


def passes(images):
    """Returns the sources by name; iterating over a source is one pass."""
    import torch

    from keras_gan import data
    from keras_gan.training.fitting.feed import from_arrays

    tensors = torch.utils.data.TensorDataset(torch.from_numpy(images))
    workers = {
        f"torch DataLoader, {number} workers": torch.utils.data.DataLoader(
            tensors, SIZE, shuffle=True, drop_last=True, num_workers=number
        )
        for number in (0, 2)
    }
    return {
        "fit from an array": from_arrays(images, None, SIZE, 0),
        "data.load of an array": data.load(images, batch_size=SIZE),
        "data.load of mnist_10k": data.load("mnist_10k", batch_size=SIZE),
        **workers,
    }


def rate(batches):
    """Returns the images per second of one pass."""
    started, count = time.perf_counter(), 0
    for _ in batches:
        count += 1
    return SIZE * count / (time.perf_counter() - started)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args().rounds
    shape = (IMAGES, *WORKLOADS["dcgan"].image_shape)
    images = np.random.default_rng(0).uniform(-1, 1, shape).astype(np.float32)
    sources = passes(images)
    rates = {name: [] for name in sources}
    for name in turns(sources, rounds + 1):
        rates[name].append(rate(sources[name]))
    step = read("training")["dcgan"]["keras_gan_fit+onednn"]["ms"]
    # The first pass is not counted: it fills caches.
    results = {
        name: round(float(np.median(values[1:]))) for name, values in rates.items()
    }
    needs = {"a step of dcgan needs": round(1e3 * SIZE / step)}
    print(record("input_pipeline", {"images_per_second": results | needs}))


if __name__ == "__main__":
    main()
