"""The smallest parts of the reproductions, on the bundled digits."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from keras_gan import data

SCRIPTS = Path(__file__).parents[2] / "scripts/reproduce"


@pytest.fixture
def place(tmp_path):
    """A folder with docs, in which the scripts write."""
    for path in ("docs/images", "docs/results", "mnist"):
        (tmp_path / path).mkdir(parents=True)
    return tmp_path


def write_mnist(folder, train, times, test):
    """Writes bundled digits, those to train on several times, as MNIST's files."""
    for split, name, count in (("train", "train", train), ("test", "t10k", test)):
        batches = data.load(
            "mnist_10k",
            split=split,
            batch_size=count,
            labels=True,
            shuffle=False,
            value_range=(0.0, 1.0),
        )
        images, labels = next(batches.as_numpy_iterator())
        repeated = times if split == "train" else 1
        pixels = np.rint(255 * images[..., 0])
        for kind, array in (("images-idx3", pixels), ("labels-idx1", labels)):
            path = folder / f"{name}-{kind}-ubyte"
            write_idx(path, np.concatenate([array] * repeated).astype(np.uint8))


def write_idx(path, array):
    header = np.array([0x0800 + array.ndim, *array.shape], ">i4")
    path.write_bytes(header.tobytes() + array.tobytes())


def run(place, script, *options):
    """Runs a script in the folder; returns what it recorded."""
    command = [sys.executable, SCRIPTS / f"{script}.py", *options]
    environment = {**os.environ, "PYTHONPATH": str(SCRIPTS.parents[1])}
    subprocess.run(command, check=True, cwd=place, env=environment)
    return json.loads((place / f"docs/results/{script}.json").read_text())


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_table_1_reports_the_epoch_that_validation_images_choose(place):
    write_mnist(place / "mnist", 10_000, 6, 2000)
    options = ("--data", "idx:mnist", "--epochs", "2", "--out", "run")
    found = run(place, "table1", "goodfellow2014", *options)["goodfellow2014"]["0"]
    curve = dict(found["validation"])
    assert list(curve) == [1, 2]
    assert found["chosen_epoch"] == max(curve, key=curve.get)
    assert (found["chosen"] == found["last"]) == (found["chosen_epoch"] == 2)
    assert (place / "docs/images/table1_goodfellow2014.png").is_file()


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_presets_and_few_images_are_judged_after_each_epoch(place):
    write_mnist(place / "mnist", 320, 1, 100)
    options = ("--data", "idx:mnist", "--epochs", "2")
    found = run(place, "presets", "conditional_digits", *options)
    course = found["conditional_digits"]["0"]
    assert course["epochs"] == len(course["frechet"]) == len(course["d_real"]) == 2
    # After 20 steps the samples are no digits, and real ones are.
    assert course["frechet"][-1] > 2 * course["real"]
    assert course["accuracy"]["fake"] < course["accuracy"]["real"]
    for name in (
        "preset_conditional_digits.webp",
        "preset_conditional_digits_curves.png",
    ):
        assert (place / "docs/images" / name).is_file()

    found = run(place, "few_images", "--counts", "100", "--steps", "4")
    assert set(found) == {"100 images, without", "100 images, with", "machine"}
    plain, augmented = found["100 images, without"], found["100 images, with"]
    assert plain["steps"] == augmented["steps"] == 4
    assert plain["frechet"] != augmented["frechet"]
    assert 0 < plain["copies"]["p_value"] <= 1
    assert (place / "docs/images/few_images.png").is_file()
