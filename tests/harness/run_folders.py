"""Folders of runs, written as trainings write them, without a training."""

import json

import numpy as np

from keras_gan import plotting, presets
from keras_gan.evaluation.evaluation import Evaluation, write_evaluation
from keras_gan.runs.folder import RunFolder

ADAM = {"name": "adam", "learning_rate": 2e-4}
STEPS = 10  # of an epoch


def write_run(path, *, name="tiny", epochs=2, cap=None, logs=None, **recipe):
    """Writes the records of a run of `epochs` epochs; returns its folder.

    Args:
        path: The folder.
        name: The name of the run.
        epochs: The epochs that it trained, of the two that its recipe asks for.
        cap: The largest number of steps that it was asked for.
        logs: Figures of each epoch beside the usual ones, by name a list of numbers.
        recipe: Fields that are not the usual ones.
    """
    folder = RunFolder(path)
    fields = {"architecture": "dcgan", "data": "mnist_10k", "epochs": 2, **recipe}
    made = presets.Recipe(
        generator_optimizer=ADAM, discriminator_optimizer=ADAM, **fields
    )
    folder.write_config(
        {
            "name": name,
            "recipe": made.to_dict(),
            "steps": cap,
            "metrics": [],
            "pretrained": None,
            "data": {"num_examples": 640, "image_shape": [8, 8, 1]},
            "versions": {"keras_gan": "0.1.0", "tensorflow": "2.21.0"},
        }
    )
    random = np.random.default_rng(made.seed)
    for epoch in range(1, epochs + 1):
        for step in (STEPS // 2, STEPS):
            place = {"epoch": epoch, "step": STEPS * (epoch - 1) + step}
            usual = {
                "d_loss": 1.2 + 0.1 * random.normal(),
                "g_loss": 0.9 + 0.1 * random.normal(),
                "d_real": 0.71,
                "d_fake": 0.29,
            }
            _add(folder.log, {"event": "step", **place, **usual})
            _add(folder.times, {"event": "step", **place, **_times(step)})
        more = {key: values[epoch - 1] for key, values in (logs or {}).items()}
        _add(folder.log, {"event": "epoch", **place, **usual, **more})
        _add(folder.times, {"event": "epoch", **place, **_times(60)})
        grid = random.random((4, 8, 8))
        file = folder.samples / f"epoch_{epoch:04}.png"
        plotting.save_image_grid(file, grid, value_range=(0, 1))
    return folder


def evaluate_run(folder, values, *, real=None, **conditions):
    """Writes the figures of `keras-gan evaluate` for a run."""
    usual = {
        "extractor": "pixels",
        "resize": "none",
        "real_count": 500,
        "fake_count": 500,
        "data": "mnist_10k/train",
        "fingerprint": "0" * 64,
        "seed": 0,
        "step": 20,
        "real_counts": None if real is None else (500, 500),
    }
    found = Evaluation(values=values, real=real, **{**usual, **conditions})
    write_evaluation(folder.evaluation, found)


def _times(seconds):
    return {"seconds": seconds, "images_per_second": 100.0}


def _add(path, record):
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(record) + "\n")
