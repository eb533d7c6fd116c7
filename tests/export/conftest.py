"""GANs with every trait that an export may lose, and their artifacts."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import keras
import pytest
from cases.generators import (
    build_points_gan,
    conditional_generator,
    make_gan,
    plain_generator,
    randomize,
)
from harness import processes

from keras_gan import export


@pytest.fixture(scope="session")
def plain_gan():
    """A GAN whose moving average differs from its generator."""
    gan = make_gan(plain_generator())
    gan.compile(keras.optimizers.SGD(0.1), keras.optimizers.SGD(0.1), ema_decay=0.9)
    randomize(gan.generator, seed=1)
    randomize(gan.sampler, seed=2)
    gan.step.assign(12)
    return gan


@pytest.fixture(scope="session")
def conditional_gan():
    gan = make_gan(
        conditional_generator(), prior="uniform", num_classes=10, value_range=(0.0, 1.0)
    )
    randomize(gan.generator, seed=3)
    return gan


@pytest.fixture(scope="session")
def points_gan():
    return build_points_gan()


@pytest.fixture(scope="session")
def artifacts(tmp_path_factory):
    return tmp_path_factory.mktemp("artifacts")


@pytest.fixture(scope="session")
def plain_saved_model(plain_gan, artifacts):
    return export.save_saved_model(plain_gan, artifacts / "plain")


@pytest.fixture(scope="session")
def plain_onnx(plain_gan, artifacts):
    return export.save_onnx(plain_gan, artifacts / "plain.onnx")


@pytest.fixture(scope="session")
def conditional_saved_model(conditional_gan, artifacts):
    return export.save_saved_model(conditional_gan, artifacts / "conditional")


@pytest.fixture(scope="session")
def conditional_onnx(conditional_gan, artifacts):
    return export.save_onnx(conditional_gan, artifacts / "conditional.onnx")


@pytest.fixture(scope="session")
def start_python():
    """Starts this Python with pipes to and from it, and ends it with the tests."""
    started = []

    def start(*arguments, **options):
        process = subprocess.Popen(
            [sys.executable, *map(str, arguments)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            **options,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()
        process.stdin.close()
        process.stdout.close()


@pytest.fixture(scope="session")
def start_model_server(start_python):
    """Starts `model_server.py` in a process; returns the process and the addresses."""

    def start(root, delay=0):
        script = Path(__file__).with_name("model_server.py")
        process = start_python(script, root, delay)
        return process, json.loads(process.stdout.readline())

    return start


@pytest.fixture(scope="session")
def sha256():
    """Maps a file to what a manifest must record of it."""

    def entry(path):
        content = path.read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        return {"sha256": digest, "bytes": len(content)}

    return entry


@pytest.fixture
def run_python(tmp_path):
    """Runs code in a fresh Python, away from the repository; returns what it prints.

    `without` names packages whose import fails there.
    """

    def run(code, *arguments, without=()):
        blocked = "".join(f"sys.modules[{name!r}] = None\n" for name in without)
        code = f"import sys\n{blocked}{code}"
        return processes.run_python(code, *arguments, cwd=tmp_path)

    return run
