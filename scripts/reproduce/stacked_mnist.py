"""Trains on Stacked-MNIST and counts how many of the 1,000 triples are drawn.

    python scripts/reproduce/stacked_mnist.py --data stacked:idx:MNIST

MNIST is a folder with the four IDX files. Trains the preset, or continues the run in
--out, to the end of its epochs, which takes an hour on one CPU core. Then writes

- docs/results/stacked_mnist.json: modes and KL of 26,000 samples whose seeds the
  training never used (as many samples as in Lin et al. 2018), of real stacks, and of
  each epoch;
- docs/images/stacked_mnist.png: 64 samples.
"""

import argparse
import json
from pathlib import Path

import numpy as np

from keras_gan import data, experiment, metrics, plotting, presets
from keras_gan._files import atomic_path, write_text

SAMPLES, SAMPLE_SEED = 26_000, 12345
DOCS = Path("docs")


def describe(images: np.ndarray, classifier: metrics.DigitClassifier) -> dict:
    """Returns modes, KL, and the share of digits that the classifier is sure of."""
    planes = np.moveaxis(images, -1, 1).reshape(-1, 28, 28, 1)
    confident = (classifier.probabilities(planes).max(1) >= 0.9).mean()
    modes, kl = metrics.class_coverage(classifier.stacked_classes(images), 1000)
    return {
        "modes": modes,
        "kl": round(kl, 4),
        "confident_digits": round(float(confident), 4),
    }


def main() -> None:
    """Trains, counts the modes and writes the results."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", default="stacked:mnist_10k")
    parser.add_argument("--epochs", type=int)
    parser.add_argument("--out", default="runs/stacked_mnist")
    arguments = parser.parse_args()
    recipe = presets.get("stacked_mnist").recipe.replace(data=arguments.data)
    if arguments.epochs is not None:
        recipe = recipe.replace(epochs=arguments.epochs)
    run = experiment.train(
        recipe, arguments.out, name="stacked_mnist", resume=True, progress=False
    )
    classifier = metrics.DigitClassifier()
    samples = run.gan.sample(SAMPLES, seed=SAMPLE_SEED)
    real = data.load(arguments.data, split="train", batch_size=SAMPLES, seed=1)
    seconds = sum(record["seconds"] for record in run.folder.read_times("epoch"))
    results = {
        "samples": SAMPLES,
        "step": int(run.gan.step),
        "minutes": round(seconds / 60, 1),
        "generator": describe(samples, classifier),
        "real": describe(next(real.as_numpy_iterator()), classifier),
        "epochs": [
            {name: record[name] for name in ("step", "modes", "mode_kl")}
            for record in run.folder.read_log("epoch")
        ],
    }
    write_text(DOCS / "results" / "stacked_mnist.json", json.dumps(results, indent=1))
    grid = plotting.image_grid(samples[:64], value_range=recipe.value_range)
    with atomic_path(DOCS / "images" / "stacked_mnist.png") as path:
        grid.save(path, format="PNG")
    print({name: results[name] for name in ("minutes", "generator", "real")})


if __name__ == "__main__":
    main()
