"""Opens the generator in a run, a file, a SavedModel, or a repository on a hub."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from keras_gan._checks import InputError
from keras_gan._process import import_tensorflow
from keras_gan.export import runtime
from keras_gan.priors.generator_protocol import Generator
from keras_gan.runs.folder import RunFolder, SavedGAN
from keras_gan.trained_generators.file_kinds import (
    LITERT,
    ONNX,
    OTHER,
    RUN,
    SAVED_MODEL,
    find_generator,
)
from keras_gan.trained_generators.saved_model import SavedModelGenerator

if TYPE_CHECKING:
    from keras_gan.training import GAN


def open_generator(path: str | os.PathLike[str], which: str | None = None) -> Generator:
    """Opens a run folder or an artifact; TensorFlow is imported only if needed.

    Args:
        path: The run, the artifact, or an address on a hub; see `find_generator`.
        which: "best" or "last", the epoch of a run; None for the best if metrics found
            one, else for the last.

    Raises:
        ValueError: If there is no generator at `path`; the message names it.
    """
    kind, place, _ = find_generator(path)
    # A run without a model is refused before TensorFlow is imported.
    saved = saved_gan(path, which)
    if kind == OTHER:
        raise InputError(
            f"'{path}': it must be a run, a .keras, .onnx or .tflite file, or a "
            "SavedModel."
        )
    if kind in (ONNX, LITERT):
        return runtime.load(place)
    if kind == SAVED_MODEL:
        return SavedModelGenerator(place)
    return _load_gan(place if saved is None else saved.file)


def open_gan(path: str | os.PathLike[str], which: str | None = None) -> GAN:
    """Opens the GAN of a run or of a `.keras` file; see `open_generator`.

    Raises:
        ValueError: If there is none at `path`.
    """
    generator: Any = open_generator(path, which)
    if not hasattr(generator, "discriminator"):
        raise InputError(f"'{path}': it is an export already; give a run.")
    return generator


def saved_gan(
    path: str | os.PathLike[str], which: str | None = None
) -> SavedGAN | None:
    """Returns the file that `open_generator` takes from a run; None for no run.

    Raises:
        ValueError: If there is nothing at `path`, or `which` is given for no run.
    """
    kind, place, _ = find_generator(path)
    if kind == RUN:
        return RunFolder(place).saved_gan(which)
    if which is not None:
        raise InputError(f"'{path}': `which` chooses an epoch of a run; leave it out.")
    return None


def _load_gan(file: Path) -> GAN:
    import_tensorflow()
    from keras_gan.training.loading import load_gan

    return load_gan(file)
