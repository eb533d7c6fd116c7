"""Trains a preset on the whole of its data, and records its course and its figures.

    python scripts/reproduce/presets.py algorithm1 --data idx:MNIST [--seed 1]

Trains, or continues the run in --out, to the end of its epochs. Then writes

- docs/results/presets.json: under the preset and the seed, D's mean answers and the
  Fréchet distance after each epoch, the same of real images, and, of a conditional
  preset, the accuracy on test images of a classifier that learned from samples alone,
  beside one that learned from the data (`evaluation.classification_accuracy`);
- docs/images/preset_NAME.webp: 64 samples of seed 0, beside 64 images of the data;
- docs/images/preset_NAME_curves.png: the losses, D's answers and the distance.
"""

import argparse
import sys
from pathlib import Path

import numpy as np
from PIL import Image

from keras_gan import data, evaluation, experiment, plotting, presets

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmark"))
import recording

SHOWN, QUALITY = 64, {"quality": 85, "method": 6}


def main() -> None:
    """Trains, judges and draws."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("preset", choices=presets.names())
    parser.add_argument("--data", help="in place of the preset's own")
    parser.add_argument("--epochs", type=int, help="in place of the preset's own")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    given = {"data": arguments.data, "epochs": arguments.epochs}
    told = {name: value for name, value in given.items() if value is not None}
    recipe = presets.get(arguments.preset).recipe.replace(seed=arguments.seed, **told)
    out = arguments.out or Path(f"runs/{arguments.preset}_{recipe.seed}")
    figure = "patch_frechet" if "fashion" in recipe.data else "frechet"
    run = experiment.train(
        recipe, out, name=arguments.preset, resume=True, metrics=(figure,)
    )
    found = course_of(run, figure) | {"versions": run.folder.read_config()["versions"]}
    if run.gan.num_classes is not None:
        found["accuracy"] = accuracy(run)._asdict()
    known = recording.read("presets").get(arguments.preset, {})
    known[str(recipe.seed)] = recording.rounded(found)
    recording.record("presets", {arguments.preset: known})
    draw(run, recording.IMAGES_FOLDER / f"preset_{arguments.preset}.webp")
    plotting.compared_curves(
        {arguments.preset: [run.folder.read_log()]},
        recording.IMAGES_FOLDER / f"preset_{arguments.preset}_curves.png",
    )
    print(arguments.preset, recipe.seed, found[figure][-1], found.get("accuracy"))


def course_of(run: experiment.Run, figure: str) -> dict:
    """Returns the time of a run, and its course by epoch."""
    epochs = run.folder.read_log("epoch")
    seconds = sum(record["seconds"] for record in run.folder.read_times("epoch"))
    return {
        "epochs": len(epochs),
        "minutes": seconds / 60,
        **{name: [e[name] for e in epochs] for name in ("d_real", "d_fake", figure)},
        "real": epochs[-1][f"{figure}_real"],
    }


def accuracy(run: experiment.Run) -> evaluation.ClassificationAccuracy:
    """Returns how well a classifier that saw only samples knows test images."""
    parts = (labelled(run, split) for split in (run.recipe.split, "test"))
    return evaluation.classification_accuracy(run.gan, *parts)


def labelled(run: experiment.Run, split: str) -> tuple[np.ndarray, np.ndarray]:
    """Returns all images of a part of the run's data, and their labels."""
    batches = data.load(
        run.recipe.data,
        split=split,
        batch_size=1000,
        labels=True,
        value_range=run.recipe.value_range,
        shuffle=False,
        drop_remainder=False,
    )
    images, labels = zip(*batches.as_numpy_iterator(), strict=True)
    return np.concatenate(images), np.concatenate(labels)


def draw(run: experiment.Run, path: Path) -> None:
    """Draws samples on the left, and images of the data on the right."""
    real, _ = labelled(run, "test")
    value_range = run.recipe.value_range
    grids = [
        plotting.image_grid(images[:SHOWN], value_range=value_range, scale=1)
        for images in (run.gan.sample(SHOWN, seed=0), real)
    ]
    gap = np.full_like(np.asarray(grids[0])[:, :8], 255)
    both = np.concatenate([np.asarray(grids[0]), gap, np.asarray(grids[1])], axis=1)
    height, width = both.shape[:2]
    picture = Image.fromarray(both).resize((2 * width, 2 * height), Image.NEAREST)
    picture.save(path, **QUALITY)


if __name__ == "__main__":
    main()
