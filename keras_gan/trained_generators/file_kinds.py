"""Finds out whether a generator is a run, a file, an export or on a hub."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import NamedTuple

from keras_gan._checks import InputError, missing_error
from keras_gan.export import manifest
from keras_gan.safety.saved_model import GRAPH
from keras_gan.trained_generators.hub_address import is_address
from keras_gan.trained_generators.hub_download import resolve

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
        address: The address with the commit, of a generator on a hub; else None.
    """

    kind: str
    path: Path
    address: str | None = None


def bundled_names() -> list[str]:
    """Returns the names of the GANs that come with the package."""
    return sorted(path.stem for path in _BUNDLED.glob("*.keras"))


def bundled_card(path: str | os.PathLike[str]) -> dict[str, str]:
    """Returns the items of the card of a GAN that comes with the package.

    Args:
        path: One of `bundled_names`, or a copy of its file.

    Returns:
        The text by the name of the item, and the GAN's under "Name"; of another file
        nothing.
    """
    path = Path(path)
    if str(path) in bundled_names() and not path.exists():
        path = _BUNDLED / f"{path}.keras"
    digest = manifest.checksum(path)["sha256"] if path.is_file() else None
    for card in _BUNDLED.glob("*.md"):
        text = card.read_text(encoding="utf-8")
        if digest is not None and digest in text:
            items = re.findall(r"^- \*\*(.+?)\*\*: (.+(?:\n  .+)*)", text, re.MULTILINE)
            said = {item: " ".join(of.split()).rstrip(".") for item, of in items}
            return {"Name": card.stem, **said}
    return {}


def find_generator(path: str | os.PathLike[str]) -> FoundGenerator:
    """Finds the generator at a path by the names of its files, and opens none.

    Args:
        path: A path, one of `bundled_names`, or an address on a hub, whose file is
            downloaded; a file or folder of that name comes first.

    Raises:
        ValueError: If there is nothing at `path`, or a folder of another kind, or the
            hub does not give the file.
    """
    path = Path(path)
    if not path.exists():
        if str(path) in bundled_names():
            return FoundGenerator(KERAS, _BUNDLED / f"{path}.keras")
        if is_address(path):
            found = resolve(path)
            return FoundGenerator(_kind_of_file(found.path), found.path, found.address)
        raise missing_error(path, "run or file")
    if path.is_file():
        return FoundGenerator(_kind_of_file(path), path)
    if (path / GRAPH).is_file():
        return FoundGenerator(SAVED_MODEL, path)
    if (path / "config.json").exists():
        return FoundGenerator(RUN, path)
    versions = manifest.version_folders(path)
    if not versions:
        raise InputError(f"'{path}': it is no run and no SavedModel.")
    return FoundGenerator(SAVED_MODEL, versions[max(versions)])


def _kind_of_file(path: Path) -> str:
    return _SUFFIXES.get(path.suffix, OTHER)
