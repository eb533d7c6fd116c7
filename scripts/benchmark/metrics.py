"""Times the metrics at the sizes of papers; writes docs/results/metrics.json.

    python scripts/benchmark/metrics.py [NAME …]

Each metric runs in a process of its own, with float32 features. Records `seconds` of
wall time, `cpu_seconds` of all cores, and `peak_gb`, the largest resident memory, NumPy
and the features included. `limit_seconds` and `limit_gb` are our goals, if there are
any.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import time

import numpy as np
from recording import record

from keras_gan import metrics


def normals(n, dimension, seed):
    """Returns normal float32 features with most of the variance in few directions."""
    rng = np.random.default_rng(seed)
    scales = 1.0 / np.sqrt(1.0 + np.arange(dimension, dtype=np.float32) / 16)
    return rng.standard_normal((n, dimension), np.float32) * scales


def stream(features, batch=1000):
    """Returns the statistics of features that come in batches."""
    twin = metrics.FrechetStatistics()
    for start in range(0, len(features), batch):
        twin.update(features[start : start + batch])
    return twin


def streamed_distance(real, fake):
    return stream(real).distance(stream(fake))


# Name: (function, shapes of its two arrays, limit in seconds, limit in gigabytes).
WIDE, IMAGES = (50_000, 2048), (10_000, 784)
MANY = (10_000, 2048)
CASES = {
    "frechet": (metrics.frechet_distance, (WIDE, WIDE), 60, None),
    "frechet_streamed": (streamed_distance, (WIDE, WIDE), None, None),
    "precision_recall": (metrics.precision_recall, (MANY, MANY), 60, 2),
    "density_coverage": (metrics.density_coverage, (MANY, MANY), None, None),
    "parzen": (
        lambda points, centres: metrics.parzen_log_likelihood(points, centres, 0.2),
        (IMAGES, IMAGES),
        10,
        None,
    ),
    "kernel": (metrics.kernel_distance, (MANY, MANY), None, None),
    "kernel_interval": (metrics.kernel_distance_interval, (MANY, MANY), None, None),
    "sliced": (metrics.sliced_wasserstein, (MANY, MANY), None, None),
}


def measure(name):
    """Runs one case; prints and records its figures."""
    function, shapes, seconds, gigabytes = CASES[name]
    arrays = [normals(*shape, seed) for seed, shape in enumerate(shapes)]
    wall, cpu = time.perf_counter(), time.process_time()
    function(*arrays)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    line = {
        "shapes": shapes,
        "seconds": round(wall, 2),
        "limit_seconds": seconds,
        "cpu_seconds": round(cpu, 2),
        "peak_gb": round(peak, 2),
        "limit_gb": gigabytes,
        "cores": len(os.sched_getaffinity(0)),
        "load": round(os.getloadavg()[0], 1),
    }
    print(name, json.dumps(line), flush=True)
    record("metrics", {name: line})


def main() -> None:
    """Measures the named cases, or all of them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", choices=[[], *CASES], metavar="NAME")
    parser.add_argument("--here", action="store_true", help="in this process")
    arguments = parser.parse_args()
    for name in arguments.names or CASES:
        if arguments.here:
            measure(name)
        else:
            subprocess.run([sys.executable, __file__, name, "--here"], check=True)


if __name__ == "__main__":
    main()
