"""An exporter that is killed at any moment leaves whole versions, or none."""

from __future__ import annotations

import random
import subprocess
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
def start_exporter(start_python):
    """Starts a process that exports a version into `base` when it is told to."""
    return lambda base: start_python("-c", EXPORTER, base, stderr=subprocess.DEVNULL)


def tell_to_export(process):
    process.stdin.write("go\n")
    process.stdin.flush()


def workspaces(base):
    """The hidden folders in which versions are made, those of the killed included."""
    return set(base.glob(".*.tmp"))


def wait_for_workspace(base, known, process):
    while not workspaces(base) - known:
        assert process.poll() is None
        time.sleep(0.002)


def version_numbers(base):
    return {int(path.name) for path in base.iterdir() if path.name.isdecimal()}


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_exporter_killed_at_20_moments_leaves_whole_versions(tmp_path, start_exporter):
    base = tmp_path / "digits"
    exporter, following = start_exporter(base), start_exporter(base)
    assert exporter.stdout.readline() == "ready\n"
    tell_to_export(exporter)
    wait_for_workspace(base, set(), exporter)
    start = time.monotonic()
    whole = float(exporter.stdout.readline())
    writing = time.monotonic() - start
    first = export.verify(base / "1")
    assert first.files >= 4
    kept, moments = {1}, random.Random(2014)
    for trial in range(20):
        exporter, following = following, start_exporter(base)
        assert exporter.stdout.readline() == "ready\n"
        known = workspaces(base)
        tell_to_export(exporter)
        if (
            trial % 5
        ):  # while the version is written, checked and renamed, or just after
            wait_for_workspace(base, known, exporter)
            time.sleep(moments.uniform(0.0, 1.3 * writing))
        else:
            time.sleep(moments.uniform(0.0, whole))
        exporter.kill()
        exporter.wait()
        found = version_numbers(base)
        assert kept <= found <= kept | {max(kept) + 1}
        for version in found - kept:
            assert export.verify(base / str(version)).files == first.files
        kept = found
    print(f"{len(workspaces(base))} killed while writing, {len(kept) - 1} whole")
    assert len(workspaces(base)) >= 3
    assert export.verify(base / "1").differences == first.differences
    # What a killed exporter leaves is in no one's way, and hidden from TF Serving.
    others = {path.name for path in base.iterdir() if not path.name.isdecimal()}
    assert all(name.startswith(".") and name.endswith(".tmp") for name in others)
    assert following.stdout.readline() == "ready\n"
    tell_to_export(following)
    assert float(following.stdout.readline()) > 0
    assert export.verify(base).path == base / str(max(kept) + 1)
