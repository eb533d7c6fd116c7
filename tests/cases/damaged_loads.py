"""Loads damaged copies of good files; each is refused, or draws the right picture.

A line of JSON each is written before the next load begins, so that a crash or a hang
tells which file it was.
"""

from __future__ import annotations

import json
import shutil
import warnings

import numpy as np

from keras_gan._checks import InputError
from keras_gan.trained_generators.loading import open_generator

SEEDS = [3, 5]
TARGETS = {
    "keras": ("good.keras",),
    "onnx": ("good.onnx",),
    "litert": ("good.tflite",),
    "saved_model": ("saved_model.pb", "variables/variables.data-00000-of-00001"),
    "index": ("variables/variables.index", "fingerprint.pb"),
    "manifest": ("manifest.json",),
}


def mutate(content, random):
    """Flips bits, cuts, swaps, repeats, zeroes or replaces a part."""
    content = bytearray(content)
    size = len(content)
    kind = random.choice(["flip", "flips", "cut", "swap", "insert", "zero", "edge"])
    start, other = (int(n) for n in random.integers(0, size, 2))
    length = int(random.integers(1, max(2, size // 8)))
    if kind == "flip":
        content[start] ^= 1 << int(random.integers(8))
    elif kind == "flips":
        for place in random.integers(0, size, 20):
            content[place] ^= int(random.integers(1, 256))
    elif kind == "cut":
        del content[start:]
    elif kind == "swap":
        first, second = content[start : start + length], content[other : other + length]
        both = min(len(first), len(second))
        content[start : start + both] = second[:both]
        content[other : other + both] = first[:both]
    elif kind == "insert":
        content[start:start] = random.bytes(length)
    elif kind == "zero":
        content[start : start + length] = bytes(len(content[start : start + length]))
    else:  # the ends, where directories, headers and checksums are
        place = int(random.integers(1, 200)) % size
        content[-place if random.random() < 0.7 else place] ^= 1 << int(
            random.integers(8)
        )
    return bytes(content), str(kind)


def load_damaged(good, folder, numbers):
    """Loads a damaged copy for each number; appends a line of each to lines.jsonl."""
    warnings.simplefilter("ignore")
    expected = open_generator(good / "good.keras").sample(seeds=SEEDS)
    kinds = list(TARGETS)
    with (folder / "lines.jsonl").open("a") as lines:
        for number in numbers:
            line = load_one(good, folder, number, kinds[number % len(kinds)], expected)
            print(json.dumps(line), file=lines, flush=True)


def load_one(good, folder, number, kind, expected):
    random = np.random.default_rng(number)
    name = random.choice(TARGETS[kind])
    if kind in ("keras", "onnx", "litert"):
        path = target = folder / name
        shutil.copy(good / name, path)
    else:
        path = folder / "model"
        shutil.rmtree(path, ignore_errors=True)
        shutil.copytree(good / "good" / "1", path)
        target = path / name
    content, how = mutate(target.read_bytes(), random)
    target.write_bytes(content)
    line = {"number": number, "file": str(name), "how": how}
    try:
        images = open_generator(path).sample(seeds=SEEDS)
        line["difference"] = float(np.abs(images - expected).max())
    except InputError as error:
        line["refused"] = str(error)
    except Exception as error:  # what must not come is told, too
        line["error"] = f"{type(error).__name__}: {error}"
    return line
