"""Trains on MNIST and estimates how likely its test images are, as in Table 1 of 2014.

    python scripts/reproduce/table1.py goodfellow2014 --data idx:MNIST

MNIST is a folder with the four IDX files; without --data, MNIST comes from
tensorflow-datasets. Trains a preset on the first 50,000 training images, or goes on
with the run in --out, to the end of its epochs. Then adds to docs/results/table1.json,
under the preset and the seed, the Parzen estimate of 10,000 samples (see
`metrics.parzen_estimate`), how it grew, and what 10,000 training images get in place of
samples; and draws docs/images/table1_PRESET.png, samples each with the nearest training
image in a frame.
"""

import argparse
import json
import math
from pathlib import Path

import numpy as np

from keras_gan import callbacks, data, experiment, metrics, plotting, presets
from keras_gan._files import write_text
from keras_gan.generators.quality_pictures import NEIGHBOR_METADATA

SAMPLES, SAMPLE_SEED = 10_000, 12345
TRAIN, VALIDATION = "train[:50000]", "train[50000:51000]"
RESULTS, IMAGES = Path("docs/results/table1.json"), Path("docs/images")
SHOWN, POINTS_OF_CURVE = 40, 20


def images_of(source: str, split: str) -> np.ndarray:
    """All images of a split, in [0, 1]."""
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
    """Samples of seeds that no training draws, in [0, 1]."""
    low, high = gan.value_range
    return (gan.sample(count, seed=SAMPLE_SEED) - low) / (high - low)


def rounded(estimate: tuple[float, float, float]) -> dict:
    """An estimate as the record has it."""
    names = ("nats", "standard_error", "sigma")
    return {name: round(value, 3) for name, value in zip(names, estimate, strict=True)}


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

    def parzen(gan) -> float:
        return metrics.parzen_estimate(samples_of(gan, SAMPLES), *held_out)[0]

    every = math.ceil(recipe.epochs / POINTS_OF_CURVE)
    run = experiment.train(
        recipe,
        arguments.out or f"runs/table1_{arguments.preset}_{recipe.seed}",
        name=arguments.preset,
        resume=True,
        callbacks=[callbacks.EvaluateMetrics({"parzen": parzen}, every=every)],
        progress=False,
    )
    samples = samples_of(run.gan, SAMPLES)
    estimate = metrics.parzen_estimate(samples, *held_out)
    chosen = np.random.default_rng(0).permutation(len(train))[:SAMPLES]
    results = json.loads(RESULTS.read_text()) if RESULTS.is_file() else {}
    results["training images"] = rounded(
        metrics.parzen_estimate(train[chosen], *held_out)
    )
    seconds = sum(record["seconds"] for record in run.folder.read_times("epoch"))
    results.setdefault(arguments.preset, {})[str(recipe.seed)] = {
        **rounded(estimate),
        "epochs": recipe.epochs,
        "minutes": round(seconds / 60, 1),
        "curve": [
            [number, round(record["parzen"], 2)]
            for number, record in enumerate(run.folder.read_log("epoch"), start=1)
            if "parzen" in record
        ],
    }
    write_text(RESULTS, json.dumps(results, indent=1) + "\n")
    pixels = train.reshape(len(train), -1)
    nearest, _ = metrics.nearest_neighbors(samples[:SHOWN].reshape(SHOWN, -1), pixels)
    grid = plotting.neighbor_grid(
        samples[:SHOWN], train[nearest[:, 0]], value_range=(0.0, 1.0)
    )
    plotting.save_picture(
        IMAGES / f"table1_{arguments.preset}.png", grid, metadata=NEIGHBOR_METADATA
    )
    print(arguments.preset, rounded(estimate))


if __name__ == "__main__":
    main()
