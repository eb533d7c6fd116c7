"""Gives each hostile file to each loader that takes its kind, and watches.

Opens in the folder outside are watched by inotify, which sees those of C++ too, and
Python's own acts by an audit hook.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
import warnings

from keras_gan import evaluation, experiment, export
from keras_gan._checks import InputError
from keras_gan.export import runtime
from keras_gan.trained_generators.inspection import examine
from keras_gan.trained_generators.loading import open_generator

IN_ACCESS, IN_MODIFY, IN_OPEN, IN_CREATE = 0x1, 0x2, 0x20, 0x100
ACTS = ("os.system", "subprocess.Popen", "os.exec", "os.posix_spawn", "socket.connect")
CODE = ("pickle.find_class",)

acts: list[str] = []


def audit(event, arguments):
    if event in ACTS or event in CODE:
        acts.append(event)


class Watch:
    """Says what was opened, made or read in a folder since it was asked last."""

    def __init__(self, folder):
        libc = ctypes.CDLL(None, use_errno=True)
        self._descriptor = libc.inotify_init1(os.O_NONBLOCK)
        mask = IN_ACCESS | IN_MODIFY | IN_OPEN | IN_CREATE
        added = libc.inotify_add_watch(self._descriptor, os.fsencode(folder), mask)
        assert added >= 0, ctypes.get_errno()

    def events(self):
        try:
            content = os.read(self._descriptor, 1 << 16)
        except BlockingIOError:
            return []
        names, place = [], 0
        while place < len(content):
            length = int.from_bytes(content[place + 12 : place + 16], "little")
            name = content[place + 16 : place + 16 + length].rstrip(b"\0").decode()
            names.append(name)
            place += 16 + length
        return [name for name in names if name]


def load_run(path, recipe):
    run = path.parent / f"run_of_{path.stem}"
    run.mkdir(exist_ok=True)
    shutil.copy(recipe, run / "config.json")
    shutil.copy(path, run / "gan.keras")
    return experiment.load_run(run)


def checked(path):
    examine(path).check()


KERAS = (experiment.load_gan, open_generator, evaluation.open_extractor, load_run)
ONNX = (runtime.load, open_generator, evaluation.open_extractor, export.verify)
LITERT = (runtime.load, open_generator, export.verify)
SAVED_MODEL = (open_generator, evaluation.open_extractor, export.verify)


def loaders_of(path):
    if path.name == "manifest_above":  # extractors have none
        return open_generator, export.verify
    if path.is_dir():
        return SAVED_MODEL
    return {".onnx": ONNX, ".tflite": LITERT}.get(path.suffix, KERAS)


def what_happens(hostile, outside, recipe):
    """Returns by file and loader what was said, done, opened and written."""
    warnings.simplefilter("ignore")
    watch = Watch(outside)
    assert watch.events() == []
    (outside / "secret.txt").read_bytes()
    assert "secret.txt" in watch.events(), "the watch sees nothing"
    sys.addaudithook(audit)
    result = {}
    paths = [p for p in sorted(hostile.iterdir()) if p.suffix not in (".json", ".bin")]
    for path in paths:
        for load in (*loaders_of(path), checked):
            acts.clear()
            try:
                load(path, recipe) if load is load_run else load(path)
                said = None
            except InputError as error:
                said = str(error)
            except Exception as error:  # what must not come is told, too
                said = f"!{type(error).__name__}: {error}"
            result.setdefault(path.stem, {})[load.__name__] = {
                "said": said,
                "acts": list(acts),
                "opened": watch.events(),
                "canary": (outside / "canary").exists(),
            }
    return result
