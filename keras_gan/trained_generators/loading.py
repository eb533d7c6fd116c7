"""Opens the generator in a run, a file, a SavedModel, or a repository on a hub."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

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

_EXPORTS = (ONNX, LITERT, SAVED_MODEL)


def open_generator(path: str | os.PathLike[str], which: str | None = None) -> Generator:
    """Opens a run folder or an artifact; TensorFlow is imported only if needed.

    Of a GAN it loads what draws images, without the discriminator and the optimizers.

    Args:
        path: The run, the artifact, or an address on a hub; see `find_generator`.
        which: "best" or "last", the epoch of a run; None for the best if metrics found
            one, else for the last.

    Raises:
        ValueError: If there is no generator at `path`; the message names it.
    """
    kind, file = _find(path, which)
    if kind in (ONNX, LITERT):
        return runtime.load(file)
    if kind == SAVED_MODEL:
        return SavedModelGenerator(file)
    import_tensorflow()
    from keras_gan.training.loading import load_drawing_model

    return load_drawing_model(file)


def open_gan(path: str | os.PathLike[str], which: str | None = None) -> GAN:
    """Opens the whole GAN of a run or of a `.keras` file; see `open_generator`.

    Raises:
        ValueError: If there is none at `path`.
    """
    kind, file = _find(path, which)
    if kind in _EXPORTS:
        raise InputError(f"'{path}': it is an export already; give a run.")
    import_tensorflow()
    from keras_gan.training.loading import load_gan

    return load_gan(file)


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


def _find(path: str | os.PathLike[str], which: str | None) -> tuple[str, Path]:
    """Returns the kind of what is at a path, and the file or folder to open."""
    kind, place, _ = find_generator(path)
    # A run without a model is refused before TensorFlow is imported.
    saved = saved_gan(path, which)
    if kind == OTHER:
        raise InputError(
            f"'{path}': it must be a run, a .keras, .onnx or .tflite file, or a "
            "SavedModel."
        )
    return kind, place if saved is None else saved.file
