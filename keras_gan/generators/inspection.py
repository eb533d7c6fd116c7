"""Examines whatever the package can load, and puts what was found into words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from keras_gan._checks import InputError
from keras_gan.runs.folder import RunFolder
from keras_gan.safety.examination import Examination
from keras_gan.safety.keras_file import examine_keras
from keras_gan.safety.onnx_file import examine_onnx
from keras_gan.safety.saved_model import GRAPH, examine_saved_model

_HIDDEN = ("path", "kind", "safe", "reasons")
_WIDTH = 18
_MOST = 40


def examine(path: Path) -> Examination:
    """Looks at a run, a `.keras` or `.onnx` file or a SavedModel, and runs none of it.

    Raises:
        InputError: If there is nothing, or a folder that holds nothing of ours.
    """
    if not path.exists():
        raise InputError(f"'{path}': there is no such file or folder.")
    if path.is_file():
        if path.suffix == ".onnx":
            return _examine_onnx(path)
        _know_our_classes()
        return examine_keras(path)
    if (path / GRAPH).is_file():
        return _examine_version(path)
    if (path / "config.json").is_file():
        return _examine_run(path)
    from keras_gan.export import manifest

    versions = manifest.version_folders(path)
    if not versions:
        raise InputError(f"'{path}': the folder holds neither a run nor a SavedModel.")
    return _examine_version(versions[max(versions)])


def describe(found: Examination) -> list[str]:
    """Returns lines that tell people what was found; the last is the verdict."""
    lines = [f"{found.path}: {found.kind}"]
    for key, value in found.to_dict().items():
        if key not in _HIDDEN:
            lines += _lines(key, value)
    verdict = [f"refused: {reason}" for reason in found.reasons] or ["safe to load"]
    return [_printable(line) for line in lines + verdict]


def _printable(line: str) -> str:
    """What a stranger wrote may hold signs that a terminal would obey."""
    return "".join(sign if sign.isprintable() else "?" for sign in line)


def _examine_onnx(path: Path) -> Examination:
    from keras_gan.export import manifest

    found = examine_onnx(path, sealed=False)
    if "generator" in found.facts and not found.facts.get("sealed", True):
        found.refuse("its checksum is missing or another: it was changed since")
    if manifest.of_onnx(path).is_file():
        _add_manifest(found)
    return found


def _examine_version(folder: Path) -> Examination:
    from keras_gan.export import manifest

    found = examine_saved_model(folder)
    if (folder / manifest.FOLDER_MANIFEST).is_file():
        _add_manifest(found)
    else:
        found.facts["manifest"] = "none: nothing tells whether it was changed"
    return found


def _add_manifest(found: Examination) -> None:
    """Adds what the manifest tells, and whether the files are still as it says."""
    from keras_gan.export.verification import unchanged

    try:
        _, recorded, files = unchanged(found.path)
    except InputError as error:
        found.facts["manifest"] = "it does not fit"
        found.refuse(str(error).removesuffix("."))
        return
    found.facts |= {
        "manifest": f"{files} files unchanged",
        "generator": recorded.generator.to_dict(),
        "written by": dict(recorded.versions),
    }


def _examine_run(path: Path) -> Examination:
    folder = RunFolder(path)
    config = folder.read_config()
    found = Examination(path, "run", {"name": config.get("name")})
    found.facts["versions"] = config.get("versions", {})
    _know_our_classes()
    for file in (folder.gan, folder.best):
        if file.is_file():
            inner = examine_keras(file)
            found.facts[file.name] = inner.to_dict()
            for reason in inner.reasons:
                found.refuse(f"{file.name}: {reason}")
    return found


def _know_our_classes() -> None:
    """Imports Keras, with which the package registers its classes."""
    from keras_gan._process import import_tensorflow

    import_tensorflow()
    import keras  # noqa: F401


def _lines(key: str, value: Any, indent: str = "  ") -> list[str]:
    if isinstance(value, dict):
        kept = {k: v for k, v in value.items() if k not in _HIDDEN}
        if key == "operators" or key == "classes":
            return [_line(key, _counts(kept), indent)]
        lines = [f"{indent}{key}"]
        for name, inner in kept.items():
            lines += _lines(str(name), inner, indent + "  ")
        return lines
    if isinstance(value, list):
        value = ", ".join(map(str, value))
    return [_line(key, value, indent)]


def _line(key: str, value: Any, indent: str) -> str:
    return f"{indent}{key:{_WIDTH}}{value}"


def _counts(counts: dict[str, int]) -> str:
    most = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    listed = ", ".join(f"{name} {count}" for name, count in most[:_MOST])
    rest = len(most) - _MOST
    return listed if rest <= 0 else f"{listed}, and {rest} others"
