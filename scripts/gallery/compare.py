"""Trains a folder of pictures for equal minutes in three ways, and compares samples.

    python scripts/gallery/compare.py FOLDER --minutes 10 --seeds 0,1,2

The ways are `keras-gan train --data` and two patterns of keras.io (`patterns.py`), all
with oneDNN and on the same pictures, one after another in processes of their own. The
patterns train for as long as the whole of the first took, with its data, figures and
pictures; their own figures are not counted. The figure is the sliced Wasserstein
distance of pyramids, of 2,000 samples against as many pictures, the mean over levels;
beside it stands that of pictures against other pictures.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")
sys.path.insert(0, str(Path(__file__).parents[1] / "benchmark"))
WAYS = ("recommended", "dcgan", "adaptive")
COUNT = 2000


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seeds", default="0,1,2")
    parser.add_argument("--way", choices=WAYS, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    seeds = [int(seed) for seed in arguments.seeds.split(",")]
    if arguments.way is not None:
        print(json.dumps(run(arguments.way, arguments, seeds[0])))
        return
    import recording

    for seed in seeds:
        minutes = arguments.minutes
        for way in WAYS:
            command = [sys.executable, __file__, str(arguments.folder), "--way", way]
            command += ["--minutes", str(minutes), "--seeds", str(seed)]
            done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
            found = json.loads(done.stdout.splitlines()[-1])
            minutes = max(minutes, found["minutes"])
            key = f"{arguments.folder.name}, {arguments.minutes:g} minutes"
            results = recording.read("gallery").get(key, {})
            results.setdefault(way, {})[str(seed)] = recording.rounded(found)
            recording.record("gallery", {key: results})
            print(arguments.folder.name, way, seed, found, flush=True)


def run(way, arguments, seed):
    """Trains in one way, and returns its figures."""
    source = f"folder:{arguments.folder}"
    train = recommended if way == "recommended" else pattern
    return train(way, source, arguments.minutes, seed)


def recommended(_, source, minutes, seed):
    """Trains the recommended recipe in a temporary folder."""
    from keras_gan import experiment

    start = time.perf_counter()
    given = {"seed": seed, "channels": 3}
    chosen = experiment.recommend(source, minutes=minutes, given=given)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "run")
        experiment.train(chosen.recipe, path, metrics=chosen.metrics, progress=False)
        spent = time.perf_counter() - start
        gan = experiment.load_run(path).gan
        return judged(source, chosen.recipe, gan.sample(COUNT, seed=0)) | {
            "minutes": spent / 60,
            "steps": chosen.steps,
        }


def pattern(way, source, minutes, seed):
    """Trains a pattern of keras.io on the pictures that the recipe would train on."""
    import keras
    from patterns import PATTERNS

    from keras_gan import experiment

    given = {"seed": seed, "channels": 3, "epochs": 1}
    recipe = experiment.recommend(source, minutes=minutes, given=given).recipe
    images = (pictures(recipe, recipe.split) + 1) / 2
    keras.utils.set_random_seed(seed)
    model = PATTERNS[way](images.shape[1:])
    clock = make_clock()(60 * minutes)
    batch_size = min(model.batch_size, len(images))
    model.fit(images, batch_size=batch_size, epochs=10**6, verbose=0, callbacks=[clock])
    return judged(source, recipe, 2 * model.sample(COUNT) - 1) | {
        "minutes": clock.spent / 60,
        "steps": clock.steps,
    }


def judged(source, recipe, samples):
    """Returns the figures of samples, and those of pictures against others."""
    from keras_gan import metrics

    real = pictures(recipe, "train")
    some = real[: 2 * COUNT]
    found = metrics.pyramid_sliced_wasserstein(real[:COUNT], samples)
    among = metrics.pyramid_sliced_wasserstein(some[::2], some[1::2])
    return {"pyramid": found, "real": among}


def pictures(recipe, split):
    """Loads the pictures of a split as the recipe does, in a fixed random order."""
    import numpy as np

    from keras_gan import data

    batches = data.load(
        recipe.data,
        split=split,
        batch_size=256,
        image_size=recipe.image_size,
        resize=recipe.resize,
        channels=recipe.channels,
        drop_remainder=False,
    )
    return np.concatenate(list(batches.as_numpy_iterator()))


def make_clock():
    """Defines the callback here, so that `--help` needs no TensorFlow."""
    import keras

    class Clock(keras.callbacks.Callback):
        """Ends a training when its time is up; the first step compiles, too."""

        def __init__(self, seconds):
            super().__init__()
            self.seconds, self.steps, self.spent = seconds, 0, 0.0
            self.start = time.perf_counter()

        def on_train_batch_end(self, batch, logs=None):
            self.steps += 1
            self.spent = time.perf_counter() - self.start
            if self.spent >= self.seconds:
                self.model.stop_training = True

    return Clock


if __name__ == "__main__":
    main()
