"""Trains on MNIST and estimates how likely its test images are, as in Table 1 of 2014.

    python scripts/reproduce/table1.py goodfellow2014 --data idx:MNIST [--epochs 1000]

MNIST is a folder with the four IDX files; without --data, MNIST comes from
tensorflow-datasets. Trains a preset on the first 50,000 training images, or continues
the run in --out, to the end of its epochs. Every tenth epoch (of a short training, a
twentieth of the epochs) is judged by the likelihood of 5,000 validation images, and the
best one is kept. Then writes

- docs/results/table1.json: under the preset and the seed, the Parzen estimates of the
  test images from 10,000 samples (see `metrics.parzen_estimate`), of the epoch that the
  validation images chose and of the last one, and the estimates of validation images
  during the training; beside them, that of 10,000 training images in place of samples;
- docs/images/table1_PRESET.png: samples, each beside its nearest training image.
"""

import argparse
import json
import math
from pathlib import Path

import numpy as np

from keras_gan import (
    callbacks,
    data,
    evaluation,
    experiment,
    metrics,
    plotting,
    presets,
)
from keras_gan._files import write_text
from keras_gan.trained_generators.quality_pictures import NEIGHBOR_METADATA

SAMPLES, SAMPLE_SEED = 10_000, 12345
TRAIN, VALIDATION = "train[:50000]", "train[50000:51000]"
# The paper's σ comes from VALIDATION; what chooses the epoch is none of these images.
CHOOSING = "train[51000:56000]"
RESULTS, IMAGES = Path("docs/results/table1.json"), Path("docs/images")
SHOWN, POINTS_OF_CURVE, EVERY = 40, 20, 10


def images_of(source: str, split: str) -> np.ndarray:
    """Returns all images of a split, in [0, 1]."""
    batches = data.load(
        source,
        split=split,
        batch_size=1000,
        value_range=(0.0, 1.0),
        shuffle=False,
        drop_remainder=False,
    )
    return np.concatenate(list(batches.as_numpy_iterator()))


def samples_of(gan, count: int) -> np.ndarray:
    """Returns samples whose seeds the training never uses, in [0, 1]."""
    low, high = gan.value_range
    return (gan.sample(count, seed=SAMPLE_SEED) - low) / (high - low)


def rounded(estimate: tuple[float, float, float]) -> dict:
    """Rounds an estimate for the record, and names its values."""
    names = ("nats", "standard_error", "sigma")
    return {name: round(value, 3) for name, value in zip(names, estimate, strict=True)}


def train_run(arguments: argparse.Namespace, recipe: presets.Recipe) -> experiment.Run:
    """Trains, with the likelihood of validation images in the log."""
    out = arguments.out or f"runs/table1_{arguments.preset}_{recipe.seed}"
    low, high = recipe.value_range
    evaluator = evaluation.Evaluator(
        low + (high - low) * images_of(arguments.data, CHOOSING),
        metrics=("parzen",),
        value_range=recipe.value_range,
    )
    every = min(EVERY, math.ceil(recipe.epochs / POINTS_OF_CURVE))
    evaluate = callbacks.Evaluate(
        evaluator,
        n=SAMPLES,
        seed=SAMPLE_SEED,
        every=every,
        best=Path(out, "best.keras"),
    )
    return experiment.train(
        recipe,
        out,
        name=arguments.preset,
        resume=True,
        callbacks=[evaluate],
        progress=False,
    )


def course_of(run: experiment.Run) -> dict:
    """Returns the time of a run and the estimates during it."""
    seconds = sum(record["seconds"] for record in run.folder.read_times("epoch"))
    return {
        "epochs": run.recipe.epochs,
        "minutes": round(seconds / 60, 1),
        "validation": [
            [number, round(record["parzen"], 2)]
            for number, record in enumerate(run.folder.read_log("epoch"), start=1)
            if "parzen" in record
        ],
    }


def draw(preset: str, samples: np.ndarray, train: np.ndarray) -> None:
    """Draws samples, each beside its nearest training image."""
    pixels = train.reshape(len(train), -1)
    nearest, _ = metrics.nearest_neighbors(samples.reshape(len(samples), -1), pixels)
    grid = plotting.neighbor_grid(samples, train[nearest[:, 0]], value_range=(0.0, 1.0))
    plotting.save_picture(
        IMAGES / f"table1_{preset}.png", grid, metadata=NEIGHBOR_METADATA
    )


def main() -> None:
    """Trains, estimates, draws and writes."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("preset", choices=presets.names())
    parser.add_argument("--data", default="mnist")
    parser.add_argument("--seed", type=int)
    parser.add_argument("--epochs", type=int)
    parser.add_argument("--out")
    arguments = parser.parse_args()
    given = {name: getattr(arguments, name) for name in ("seed", "epochs")}
    given = {name: value for name, value in given.items() if value is not None}
    recipe = presets.get(arguments.preset).recipe
    recipe = recipe.replace(data=arguments.data, split=TRAIN, **given)

    train = images_of(arguments.data, TRAIN)
    held_out = images_of(arguments.data, VALIDATION), images_of(arguments.data, "test")
    run = train_run(arguments, recipe)
    best = experiment.load_run(run.folder.path, "best")
    samples = samples_of(best.gan, SAMPLES)
    found = {
        "chosen_epoch": run.folder.read_best()["epoch"],
        "chosen": rounded(metrics.parzen_estimate(samples, *held_out)),
        "last": rounded(
            metrics.parzen_estimate(samples_of(run.gan, SAMPLES), *held_out)
        ),
    }
    shuffled = np.random.default_rng(0).permutation(len(train))[:SAMPLES]
    results = json.loads(RESULTS.read_text()) if RESULTS.is_file() else {}
    results["training images"] = rounded(
        metrics.parzen_estimate(train[shuffled], *held_out)
    )
    results.setdefault(arguments.preset, {})[str(recipe.seed)] = {
        **found,
        **course_of(run),
    }
    write_text(RESULTS, json.dumps(results, indent=1) + "\n")
    draw(arguments.preset, samples[:SHOWN], train)
    print(arguments.preset, found)


if __name__ == "__main__":
    main()
