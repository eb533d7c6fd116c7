"""Finds out from file names whether a generator is a run, a file or an export."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

from keras_gan._checks import InputError, missing_error
from keras_gan.export import manifest
from keras_gan.safety.saved_model import GRAPH

# GANs that come with the package: NAME.keras, and NAME.md on its data and licence.
_BUNDLED = Path(__file__).with_name("bundled")

RUN, KERAS, SAVED_MODEL, OTHER = "run", "keras", "saved_model", "other"
ONNX, LITERT = "onnx", "litert"

_SUFFIXES = {".keras": KERAS, ".onnx": ONNX, ".tflite": LITERT}


class FoundGenerator(NamedTuple):
    """The kind of a generator, and its file or folder.

    Attributes:
        kind: `RUN`, `KERAS`, `ONNX`, `LITERT`, `SAVED_MODEL`, or `OTHER` for any other
            file.
        path: The path itself. For the base path of a SavedModel, the folder of its
            latest version.
    """

    kind: str
    path: Path


def bundled_names() -> list[str]:
    """Returns the names of the GANs that come with the package."""
    return sorted(path.stem for path in _BUNDLED.glob("*.keras"))


def find_generator(path: str | os.PathLike[str]) -> FoundGenerator:
    """Finds the generator at a path by the names of its files, and opens none.

    Args:
        path: A path, or one of `bundled_names`; a file or folder of that name comes
            first.

    Raises:
        ValueError: If there is nothing at `path`, or a folder of another kind.
    """
    path = Path(path)
    if not path.exists():
        if str(path) in bundled_names():
            return FoundGenerator(KERAS, _BUNDLED / f"{path}.keras")
        raise missing_error(path, "run or file")
    if path.is_file():
        return FoundGenerator(_SUFFIXES.get(path.suffix, OTHER), path)
    if (path / GRAPH).is_file():
        return FoundGenerator(SAVED_MODEL, path)
    if (path / "config.json").exists():
        return FoundGenerator(RUN, path)
    versions = manifest.version_folders(path)
    if not versions:
        raise InputError(f"'{path}': it is no run and no SavedModel.")
    return FoundGenerator(SAVED_MODEL, versions[max(versions)])
