"""Checks an exported artifact against its manifest, on any machine."""

from __future__ import annotations

import os
from pathlib import Path

from keras_gan.export import manifest
from keras_gan.export.errors import VerificationError
from keras_gan.export.parity.comparison import (
    Mismatch,
    Reader,
    check_differences,
    differences,
    run,
)
from keras_gan.export.parity.file_reader import FileReader
from keras_gan.export.report import VerificationReport

_KINDS = {".onnx": "onnx", ".tflite": "litert"}


def verify(path: str | os.PathLike[str]) -> VerificationReport:
    """Checks the files of an artifact and runs the seeds that its manifest records.

    First every file's SHA-256 sum is compared, then the model is loaded and draws the
    recorded seeds, whose values must be those of the Keras generator within the
    recorded tolerance. A file is verified without TensorFlow or Keras.

    Args:
        path: An `.onnx` or `.tflite` file with its manifest beside it, a SavedModel's
            version folder, or a base path, whose latest version is verified.

    Returns:
        The numbers of files and seeds that were checked, and the differences found.

    Raises:
        VerificationError: If a file is missing, changed or corrupt, or values differ;
            it names the file.

    Example:
        >>> print(keras_gan.export.verify("run/digits.onnx"))  # doctest: +ELLIPSIS
        run/digits.onnx: unchanged since its export (1 file), 8 seeds equal: image ...
    """
    artifact, recorded, files = unchanged(Path(path))
    try:
        found = _run_seeds(artifact, recorded)
    except Mismatch as error:
        raise VerificationError(f"'{artifact}': {error}.") from error
    return VerificationReport(
        path=artifact,
        kind=recorded.kind,
        files=files,
        seeds=len(recorded.probe.requests.seeds),
        differences=found,
        tolerances=dict(recorded.tolerance),
    )


def unchanged(path: Path) -> tuple[Path, manifest.Manifest, int]:
    """Checks the files of an artifact against its manifest, and runs nothing.

    Returns:
        The file or version folder, its manifest, and the number of its files.

    Raises:
        VerificationError: If a file is missing or changed.
    """
    artifact, kind = _locate(path)
    if kind != "saved_model":
        path_of_manifest = manifest.of_file(artifact)
    else:
        path_of_manifest = artifact / manifest.FOLDER_MANIFEST
    recorded = manifest.read(path_of_manifest)
    if recorded.kind != kind:
        raise VerificationError(
            f"'{path_of_manifest}': it is the manifest of another kind of artifact, "
            f"{recorded.kind!r}."
        )
    if kind != "saved_model":
        # The first entry is the model under whatever name: file and manifest may be
        # renamed together. Files of weights keep the names that the model mentions.
        first, *others = recorded.files.items()
        files = {artifact: first[1]}
        files |= {artifact.with_name(name): sums for name, sums in others}
    else:
        files = {artifact / name: sums for name, sums in recorded.files.items()}
    manifest.check_files(files, artifact if artifact.is_dir() else None)
    return artifact, recorded, len(files)


def reader_of(artifact: Path, recorded: manifest.Manifest) -> Reader:
    """Loads an artifact, to be run as its users would.

    Raises:
        Mismatch: If it cannot be loaded.
    """
    if recorded.kind == "saved_model":
        from keras_gan.export.parity.saved_model_reader import SavedModelReader

        return SavedModelReader(artifact, recorded.generator)
    reader = FileReader(artifact)
    if reader.generator.spec != recorded.generator:
        raise Mismatch("its manifest describes another generator")
    return reader


def _locate(path: Path) -> tuple[Path, str]:
    """Returns the file or version folder that `path` names, and its kind."""
    if path.is_file():
        if path.suffix not in _KINDS:
            raise VerificationError(
                f"'{path}': it is neither .onnx, nor .tflite, nor a folder."
            )
        return path, _KINDS[path.suffix]
    if not path.exists():
        raise VerificationError(f"'{path}': there is no such file or folder.")
    if (path / manifest.FOLDER_MANIFEST).exists() or (path / "saved_model.pb").exists():
        return path, "saved_model"
    versions = manifest.version_folders(path)
    if not versions:
        raise VerificationError(
            f"'{path}': the folder holds neither a SavedModel nor versions of one."
        )
    return versions[max(versions)], "saved_model"


def _run_seeds(artifact: Path, recorded: manifest.Manifest) -> dict[str, float]:
    """Runs the recorded seeds; returns the differences to the recorded values."""
    probe, spec = recorded.probe, recorded.generator
    outputs = run(reader_of(artifact, recorded), probe.requests, spec)
    values = {name: probe.at_positions(images) for name, images in outputs.items()}
    found = differences(values, probe.values, spec)
    if set(found) != set(recorded.tolerance):
        raise Mismatch(f"it has the outputs {sorted(found)}, not those recorded")
    check_differences(found, recorded.tolerance, "at the recorded seeds")
    return found
