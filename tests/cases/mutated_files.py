"""Opens mutated model files whose checksums are right, as an attacker makes them.

Run `PYTHONPATH=tests python -m cases.mutated_files [COUNT]` to try so many of each.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
import warnings
import zipfile
from collections import Counter
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from harness.gans import convolutional_gan

from cases.damaged_loads import mutate
from cases.hostile_keras import CONFIG, WEIGHTS, members_of
from cases.hostile_litert import unsealed
from keras_gan import export
from keras_gan._checks import InputError
from keras_gan.evaluation import open_extractor
from keras_gan.export import runtime
from keras_gan.safety.keras_file import examine_keras
from keras_gan.safety.litert_file import examine_litert
from keras_gan.safety.onnx_file import examine_onnx
from keras_gan.safety.saved_model import examine_saved_model
from keras_gan.safety.seal import seal_litert, seal_onnx

SECONDS = 1.0
"""The longest that an examination of these small files may take on one core."""


class Onnx:
    """Mutated bytes with a new seal; those that are found safe are loaded."""

    every = 4

    def __init__(self, folder):
        self._path = export.save_onnx(convolutional_gan(), folder / "generator.onnx")
        self._content = self._path.read_bytes()

    def write(self, random):
        self._path.write_bytes(mutate(self._content, random)[0])
        seal_onnx(self._path)
        return self._path

    examine = staticmethod(examine_onnx)
    load = staticmethod(runtime.load)


class LiteRT:
    """The same of a LiteRT file, which is drawn with, too."""

    every = 4

    def __init__(self, folder):
        gan = convolutional_gan(num_classes=3)
        self._path = export.save_litert(gan, folder / "generator.tflite")
        self._content = unsealed(self._path)

    def write(self, random):
        self._path.write_bytes(seal_litert(mutate(self._content, random)[0]))
        return self._path

    examine = staticmethod(examine_litert)

    @staticmethod
    def load(path):
        runtime.load(path, threads=1).sample(3, seed=1)


class Keras:
    """A mutated configuration or file of weights in a whole archive."""

    every = 40

    def __init__(self, folder):
        self._path = folder / "network.keras"
        network().save(self._path)
        self._members = members_of(self._path)

    def write(self, random):
        members = dict(self._members)
        if random.random() < 0.5:
            members[WEIGHTS] = mutate(members[WEIGHTS], random)[0]
        else:
            members[CONFIG] = self._config(random)
        with zipfile.ZipFile(self._path, "w") as archive:
            for name, content in members.items():
                archive.writestr(name, content)
        return self._path

    def _config(self, random):
        """The configuration with one value in another's place, or mutated bytes."""
        if random.random() < 0.3:
            return mutate(self._members[CONFIG], random)[0]
        config = json.loads(self._members[CONFIG])
        places = list(places_in(config))
        (holder, key), (source, other) = (
            places[int(n)] for n in random.integers(0, len(places), 2)
        )
        strange = [source[other], 2**62, -1, 1e300, "\x1b[2J", [], {}, None, "a" * 999]
        holder[key] = strange[int(random.integers(len(strange)))]
        try:
            return json.dumps(config).encode()
        except ValueError:  # a value inside itself
            return b"{}"

    examine = staticmethod(examine_keras)
    load = staticmethod(open_extractor)


class SavedModel:
    """A mutated graph."""

    every = 40

    def __init__(self, folder):
        self._path = folder / "network"
        module = tf.Module()
        module.weight = tf.Variable(tf.ones((64, 3)))

        @tf.function(input_signature=[tf.TensorSpec((None, 8, 8, 1), tf.float32)])
        def serve(images):
            return {"features": tf.reshape(images, (-1, 64)) @ module.weight}

        tf.saved_model.save(module, str(self._path), {"serving_default": serve})
        self._file = self._path / "saved_model.pb"
        self._content = self._file.read_bytes()

    def write(self, random):
        self._file.write_bytes(mutate(self._content, random)[0])
        return self._path

    examine = staticmethod(examine_saved_model)
    load = staticmethod(open_extractor)


KINDS = {"onnx": Onnx, "litert": LiteRT, "keras": Keras, "saved_model": SavedModel}


def network():
    """A network of Keras as somebody may bring it for the evaluation."""
    images = keras.Input((8, 8, 1))
    values = keras.layers.Conv2D(2, 3, activation="relu")(images)
    values = keras.layers.BatchNormalization()(values)
    return keras.Model(images, keras.layers.Dense(3)(keras.layers.Flatten()(values)))


def places_in(value):
    """Yields the holder and the key of each value inside a JSON value."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in list(pairs):
        yield value, key
        if isinstance(inner, (dict, list)):
            yield from places_in(inner)


def open_mutated(kind, folder, numbers):
    """Examines a mutated file per number, and loads some that are found safe.

    Returns how many were refused, loaded and refused in loading. Anything else than an
    `InputError` is raised, also an examination that takes too long.
    """
    warnings.simplefilter("ignore")
    files, counts = KINDS[kind](folder), Counter()
    for number in numbers:
        path = files.write(np.random.default_rng([number, len(kind)]))
        (folder / f"{kind}.txt").write_text(str(number))
        start = time.thread_time()
        found = files.examine(path)
        seconds = time.thread_time() - start
        assert seconds < SECONDS, (number, seconds)
        json.dumps(found.to_dict())
        for reason in found.reasons:
            assert reason.isprintable(), number
        if not found.is_safe:
            counts["refused"] += 1
        elif counts["safe"] % files.every == 0:
            counts["safe"] += 1
            said = said_in_loading(files, path)
            assert said.isprintable(), number
            counts["refused in loading" if said else "loaded"] += 1
        else:
            counts["safe"] += 1
    return dict(counts)


def said_in_loading(files, path):
    """The message of the `InputError` with which a load ends, if it does."""
    try:
        files.load(path)
    except InputError as error:
        return str(error)
    return ""


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with tempfile.TemporaryDirectory() as scratch:
        for name in KINDS:
            base = Path(scratch) / name
            base.mkdir()
            begun = time.perf_counter()
            outcome = open_mutated(name, base, range(count))
            print(name, outcome, f"{time.perf_counter() - begun:.0f} s", flush=True)
