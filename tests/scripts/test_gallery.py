"""The scripts of the gallery, from a folder of pictures to recorded figures."""

import json
import os
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
from PIL import Image

from keras_gan import experiment

SCRIPTS = Path(__file__).parents[2] / "scripts/gallery"


def run_script(name, *arguments, folder):
    command = [sys.executable, SCRIPTS / f"{name}.py", *map(str, arguments)]
    environment = {**os.environ, "PYTHONPATH": str(SCRIPTS.parents[1])}
    return subprocess.run(
        command, check=True, cwd=folder, env=environment, stdout=subprocess.PIPE
    )


@pytest.fixture
def folder(tmp_path):
    """A place with docs, and 40 pictures of 16×16 with half of them transparent."""
    for path in ("docs/images", "docs/results", "dots"):
        (tmp_path / path).mkdir(parents=True)
    rng = np.random.default_rng(0)
    for number in range(40):
        pixels = rng.integers(0, 256, (16, 16, 4), dtype=np.uint8)
        pixels[:8, :, 3] = 0
        Image.fromarray(pixels).save(tmp_path / f"dots/{number:02}.png")
    return tmp_path


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_folder_becomes_pictures_figures_and_a_bundled_gan(folder):
    run_script("train", "dots", "--out", "runs/dots", "--epochs", 2, folder=folder)
    results = json.loads((folder / "docs/results/gallery.json").read_text())
    recorded = results["dots"]
    assert len(recorded["pyramid"]) == 2
    best = recorded["best"]["values"]["patch_frechet"]
    assert best == min(recorded["patch_frechet"])
    assert recorded["copies"]["samples"] > 0
    for kind in ("sample", "neighbors"):
        with Image.open(folder / f"docs/images/gallery_dots_{kind}.webp") as picture:
            assert (picture.mode, picture.width > 100) == ("RGB", True)
    run_script("bundle", "runs/dots", "dots.keras", folder=folder)
    bundled = keras.saving.load_model(folder / "dots.keras")
    trained = experiment.load_run(folder / "runs/dots").gan
    np.testing.assert_array_equal(bundled.sample(4, seed=1), trained.sample(4, seed=1))
    assert not bundled.compiled


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_three_ways_are_compared_at_equal_minutes(folder):
    run_script("compare", "dots", "--minutes", 0.05, "--seeds", 3, folder=folder)
    results = json.loads((folder / "docs/results/gallery.json").read_text())
    ways = results["dots, 0.05 minutes"]
    assert ways.keys() == {"recommended", "dcgan", "adaptive"}
    found = {way: ways[way]["3"] for way in ways}
    for way, figures in found.items():
        assert figures["steps"] > 0
        assert np.isfinite(figures["pyramid"]["pyramid"])
        # The pictures, and so what is real among them, are those of the first way.
        assert figures["real"] == found["recommended"]["real"]
        assert figures["minutes"] >= found["recommended"]["minutes"] - 0.01, way
