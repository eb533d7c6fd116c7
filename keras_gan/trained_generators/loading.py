"""Opens the generator in a run, a `.keras` file, an ONNX file or a SavedModel."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from keras_gan._checks import InputError
from keras_gan._process import import_tensorflow
from keras_gan.export import runtime
from keras_gan.priors.generator_protocol import Generator
from keras_gan.runs.folder import RunFolder
from keras_gan.trained_generators.file_kinds import (
    ONNX,
    OTHER,
    RUN,
    SAVED_MODEL,
    find_generator,
)
from keras_gan.trained_generators.saved_model import SavedModelGenerator

if TYPE_CHECKING:
    from keras_gan.training import GAN


def open_generator(path: str | os.PathLike[str]) -> Generator:
    """Opens a run folder or an artifact; TensorFlow is imported only if needed.

    Raises:
        ValueError: If there is no generator at `path`; the message names it.
    """
    kind, place = find_generator(path)
    if kind == OTHER:
        raise InputError(
            f"'{path}': it must be a run, a .keras or .onnx file, or a SavedModel."
        )
    if kind == ONNX:
        return runtime.load(place)
    if kind == SAVED_MODEL:
        return SavedModelGenerator(place)
    # A run without a model is refused before TensorFlow is imported.
    return _load_gan(RunFolder(place).saved_gan() if kind == RUN else place)


def open_gan(path: str | os.PathLike[str]) -> GAN:
    """Opens the GAN of a run or of a `.keras` file.

    Raises:
        ValueError: If there is none at `path`.
    """
    generator: Any = open_generator(path)
    if not hasattr(generator, "discriminator"):
        raise InputError(f"'{path}': it is an export already; give a run.")
    return generator


def _load_gan(file: Path) -> GAN:
    import_tensorflow()
    from keras_gan.training.loading import load_gan

    return load_gan(file)
