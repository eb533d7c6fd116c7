"""Finds the exports that belong to a GAN, and the files that each consists of."""

from __future__ import annotations

import os
import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from keras_gan._checks import InputError
from keras_gan.export import manifest
from keras_gan.export.parity.comparison import width_of
from keras_gan.export.parity.keras_generator import array_function
from keras_gan.export.verification import unchanged
from keras_gan.training import GAN

# Of the width of the value range: rounding is a thousandth of it, another GAN is far.
_SAME = 1e-2


def exports_of(
    gan: GAN, run: Path | None, given: Sequence[str | os.PathLike[str]]
) -> dict[str, Path]:
    """Returns the files of a GAN's exports by their names in a repository.

    Args:
        gan: The GAN.
        run: A run's folder, whose exports are taken if they are this GAN's; else they
            are left out with a warning.
        given: Other exports: `.onnx` and `.tflite` files, and SavedModels.

    Raises:
        ValueError: If an export has changed, two have one name, or one of `given` is
            of another GAN.
    """
    files: dict[str, Path] = {}
    for path in _found_in(run) if run is not None else ():
        artifact, recorded, _ = unchanged(path)
        if _is_of(gan, recorded):
            files |= _files_of(artifact, recorded)
        else:
            warnings.warn(
                f"'{path}' is an export of another GAN or epoch, so it is left out; "
                "export it again.",
                stacklevel=3,
            )
    for path in map(Path, given):
        artifact, recorded, _ = unchanged(path)
        if not _is_of(gan, recorded):
            raise InputError(f"'{path}': it is an export of another GAN or epoch.")
        own = _files_of(artifact, recorded)
        for name in own.keys() & files.keys():
            if files[name].resolve() != own[name].resolve():
                raise InputError(f"'{path}': another export is called {name}, too.")
        files |= own
    return files


def _found_in(run: Path) -> list[Path]:
    """Returns the exports in a folder: files with a manifest beside, and versions."""
    return [
        path
        for path in sorted(run.iterdir())
        if manifest.version_folders(path)
        or (path.is_file() and manifest.of_file(path).is_file())
    ]


def _is_of(gan: GAN, recorded: manifest.Manifest) -> bool:
    """Returns whether the GAN draws the values that a manifest records of its model."""
    spec, probe = recorded.generator, recorded.probe
    interface = (spec.latent_dim, tuple(spec.image_shape), spec.num_classes)
    if interface != (gan.latent_dim, tuple(gan.image_shape), gan.num_classes):
        return False
    images = array_function(gan)(probe.requests.inputs(spec))
    gap = np.abs(probe.at_positions(images) - probe.values).max()
    return bool(gap <= _SAME * width_of(spec, images))


def _files_of(artifact: Path, recorded: manifest.Manifest) -> dict[str, Path]:
    """Returns the files of an export by their names in a repository."""
    if artifact.is_dir():
        base = f"{artifact.absolute().parent.name}/{artifact.name}"
        names = [*recorded.files, manifest.FOLDER_MANIFEST]
        return {f"{base}/{name}": artifact / name for name in names}
    _, *beside = recorded.files
    files = {name: artifact.with_name(name) for name in (artifact.name, *beside)}
    described = manifest.path_beside(artifact).name
    return files | {described: manifest.of_file(artifact)}
