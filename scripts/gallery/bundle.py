"""Writes the GAN of a run without its optimizers, to come with the package.

    python scripts/gallery/bundle.py runs/emoji \
        keras_gan/trained_generators/bundled/emoji.keras

Writes both networks and the moving average of the best epoch, and prints the SHA-256.
emoji.md beside the file says what it was trained on.
"""

import argparse
import hashlib
from pathlib import Path

from keras_gan import GAN
from keras_gan._files import atomic_path
from keras_gan.runs.folder import RunFolder
from keras_gan.training.loading import load_gan


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run", type=Path)
    parser.add_argument("file", type=Path)
    arguments = parser.parse_args()
    trained = load_gan(RunFolder(arguments.run).saved_gan().file)
    bare = GAN.from_config(trained.get_config())
    pairs = zip(bare.variables, trained.variables, strict=True)
    for variable, value in pairs:
        variable.assign(value)
    with atomic_path(arguments.file) as unfinished:
        bare.save(unfinished)
    print(hashlib.sha256(arguments.file.read_bytes()).hexdigest())


if __name__ == "__main__":
    main()
