"""Writes the GAN of a run without its optimizers, to come with the package.

    python scripts/gallery/bundle.py runs/emoji emoji

Writes keras_gan/trained_generators/bundled/NAME.keras, with both networks and the
moving average of the best epoch, and prints its SHA-256. NAME.md beside it says what it
was trained on.
"""

import argparse
import hashlib
from pathlib import Path

from keras_gan import GAN
from keras_gan._files import atomic_path
from keras_gan.runs.folder import RunFolder
from keras_gan.training.loading import load_gan

BUNDLED = Path(__file__).parents[2] / "keras_gan/trained_generators/bundled"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run", type=Path)
    parser.add_argument("name")
    arguments = parser.parse_args()
    trained = load_gan(RunFolder(arguments.run).saved_gan().file)
    bare = GAN.from_config(trained.get_config())
    pairs = zip(bare.variables, trained.variables, strict=True)
    for variable, value in pairs:
        variable.assign(value)
    path = BUNDLED / f"{arguments.name}.keras"
    with atomic_path(path) as unfinished:
        bare.save(unfinished)
    print(path, hashlib.sha256(path.read_bytes()).hexdigest())


if __name__ == "__main__":
    main()
