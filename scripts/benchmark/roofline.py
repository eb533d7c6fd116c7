"""What the matrix products of a training step of the 2014 networks cost by themselves.

    python scripts/benchmark/roofline.py

Needs PyTorch beside the package: `pip install keras-gan[bench]`. Prints a line of JSON
for each library: the milliseconds of all products of one step of Algorithm 1 (batch
100, k = 1, data and samples judged in one pass) at the library's own rates, and their
GFLOP/s. The products are run one after another, on two threads, with weights that
come from memory. Beside PyTorch (MKL) stand TensorFlow as it comes and with oneDNN.
"""

import argparse
import json
import os
import subprocess
import sys
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np

ROUNDS, COPIES = 30, 4
GENERATOR = ((100, 1200), (1200, 1200), (1200, 784))
DISCRIMINATOR = ((784, 1200), (240, 1200))


def products():
    """(kind, rows, inputs, outputs) of each product of a step."""
    found = []
    for shape in GENERATOR:
        # Samples for D, samples for G, and the gradient of the kernels.
        found += [("forward", 100, *shape)] * 2 + [("kernel", 100, *shape)]
    found += [("input", 100, *shape) for shape in GENERATOR[1:]]
    for shape in DISCRIMINATOR:
        found += [("forward", 200, *shape), ("kernel", 200, *shape)]
        # The generator's update: through D to the images.
        found += [("forward", 100, *shape), ("input", 100, *shape)]
    found.append(("input", 200, *DISCRIMINATOR[1]))
    return found


def operands(kind, rows, inputs, outputs, random):
    shapes = {
        "forward": ((rows, inputs), (inputs, outputs)),
        "kernel": ((rows, inputs), (rows, outputs)),
        "input": ((rows, outputs), (inputs, outputs)),
    }[kind]
    return [random.normal(size=shape).astype(np.float32) for shape in shapes]


def torch_product(kind):
    import torch

    torch.set_num_threads(2)
    make = torch.from_numpy
    if kind == "kernel":
        return make, lambda pairs: [a.T @ b for a, b in pairs]
    if kind == "input":
        return make, lambda pairs: [a @ b.T for a, b in pairs]
    return make, lambda pairs: [a @ b for a, b in pairs]


def tensorflow_product(kind):
    import tensorflow as tf

    options = {"kernel": {"transpose_a": True}, "input": {"transpose_b": True}}

    @tf.function
    def multiply(pairs):
        results = []
        for a, b in pairs:
            with tf.control_dependencies(results[-1:]):
                results.append(tf.matmul(a, b, **options.get(kind, {})))
        return results

    return tf.constant, multiply


def seconds_of(product, library):
    """The median seconds of one product."""
    random = np.random.default_rng(0)
    make, multiply = library(product[0])
    pairs = [tuple(map(make, operands(*product, random))) for _ in range(COPIES)]
    times = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        multiply(pairs)
        times.append(time.perf_counter() - started)
    return float(np.median(times)) / COPIES


def measure(name):
    library = torch_product if name == "pytorch" else tensorflow_product
    every = products()
    costs = {product: seconds_of(product, library) for product in set(every)}
    total = sum(costs[product] for product in every)
    operations = sum(2 * rows * i * o for _, rows, i, o in every)
    line = {
        "library": name,
        "gflop": round(operations / 1e9, 3),
        "milliseconds": round(1e3 * total, 2),
        "gflop_per_second": round(operations / total / 1e9, 1),
    }
    print(json.dumps(line), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("library", nargs="?")
    chosen = parser.parse_args().library
    if chosen:
        measure(chosen)
        return
    for name, onednn in (("pytorch", "0"), ("tensorflow", "0"), ("onednn", "1")):
        environment = os.environ | {"TF_ENABLE_ONEDNN_OPTS": onednn}
        subprocess.run([sys.executable, __file__, name], env=environment, check=True)


if __name__ == "__main__":
    main()
