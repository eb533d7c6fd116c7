"""Times the generator of every architecture in TensorFlow and in ONNX Runtime.

    python scripts/benchmark/exported.py [--threads 1,2] [ARCHITECTURE …]

Exports each generator at its usual size as a SavedModel and as an ONNX file, and times
both in turns with the code of `keras-gan bench`, each in a process of its own. Prints a
line of JSON for each architecture, number of threads and batch size: the median
milliseconds of a call, and the images per second of ONNX Runtime relative to those of
the SavedModel.
"""

import argparse
import json
import tempfile
from pathlib import Path

from keras_gan import GAN, architectures, export
from keras_gan.benchmark.timing import run_benchmark

COLOURFUL = {"r3gan", "sagan", "sngan_resnet"}
ROUNDS = 15


def exports_of(name, folder):
    """Exports a generator; returns the paths of its SavedModel and ONNX file."""
    shape = (32, 32, 3) if name in COLOURFUL else (28, 28, 1)
    gan = GAN(*architectures.build(name, image_shape=shape))
    paths = folder / name, folder / f"{name}.onnx"
    export.save_saved_model(gan, paths[0])
    export.save_onnx(gan, paths[1])
    return paths


def measure(name, threads):
    with tempfile.TemporaryDirectory() as folder:
        timings = run_benchmark(
            exports_of(name, Path(folder)),
            batch_sizes=(1, 64),
            threads=threads,
            rounds=ROUNDS,
        )
    for saved_model, onnx in zip(timings[::2], timings[1::2], strict=True):
        line = {
            "architecture": name,
            "threads": onnx.threads,
            "batch_size": onnx.batch_size,
            "saved_model_ms": round(saved_model.p50_ms, 3),
            "onnx_ms": round(onnx.p50_ms, 3),
            "ratio": round(saved_model.p50_ms / onnx.p50_ms, 3),
        }
        print(json.dumps(line), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--threads", default="1,2")
    parser.add_argument("architectures", nargs="*", metavar="ARCHITECTURE")
    arguments = parser.parse_args()
    threads = [int(count) for count in arguments.threads.split(",")]
    for name in arguments.architectures or architectures.names():
        measure(name, threads)


if __name__ == "__main__":
    main()
