"""Times ONNX graphs before and after the optimisation of the export.

    python scripts/benchmark/onnx_graphs.py [ARCHITECTURE ...]

Prints one line of JSON for each architecture and batch size: the median milliseconds
of a call of both graphs. They run in turns in one process, with one thread.
"""

import argparse
import json
import os
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import onnxruntime

from keras_gan import GAN, architectures
from keras_gan.export.graph.conversion import convert
from keras_gan.export.graph.optimisation import optimised
from keras_gan.export.parity.keras_generator import spec_of

ROUNDS = 30
COLOUR = {"generator_filters": 32, "discriminator_filters": 8}
OPTIONS = {name: COLOUR for name in ("r3gan", "sagan", "sngan_resnet")}


def session_of(model):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    content = model.SerializeToString()
    return onnxruntime.InferenceSession(content, options, ["CPUExecutionProvider"])


def medians(sessions, inputs):
    """Returns the median seconds of a call of each session; the sessions take turns."""
    times = [[] for _ in sessions]
    for number in range(ROUNDS + 2):
        for session, seconds in zip(sessions, times, strict=True):
            started = time.perf_counter()
            session.run(["image"], inputs)
            if number >= 2:
                seconds.append(time.perf_counter() - started)
    return [float(np.median(seconds)) for seconds in times]


def measure(name):
    options = OPTIONS.get(name, {})
    shape = (32, 32, 3) if options else (28, 28, 1)
    gan = GAN(*architectures.build(name, image_shape=shape, **options))
    before = convert(gan, spec_of(gan), 18)
    nodes = len(before.graph.node)
    sessions = [session_of(before)]
    after = optimised(before)
    sessions.append(session_of(after))
    for size in (1, 64):
        plain, slim = medians(sessions, {"z": gan.latents(np.arange(size))})
        line = {
            "architecture": name,
            "batch_size": size,
            "nodes": [nodes, len(after.graph.node)],
            "milliseconds": [round(1e3 * plain, 3), round(1e3 * slim, 3)],
            "ratio": round(slim / plain, 3),
        }
        print(json.dumps(line), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("architectures", nargs="*", metavar="ARCHITECTURE")
    chosen = parser.parse_args().architectures or architectures.names()
    for name in chosen:
        measure(name)


if __name__ == "__main__":
    main()
