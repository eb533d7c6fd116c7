"""Draws batches from one artifact, as often as it is told, and says how long each took.

A process of its own: an artifact's threads, memory and runtime are then its own, and
TensorFlow's threads can be set, which it allows only before its first operation. It
reads requests as lines of JSON, and answers each with a line.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np


def main() -> None:
    """Opens what the arguments name, then answers until its input ends."""
    # Libraries print; the answers have a channel of their own.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    path, threads = Path(sys.argv[1]), int(sys.argv[2])
    from keras_gan._checks import InputError

    def answer(content: dict[str, Any]) -> None:
        print(json.dumps(content), file=answers, flush=True)

    started = time.perf_counter()
    try:
        kind, generator = _open(path, threads)
    except InputError as error:
        answer({"error": str(error)})
        return
    answer({"kind": kind, "seconds_to_open": time.perf_counter() - started})
    draws: dict[int, Callable[[], Any]] = {}
    for line in sys.stdin:
        request = json.loads(line)
        size = request["batch_size"]
        if size not in draws:
            draws[size] = _drawing(generator, size)
        answer({"seconds": _timed(draws[size], request["calls"])})


def _open(path: Path, threads: int) -> tuple[str, Any]:
    """Returns the kind of the artifact, and its generator."""
    from keras_gan.generators.opening import SavedModelGenerator, open_generator

    if path.suffix == ".onnx":
        from keras_gan.export import runtime

        return "onnx", runtime.load(path, threads=threads)
    from keras_gan._process import import_tensorflow

    import_tensorflow()
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(threads)
    generator: Any = open_generator(path)
    is_export = isinstance(generator, SavedModelGenerator)
    return "saved_model" if is_export else "keras", generator


def _drawing(generator: Any, size: int) -> Callable[[], Any]:
    """The function that draws one batch of NumPy images from given latents."""
    seeds = np.arange(size)
    classes = generator.num_classes
    labels = None if classes is None else (seeds % classes).astype(np.int32)
    spec = getattr(generator, "spec", None)
    if spec is not None and spec.inputs == "seed":
        return lambda: generator.sample(seeds=seeds, labels=labels, batch_size=size)
    z = generator.prior.latents(seeds, generator.latent_dim)
    return lambda: generator.generate(z, labels, batch_size=size)


def _timed(draw: Callable[[], Any], calls: int) -> list[float]:
    seconds = []
    for _ in range(calls):
        started = time.perf_counter()
        draw()
        seconds.append(time.perf_counter() - started)
    return seconds


if __name__ == "__main__":
    main()
