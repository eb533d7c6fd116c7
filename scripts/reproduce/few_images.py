"""Trains the preset `digits` on few images, with augmentation and without it.

    python scripts/reproduce/few_images.py [--counts 100,300,1000]

All trainings take the steps that the preset takes on 10,000 images. Runs that are begun
in --out go on. Then writes

- docs/results/few_images.json: by the number of images and the augmentation, the
  Fréchet distance of 2,000 samples to 2,000 test images after each epoch, and the
  p-values of the copy test (`metrics.memorization_test`), small if samples are nearer
  to the training images than those of the test are;
- docs/images/few_images.png: the distances in the course of the trainings.
"""

import argparse
import sys
from pathlib import Path

from keras_gan import callbacks, data, evaluation, experiment, plotting, presets

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmark"))
import recording

DATA, ALL, TEST = "mnist_10k", 10_000, 2000
AUGMENTATIONS = {
    "without": None,
    "with": {"name": "DiffAugment", "policy": ["translation", "cutout"]},
}


def main() -> None:
    """Does the trainings, and writes the record after each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--counts", default="100,300,1000")
    parser.add_argument("--steps", type=int, help="a cap, for a trial")
    parser.add_argument("--out", type=Path, default=Path("runs/few_images"))
    arguments = parser.parse_args()
    test = next(
        data.load(DATA, split="test", batch_size=TEST, shuffle=False)
        .take(1)
        .as_numpy_iterator()
    )
    evaluator = evaluation.Evaluator(test, extractor="digits", metrics=("frechet",))
    logs = {}
    for count in map(int, arguments.counts.split(",")):
        for kind, augment in AUGMENTATIONS.items():
            run = train(count, augment, arguments, evaluator)
            name = f"{count} images, {kind}"
            course = found(run)
            recording.record("few_images", {name: recording.rounded(course)})
            print(name, course["frechet"][-1], flush=True)
            logs[name] = [run.folder.read_log()]
    plotting.compared_curves(logs, recording.IMAGES_FOLDER / "few_images.png")


def train(
    count: int,
    augment: dict | None,
    arguments: argparse.Namespace,
    evaluator: evaluation.Evaluator,
) -> experiment.Run:
    """Trains on the first images, with the distance to the test images in the log."""
    recipe = presets.get("digits").recipe
    recipe = recipe.replace(
        split=f"train[:{count}]",
        augment=augment,
        passes_per_epoch=ALL // count,
    )
    kind = "plain" if augment is None else "augmented"
    evaluate = callbacks.Evaluate(evaluator, n=TEST)
    return experiment.train(
        recipe,
        arguments.out / f"{count}_{kind}",
        steps=arguments.steps,
        resume=True,
        callbacks=[evaluate],
        progress=False,
    )


def found(run: experiment.Run) -> dict:
    """Returns the course of the distance, and what the copy test says."""
    epochs = run.folder.read_log("epoch")
    copies = run.folder.read_memorization() or {}
    seconds = sum(record["seconds"] for record in run.folder.read_times("epoch"))
    return {
        "steps": epochs[-1]["step"],
        "minutes": seconds / 60,
        "frechet": [epoch["frechet"] for epoch in epochs],
        "d_real": [epoch["d_real"] for epoch in epochs],
        "copies": {name: copies[name] for name in ("p_value", "copy_p_value", "share")},
    }


if __name__ == "__main__":
    main()
