"""Draws batches from one artifact on request, and answers with the time of each.

This is the program of a process. It reads requests as lines of JSON, and answers each
with a line. In a process of its own, an artifact has its own threads and memory, and
TensorFlow's threads can be set, which is allowed only before its first operation.
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

from keras_gan._checks import InputError
from keras_gan._process import import_tensorflow
from keras_gan.export import runtime
from keras_gan.trained_generators.file_kinds import (
    KERAS,
    LITERT,
    ONNX,
    SAVED_MODEL,
    find_generator,
)
from keras_gan.trained_generators.loading import open_generator


def main() -> None:
    """Opens the artifact that the arguments name, then answers until its input ends."""
    # Libraries print to standard output, so the answers have a channel of their own.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)

    def answer(content: dict[str, Any]) -> None:
        print(json.dumps(content), file=answers, flush=True)

    started = time.perf_counter()
    try:
        kind, generator = _open(Path(sys.argv[1]), int(sys.argv[2]))
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
    kind, place, _ = find_generator(path)
    if kind in (ONNX, LITERT):
        return kind, runtime.load(place, threads=threads)
    import_tensorflow()
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(threads)
    return SAVED_MODEL if kind == SAVED_MODEL else KERAS, open_generator(path)


def _drawing(generator: Any, size: int) -> Callable[[], Any]:
    """Returns a function that draws one batch of images from fixed latents."""
    seeds = np.arange(size)
    classes = generator.num_classes
    labels = None if classes is None else (seeds % classes).astype(np.int32)
    spec = getattr(generator, "spec", None)
    if spec is not None and spec.inputs == "seed":
        return lambda: generator.sample(seeds=seeds, labels=labels, batch_size=size)
    z = generator.prior.latents(seeds, generator.latent_dim)
    return lambda: generator.generate(z, labels, batch_size=size)


def _timed(draw: Callable[[], Any], calls: int) -> list[float]:
    """Returns the seconds of each call."""
    seconds = []
    for _ in range(calls):
        started = time.perf_counter()
        draw()
        seconds.append(time.perf_counter() - started)
    return seconds


if __name__ == "__main__":
    main()
