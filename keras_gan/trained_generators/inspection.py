"""Examines a run, a file or an export without running it, and describes the result."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from keras_gan._checks import InputError, counted, printable
from keras_gan._process import import_tensorflow
from keras_gan.export import manifest
from keras_gan.export.report import unchanged_files
from keras_gan.export.verification import unchanged
from keras_gan.runs.folder import RunFolder
from keras_gan.safety.examination import Examination
from keras_gan.safety.keras_file import examine_keras
from keras_gan.safety.litert_file import examine_litert
from keras_gan.safety.onnx_file import examine_onnx
from keras_gan.safety.saved_model import examine_saved_model
from keras_gan.trained_generators.file_kinds import (
    LITERT,
    ONNX,
    RUN,
    SAVED_MODEL,
    find_generator,
)

# The numbers that a file stores, which are more than the weights of the generator's
# layers that a training counts.
_PARAMETERS = {
    "keras": "stored, of both networks and of what belongs to their training",
    "onnx": "stored: weights as the graph needs them, and other constants",
    "litert": "stored: weights and other constants",
    "saved_model": "stored in variables",
}
_HIDDEN = ("path", "kind", "safe", "reasons")
_COUNTS = ("operators", "classes")
_WIDTH = 18
_MOST = 40


def examine(path: Path) -> Examination:
    """Looks at a run, a file or a SavedModel, and runs none of it.

    Raises:
        InputError: If there is nothing, or a folder of another kind.
    """
    kind, place, _ = find_generator(path)
    if kind == ONNX:
        return _examine_file(examine_onnx(place, sealed=False))
    if kind == LITERT:
        return _examine_file(examine_litert(place, sealed=False))
    if kind == SAVED_MODEL:
        return _examine_version(place)
    if kind == RUN:
        return _examine_run(place)
    _register_classes()
    return examine_keras(place, checksum=True)


def describe(found: Examination) -> list[str]:
    """Returns lines of text for people; the last is the verdict."""
    lines = [f"{found.path}: {found.kind}"]
    for key, value in found.to_dict().items():
        if key not in _HIDDEN:
            lines += _lines(key, value, found.kind)
    verdict = [f"refused: {reason}" for reason in found.reasons] or ["safe to load"]
    return [printable(line) for line in lines + verdict]


def _examine_file(found: Examination) -> Examination:
    """Adds what the seal and the manifest beside an ONNX or LiteRT file say."""
    if "generator" in found.facts and not found.facts.get("sealed", True):
        found.refuse("its checksum is missing or another: it was changed since")
    if manifest.of_file(found.path).is_file():
        _add_manifest(found)
    return found


def _examine_version(folder: Path) -> Examination:
    found = examine_saved_model(folder)
    if (folder / manifest.FOLDER_MANIFEST).is_file():
        _add_manifest(found)
    else:
        found.facts["manifest"] = "none: nothing tells whether it was changed"
    return found


def _add_manifest(found: Examination) -> None:
    """Adds the facts of the manifest, and refuses files that differ from it."""
    try:
        _, recorded, files = unchanged(found.path)
    except InputError as error:
        found.facts["manifest"] = "it does not fit"
        found.refuse(str(error).removesuffix("."))
        return
    found.facts |= {
        "manifest": unchanged_files(files),
        "generator": recorded.generator.to_dict(),
        "written by": dict(recorded.versions),
    }


def _examine_run(path: Path) -> Examination:
    folder = RunFolder(path)
    config = folder.read_config()
    found = Examination(path, "run", {"name": config.get("name")})
    found.facts["versions"] = config.get("versions", {})
    _register_classes()
    for file in (folder.gan, folder.best):
        if file.is_file():
            inner = examine_keras(file, checksum=True)
            found.facts[file.name] = inner.to_dict()
            for reason in inner.reasons:
                found.refuse(f"{file.name}: {reason}")
    return found


def _register_classes() -> None:
    """Imports Keras, whereupon the package registers its classes."""
    import_tensorflow()
    import keras  # noqa: F401


def _lines(key: str, value: Any, kind: str, indent: str = "  ") -> list[str]:
    """Returns one fact as lines, a nested one with a deeper indent.

    Args:
        key: The name of the fact.
        value: The fact, perhaps a file of another kind with facts of its own.
        kind: The kind of the file.
        indent: The blanks before the name.
    """
    if isinstance(value, dict):
        kept = {k: v for k, v in value.items() if k not in _HIDDEN}
        if key in _COUNTS:
            return [_line(key, _counts(kept), indent)]
        lines = [f"{indent}{key}"]
        for name, inner in kept.items():
            inside = str(value.get("kind", kind))
            lines += _lines(str(name), inner, inside, indent + "  ")
        return lines
    if isinstance(value, list):
        value = ", ".join(map(str, value))
    if key == "parameters" and kind in _PARAMETERS:
        value = f"{value:,} {_PARAMETERS[kind]}"
    return [_line(key, value, indent)]


def _line(key: str, value: Any, indent: str) -> str:
    return f"{indent}{key:{_WIDTH}}{value}"


def _counts(counts: dict[str, int]) -> str:
    """Returns the most frequent names with their counts, and how many are left out."""
    most = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    listed = ", ".join(f"{name} {count}" for name, count in most[:_MOST])
    rest = len(most) - _MOST
    return listed if rest <= 0 else f"{listed}, and {counted(rest, 'other')}"
