"""A real notebook: no log lines, one bar, one live picture, tables and pictures."""

import base64
import io
import os
import re
import sys
from pathlib import Path

import pytest
from harness.notebooks import cells_of, displays_of, run_cells, text_of
from PIL import Image

ROOT = Path(__file__).parents[2]
pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]

SETUP = """
import json
import keras_gan
import keras
import numpy as np
from keras_gan import callbacks
layers = keras.layers
gan = keras_gan.GAN(
    keras.Sequential(
        [keras.Input((4,)), layers.Dense(64, "tanh"), layers.Reshape((8, 8, 1))]
    ),
    keras.Sequential([keras.Input((8, 8, 1)), layers.Flatten(), layers.Dense(1)]),
)
gan.compile(keras.optimizers.SGD(0.1), keras.optimizers.SGD(0.1), jit_compile=False)
images = np.random.default_rng(0).uniform(-1, 1, (64, 8, 8, 1)).astype("float32")
np.savez("tiny.npz", images=images[:24])
sgd = {"name": "sgd", "learning_rate": 0.1}
recipe = keras_gan.presets.Recipe(
    "goodfellow_mlp", sgd, sgd, "npz:tiny.npz", batch_size=8, epochs=2,
    architecture_options={"generator_units": 8, "discriminator_units": 4},
)
with open("tiny.json", "w") as file:
    json.dump(recipe.to_dict(), file)
"""
CELLS = [
    SETUP,
    "history = gan.fit(images, batch_size=8, epochs=6)",
    "live = callbacks.LiveSamples(n=4, every=1)\n"
    "bar = callbacks.ProgressBar(batch_size=8)\n"
    "history = gan.fit(images, batch_size=8, epochs=4, callbacks=[live, bar])",
    "gan.show(16, seed=7)",
    "history = gan.fit(images, batch_size=8, epochs=2, verbose=0)",
    # It has the look of a terminal, as pexpect gives commands one.
    f"!{sys.executable} -m keras_gan train --config tiny.json --out run",
    # A mistake, which would end the notebook.
    "try:\n    gan.fit(255 * images, batch_size=8)\nexcept ValueError:\n"
    "    get_ipython().showtraceback()",
]


def environment():
    """As a user's is, who has not chosen what TensorFlow logs."""
    others = {k: v for k, v in os.environ.items() if k != "TF_CPP_MIN_LOG_LEVEL"}
    return others | {"PYTHONPATH": str(ROOT)}


@pytest.fixture(scope="module")
def notebook(tmp_path_factory):
    return run_cells(CELLS, tmp_path_factory.mktemp("notebook"), environment())


def outputs_of(notebook, cell):
    return notebook[0].cells[cell]["outputs"]


def updates_of(notebook, cell):
    """The identities of the displays that a cell has replaced, one for each time."""
    return [
        content["transient"]["display_id"]
        for index, kind, content in notebook[1]
        if (index, kind) == (cell, "update_display_data")
    ]


def test_importing_the_package_and_building_a_gan_write_nothing(notebook):
    assert outputs_of(notebook, 0) == []


def test_fit_shows_one_bar_that_moves_and_no_line_of_keras(notebook):
    (bar,) = displays_of(outputs_of(notebook, 1))
    assert bar["text/plain"].startswith("epoch 6/6  step 48/48  ")
    assert "g_loss" in bar["text/plain"]
    assert "<progress value" in bar["text/html"]
    assert text_of(outputs_of(notebook, 1), "stdout") == ""
    assert len(set(updates_of(notebook, 1))) == 1
    assert outputs_of(notebook, 4) == []


def test_live_samples_replace_one_picture_beside_one_bar(notebook):
    shown = displays_of(outputs_of(notebook, 2))
    picture, bar = sorted(shown, key=lambda each: "image/png" not in each)
    assert bar["text/plain"].startswith("epoch 4/4  step")
    assert picture["text/plain"] == "epoch 4/4, step 80"
    with Image.open(io.BytesIO(base64.b64decode(picture["image/png"]))) as png:
        assert png.format == "PNG"
        assert png.width > 800  # the curves stand beside the samples
    # The picture was drawn before the first step, and replaced after four epochs.
    identities = updates_of(notebook, 2)
    assert len(set(identities)) == 2
    assert 4 in [identities.count(each) for each in set(identities)]


def test_show_gives_the_notebook_a_png_of_whole_rows(notebook):
    (shown,) = displays_of(outputs_of(notebook, 3))
    with Image.open(io.BytesIO(base64.b64decode(shown["image/png"]))) as png:
        assert png.size == (4 * 65 + 1, 4 * 65 + 1)


def test_a_command_leaves_plain_lines(notebook):
    text = text_of(outputs_of(notebook, 5), "stdout").replace("\r\n", "\n")
    assert "epoch 2/2  step 6/6" in text
    assert "\r" not in text
    assert "\x1b" not in text
    assert len(text.splitlines()) < 40


def test_a_mistake_shows_the_users_line_and_the_message_alone(notebook):
    (shown,) = outputs_of(notebook, 6)
    text = re.sub(r"\x1b\[[\d;]*m", "", "\n".join(shown["traceback"]))
    assert "gan.fit(255 * images, batch_size=8)" in text
    assert "InputError: " in text
    assert len(text.splitlines()) == 2


def test_the_cells_of_the_page_on_notebooks_run(tmp_path):
    cells = cells_of(ROOT / "docs" / "notebooks.md")
    assert len(cells) > 4
    notebook, _ = run_cells(cells, tmp_path, environment())
    shown = [displays_of(cell["outputs"]) for cell in notebook.cells]
    assert shown[0] == []
    assert sum("image/png" in each for each in shown[1]) == 1
    assert all("image/png" in each[0] for each in shown[2:5])
    assert all("<table>" in each[0]["text/html"] for each in shown[5:])
