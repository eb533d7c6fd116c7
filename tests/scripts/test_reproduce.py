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
def folder(tmp_path):
    """A place with docs, and the bundled digits several times, as many as MNIST has."""
    for path in ("docs/images", "docs/results", "mnist"):
        (tmp_path / path).mkdir(parents=True)
    for split, name, times in (("train", "train", 6), ("test", "t10k", 1)):
        batches = data.load(
            "mnist_10k",
            split=split,
            batch_size=1000,
            labels=True,
            shuffle=False,
            value_range=(0.0, 1.0),
        )
        images, labels = (
            np.concatenate(parts)
            for parts in zip(*batches.as_numpy_iterator(), strict=True)
        )
        pixels = np.rint(255 * images[..., 0]).astype(np.uint8)
        write_idx(tmp_path / f"mnist/{name}-images-idx3-ubyte", pixels, times)
        write_idx(tmp_path / f"mnist/{name}-labels-idx1-ubyte", labels, times)
    return tmp_path


def write_idx(path, array, times):
    array = np.concatenate([array.astype(np.uint8)] * times)
    header = np.array([0x0800 + array.ndim, *array.shape], ">i4")
    path.write_bytes(header.tobytes() + array.tobytes())


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_table_1_reports_the_epoch_that_validation_images_choose(folder):
    command = [sys.executable, SCRIPTS / "table1.py", "goodfellow2014"]
    command += ["--data", "idx:mnist", "--epochs", "2", "--out", "run"]
    environment = {**os.environ, "PYTHONPATH": str(SCRIPTS.parents[1])}
    subprocess.run(command, check=True, cwd=folder, env=environment)
    results = json.loads((folder / "docs/results/table1.json").read_text())
    found = results["goodfellow2014"]["0"]
    curve = dict(found["validation"])
    assert list(curve) == [1, 2]
    assert found["chosen_epoch"] == max(curve, key=curve.get)
    # Two epochs learn, so that the second is chosen, and is the last.
    assert found["chosen_epoch"] == 2
    assert found["chosen"] == found["last"]
    assert (folder / "docs/images/table1_goodfellow2014.png").is_file()
