"""Writes a model card: a page for people about an exported generator."""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from keras_gan import plotting, priors
from keras_gan._checks import InputError
from keras_gan._files import atomic_path, taking_turns, write_text
from keras_gan.export import manifest
from keras_gan.export.errors import VerificationError
from keras_gan.export.generator_spec import GeneratorSpec
from keras_gan.export.parity.comparison import Mismatch, run
from keras_gan.export.parity.requests import Requests
from keras_gan.export.provenance import Provenance
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
        save_card_samples(
            picture, recorded.generator, lambda requests: _run(path, recorded, requests)
        )
    for kind in ("md", "html"):
        text = page_template(f"model_card.{kind}").render(
            **_facts(path, recorded), samples=picture and data_uri(picture)
        )
        write_text(folder / f"model_card.{kind}", text)


def _run(path: Path, recorded: manifest.Manifest, requests: Requests) -> np.ndarray:
    try:
        outputs = run(reader_of(path, recorded), requests, recorded.generator)
    except Mismatch as error:
        raise VerificationError(f"'{path}': {error}.") from error
    return outputs["image"]


def save_card_samples(
    path: Path, spec: GeneratorSpec, images_of: Callable[[Requests], np.ndarray]
) -> None:
    """Draws the samples of a card, a column for each class if they are few.

    Args:
        path: The PNG file.
        spec: The generator, of pictures.
        images_of: Draws `(B, *spec.image_shape)` images.
    """
    classes, labels, columns = spec.num_classes, None, _COLUMNS
    if classes is not None:
        columns = classes if 1 < classes <= 16 else _COLUMNS
        labels = (np.arange(_SAMPLES) % columns % classes).astype(np.int32)
    seeds = priors.spawn_seeds(_SEED, _SAMPLES)
    images = images_of(Requests(seeds, labels, np.ones(_SAMPLES, np.float32)))
    value_range = (0.0, 255.0) if spec.output == "uint8" else spec.grey_range
    plotting.save_image_grid(path, images, value_range=value_range, columns=columns)


def card_facts(spec: GeneratorSpec, provenance: Provenance, name: str) -> dict:
    """Returns the values of a card's template that hold for a generator in any format.

    Args:
        spec: The generator.
        provenance: The known facts about its training.
        name: Its title where the training has no name.
    """
    return {
        "title": provenance.name or name,
        "spec": spec,
        "provenance": provenance,
        "recipe": {k: plain(v) for k, v in (provenance.recipe or {}).items()},
        "seed": _SEED,
        "interface": [],
        "parity": [],
    }


def _facts(path: Path, recorded: manifest.Manifest) -> dict[str, Any]:
    """Returns the values that the templates show."""
    worst = {
        name: max((found[name] for found in recorded.parity.values()), default=math.nan)
        for name in recorded.tolerance
    }
    interface = manifest.signatures(recorded.kind, recorded.generator)
    return card_facts(recorded.generator, recorded.provenance, path.stem) | {
        "generator": f"keras_gan {recorded.versions.get('keras_gan')}",
        "file": path.name,
        "kind": _KINDS[recorded.kind],
        "interface": [
            (name, side, tensor, f"{about['dtype']} {about['shape']}".replace("'", ""))
            for name, signature in interface.items()
            for side, tensors in signature.items()
            for tensor, about in tensors.items()
        ],
        "parity": [(name, worst[name], recorded.tolerance[name]) for name in worst],
        "files": recorded.files,
        "versions": recorded.versions,
    }
