"""An exporter that is killed at any moment leaves whole versions, or none."""

from __future__ import annotations

import random
import subprocess
import sys
import time

import pytest

from keras_gan import export

EXPORTER = """
import keras, sys, time
import tensorflow as tf
from keras import layers
from keras_gan import GAN, export

generator = keras.Sequential(
    [keras.Input((3,)), layers.Dense(2048, "tanh"), layers.Reshape((32, 64, 1))]
)
discriminator = keras.Sequential(
    [keras.Input((32, 64, 1)), layers.Flatten(), layers.Dense(1)]
)
gan = GAN(generator, discriminator)
print("ready", flush=True)
for line in sys.stdin:
    start = time.monotonic()
    export.save_saved_model(gan, sys.argv[1])
    print(time.monotonic() - start, flush=True)
"""


@pytest.fixture
def start_exporter():
    started = []

    def start(base):
        process = subprocess.Popen(
            [sys.executable, "-c", EXPORTER, str(base)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()
        process.stdin.close()
        process.stdout.close()


def tell_to_export(process):
    process.stdin.write("go\n")
    process.stdin.flush()


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_exporter_killed_at_20_moments_leaves_whole_versions(tmp_path, start_exporter):
    base = tmp_path / "digits"
    process = start_exporter(base)
    assert process.stdout.readline() == "ready\n"
    seconds = 0.0
    for _ in range(2):  # the first export of a process is slower than the second
        tell_to_export(process)
        seconds = max(seconds, float(process.stdout.readline()))
    first = export.verify(base / "1")
    assert first.files >= 4
    kept, interrupted = {1, 2}, 0
    moments = random.Random(2014)
    exporter = start_exporter(base)
    for _ in range(20):
        following = start_exporter(base)  # gets ready while the other is killed
        assert exporter.stdout.readline() == "ready\n"
        tell_to_export(exporter)
        time.sleep(moments.uniform(0.0, 1.1 * seconds))
        exporter.kill()
        exporter.wait()
        found = {int(path.name) for path in base.iterdir() if path.name.isdecimal()}
        assert kept <= found <= kept | {max(kept) + 1}
        for version in found - kept:
            assert export.verify(base / str(version)).files == first.files
        kept = found
        interrupted += any(base.glob(".*.tmp"))
        exporter = following
    # Killed before, while and after the files were written: or nothing was tried.
    assert interrupted > 0
    assert export.verify(base / "1").differences == first.differences
    # What a killed exporter leaves is in no one's way, and hidden from TF Serving.
    others = {path.name for path in base.iterdir() if not path.name.isdecimal()}
    assert all(name.startswith(".") and name.endswith(".tmp") for name in others)
    following = start_exporter(base)
    assert following.stdout.readline() == "ready\n"
    tell_to_export(following)
    assert float(following.stdout.readline()) > 0
    assert export.verify(base).path == base / str(max(kept) + 1)
