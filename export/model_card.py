"""Writes a model card: a page for people about an exported generator."""

from __future__ import annotations

import math
import os
from pathlib import Path
from typing import Any

import numpy as np

from keras_gan import plotting, priors
from keras_gan._checks import InputError
from keras_gan._files import atomic_path, taking_turns, write_text
from keras_gan.export import manifest
from keras_gan.export.errors import VerificationError
from keras_gan.export.parity.comparison import Mismatch, run
from keras_gan.export.parity.requests import Requests
from keras_gan.export.verification import reader_of, unchanged
from keras_gan.pages.template import data_uri, page_template, plain

_SEED, _SAMPLES, _COLUMNS = 7, 64, 8
_KINDS = {"onnx": "ONNX", "litert": "LiteRT", "saved_model": "SavedModel"}


def save_model_card(
    artifact: str | os.PathLike[str], directory: str | os.PathLike[str]
) -> Path:
    """Writes a card of an exported generator, as Markdown and as a page of HTML.

    The card shows the artifact's images, inputs, training data and their licence,
    evaluation, differences to the trained model, and checksums. All of it comes from
    the manifest, whose checksums are checked first. The artifact itself draws the
    samples.

    Args:
        artifact: An `.onnx` or `.tflite` file with its manifest, a SavedModel's
            version folder, or a base path, whose latest version is taken.
        directory: A new folder, for `model_card.md`, `model_card.html` and, of
            pictures, `samples.png`.

    Returns:
        The folder.

    Raises:
        ValueError: If the folder is not empty; a `VerificationError` if a file of the
            artifact is missing or changed, or it does not run.

    Example:
        >>> keras_gan.export.save_model_card("run/digits.onnx", "run/card")
        PosixPath('run/card')

    Source: Mitchell et al., "Model Cards for Model Reporting", 2019.
    """
    folder = Path(directory)
    _check_new(folder)
    path, recorded, _ = unchanged(Path(artifact))
    with taking_turns(folder.absolute().parent, folder.name):
        _check_new(folder)
        with atomic_path(folder) as temporary:
            temporary.mkdir()
            _write_card(path, recorded, temporary)
    return folder


def _check_new(folder: Path) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(f"'{folder}': it is no empty folder; give a new one.")


def _write_card(path: Path, recorded: manifest.Manifest, folder: Path) -> None:
    picture = None
    if recorded.generator.is_picture:
        picture = folder / "samples.png"
        plotting.save_image_grid(
            picture,
            _samples(path, recorded, priors.spawn_seeds(_SEED, _SAMPLES)),
            value_range=_range(recorded),
            columns=_columns(recorded),
        )
    for kind in ("md", "html"):
        text = page_template(f"model_card.{kind}").render(
            **_facts(path, recorded), samples=picture and data_uri(picture)
        )
        write_text(folder / f"model_card.{kind}", text)


def _samples(path: Path, recorded: manifest.Manifest, seeds: np.ndarray) -> np.ndarray:
    spec = recorded.generator
    labels = None
    if spec.num_classes is not None:
        columns = _columns(recorded)
        labels = (np.arange(_SAMPLES) % columns % spec.num_classes).astype(np.int32)
    requests = Requests(seeds, labels, np.ones(_SAMPLES, np.float32))
    try:
        return run(reader_of(path, recorded), requests, spec)["image"]
    except Mismatch as error:
        raise VerificationError(f"'{path}': {error}.") from error


def _columns(recorded: manifest.Manifest) -> int:
    """Returns the number of columns: the number of classes, if they are few."""
    classes = recorded.generator.num_classes
    return classes if classes is not None and 1 < classes <= 16 else _COLUMNS


def _range(recorded: manifest.Manifest) -> tuple[float, float]:
    as_bytes = recorded.generator.output == "uint8"
    return (0.0, 255.0) if as_bytes else recorded.generator.grey_range


def _facts(path: Path, recorded: manifest.Manifest) -> dict[str, Any]:
    """Returns the values that the templates show."""
    provenance, spec = recorded.provenance, recorded.generator
    worst = {
        name: max((found[name] for found in recorded.parity.values()), default=math.nan)
        for name in recorded.tolerance
    }
    interface = manifest.signatures(recorded.kind, spec)
    return {
        "title": provenance.name or path.stem,
        "generator": f"keras_gan {recorded.versions.get('keras_gan')}",
        "file": path.name,
        "kind": _KINDS[recorded.kind],
        "spec": spec,
        "provenance": provenance,
        "recipe": {k: plain(v) for k, v in (provenance.recipe or {}).items()},
        "interface": [
            (name, side, tensor, f"{about['dtype']} {about['shape']}".replace("'", ""))
            for name, signature in interface.items()
            for side, tensors in signature.items()
            for tensor, about in tensors.items()
        ],
        "parity": [(name, worst[name], recorded.tolerance[name]) for name in worst],
        "files": recorded.files,
        "versions": recorded.versions,
        "seed": _SEED,
    }
