"""Writes and reads the manifest, a JSON file that describes an exported artifact.

It is `manifest.json` inside a SavedModel's version folder (so that one rename moves
both) and `<name>.onnx.json` or `<name>.tflite.json` beside an ONNX or LiteRT file. Its
keys:

- `format`, `format_version`: "keras_gan.export" and 1.
- `kind`: "saved_model", "onnx" or "litert".
- `generator`: `latent_dim`, `image_shape`, `num_classes`, `prior`, `value_range`,
  `training_step`, `output` (type of the images), `precision` (type computed in, or
  "int8" for weights of eight bits), `layout` and `inputs` of the artifact.
- `signatures`: inputs and outputs with type and shape, by signature.
- `left_out`: the reason for each signature that a SavedModel does not have; may be
  missing.
- `exact`: whether `generate` of a SavedModel computes each image by itself, so that a
  seed is the same file in every batch; or a batch as one. Missing means the first.
- `parity`: the largest absolute difference to the Keras generator in float32 by
  `batch_sizes` and output, and the `tolerance`; in units of the value range for
  float images, in grey levels (0 to 255) for uint8 and PNG. For float16 and int8 also
  the `gate`: the `largest` difference and the `root_mean_square` at a thousand
  `seeds`, and the `bounds` of both.
- `probe`: seeds, labels and truncation factors, and the Keras generator's `values` at
  `positions` of the flattened images, by which `verify` runs the artifact again.
- `provenance`: the attributes of `Provenance` that are known; may be missing.
- `versions`: of the package and the frameworks that wrote it.
- `files`: SHA-256 sum and size in bytes of every other file, by relative path.
- `sha256`: the checksum of all the other keys, which shows damage to the manifest.
"""

from __future__ import annotations

import hashlib
import importlib
import json
import platform
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from keras_gan._checks import one_line, printable
from keras_gan._files import open_file, read_text
from keras_gan._limits import LIMITS
from keras_gan._version import __version__
from keras_gan.export.errors import VerificationError
from keras_gan.export.generator_spec import GeneratorSpec
from keras_gan.export.parity.comparison import Reference
from keras_gan.export.parity.recorded_values import RecordedValues
from keras_gan.export.provenance import Provenance
from keras_gan.safety.seal import is_sealed_json, seal_json

FORMAT = "keras_gan.export"
FORMAT_VERSION = 1
KINDS = ("saved_model", "onnx", "litert")
FOLDER_MANIFEST = "manifest.json"
_NUMBER = re.compile("[0-9]{1,19}")


@dataclass(frozen=True)
class Manifest:
    """A manifest's content; the module's docstring explains each key."""

    kind: str
    generator: GeneratorSpec
    parity: Mapping[int, Mapping[str, float]]
    tolerance: Mapping[str, float]
    probe: RecordedValues
    versions: Mapping[str, str]
    files: Mapping[str, Mapping[str, Any]]
    provenance: Provenance
    gate: Mapping[str, Any] | None = None
    exact: bool | None = None

    def to_json(self) -> str:
        """Returns the text of the manifest."""
        content = {
            "format": FORMAT,
            "format_version": FORMAT_VERSION,
            "kind": self.kind,
            "generator": self.generator.to_dict(),
            "signatures": signatures(self.kind, self.generator),
            **_left_out(self.kind, self.generator),
            **({} if self.exact is None else {"exact": self.exact}),
            "parity": {
                "tolerance": self.tolerance,
                "batch_sizes": self.parity,
                **({} if self.gate is None else {"gate": self.gate}),
            },
            "probe": self.probe.to_dict(),
            "provenance": self.provenance.to_dict(),
            "versions": self.versions,
            "files": self.files,
        }
        # The checksum is that of parsed JSON, whose keys are all text.
        content = seal_json(json.loads(json.dumps(content, allow_nan=False)))
        return _one_line_rows(json.dumps(content, indent=2)) + "\n"


def path_beside(file: Path) -> Path:
    """Returns the path of the manifest of an ONNX or LiteRT file."""
    return file.with_name(f"{file.name}.json")


def waiting_beside(file: Path) -> Path:
    """Returns the path at which a new manifest waits for its file."""
    return file.with_name(f"{file.name}.json.next")


def of_file(file: Path) -> Path:
    """Returns the path of the manifest that describes an ONNX or LiteRT file.

    That is the waiting one if the exporter was killed between renaming the file and
    renaming the manifest.
    """
    waiting = waiting_beside(file)
    if waiting.is_file():
        try:
            first = next(iter(read(waiting).files.values()))
        except VerificationError:
            return path_beside(file)
        if file.is_file() and checksum(file) == first:
            return waiting
    return path_beside(file)


def version_folders(base: Path) -> dict[int, Path]:
    """Returns the version folders in a TF Serving base path by their numbers."""
    if not base.is_dir():
        return {}
    return {int(p.name): p for p in base.iterdir() if _NUMBER.fullmatch(p.name)}


def checksum(path: Path) -> dict[str, Any]:
    """Returns the SHA-256 sum and the size of a file."""
    with open_file(path) as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {"sha256": digest, "bytes": path.stat().st_size}


def checksums(folder: Path) -> dict[str, dict[str, Any]]:
    """Returns the checksums of every file in `folder`, by relative path."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): checksum(path) for path in files}


def record(
    kind: str,
    reference: Reference,
    found: Mapping[int, Mapping[str, float]],
    files: Mapping[str, Mapping[str, Any]],
    packages: Iterable[str],
    provenance: Provenance | None = None,
    gate: Mapping[str, Any] | None = None,
    exact: bool | None = None,
) -> Manifest:
    """Returns the manifest of an artifact that has just been verified.

    Args:
        kind: "saved_model", "onnx" or "litert".
        reference: The images that it was compared with.
        found: The differences by batch size and output, as `measure` returns them.
        files: Checksums by relative path.
        packages: The packages that wrote it, beside this one.
        provenance: The known facts about the training.
        gate: The result of `pass_gate`, for reduced precision.
        exact: Whether its `generate` computes each image by itself; None without one.
    """
    allowed = reference.tolerances
    outputs = found[max(found)]
    return Manifest(
        kind,
        reference.spec,
        parity=found,
        tolerance={name: allowed[name] for name in outputs},
        probe=RecordedValues.record(reference.requests, reference.largest_batch),
        versions={
            "python": platform.python_version(),
            "keras_gan": __version__,
            # Installed metadata would not do: TensorFlow has builds of several names.
            **{name: importlib.import_module(name).__version__ for name in packages},
        },
        files=files,
        provenance=provenance or Provenance(),
        gate=gate,
        exact=exact,
    )


def signatures(kind: str, spec: GeneratorSpec) -> dict[str, Any]:
    """Returns the inputs and outputs that an artifact of `kind` has."""

    def tensor(dtype: str, *shape: int) -> dict[str, Any]:
        return {"dtype": dtype, "shape": ["batch", *shape]}

    label = {} if spec.num_classes is None else {"label": tensor("int32")}
    seeded = {"seed": tensor("int64"), **label, "truncation": tensor("float32")}
    latent = {"z": tensor("float32", spec.latent_dim), **label}
    result = {
        "serving_default": {
            "inputs": latent if spec.inputs == "z" else seeded,
            "outputs": {"image": tensor(spec.output, *spec.output_shape)},
        }
    }
    if kind == "saved_model" and not spec.why_no_png:
        inputs = seeded
        outputs = {"image_bytes": tensor("string")}
        result["generate"] = {"inputs": inputs, "outputs": outputs}
    return result


def _left_out(kind: str, spec: GeneratorSpec) -> dict[str, dict[str, str]]:
    """Returns the key that says why a signature is missing, where one is."""
    if kind != "saved_model" or not spec.why_no_png:
        return {}
    return {"left_out": {"generate": spec.why_no_png}}


def read(path: Path) -> Manifest:
    """Reads a manifest.

    Raises:
        VerificationError: If it is missing, malformed, changed or of another version.
    """
    try:
        content = json.loads(read_text(path, LIMITS.answer_bytes))
        return _parse(content)
    except FileNotFoundError:
        raise VerificationError(
            f"'{path}': the manifest is missing; export again, or copy it here."
        ) from None
    except Exception as error:  # JSON of any content, from anybody
        of_system = error.strerror if isinstance(error, OSError) else None
        reason = one_line(of_system or error, None)
        raise VerificationError(
            f"'{path}': not a usable manifest: {reason}."
        ) from error


def check_files(
    recorded: Mapping[Path, Mapping[str, Any]], folder: Path | None = None
) -> None:
    """Raises `VerificationError` naming the first file that is missing or changed.

    Args:
        recorded: The checksum of each file in the manifest.
        folder: The folder that must hold them; a link that leads out of it is refused.
    """
    for path, expected in recorded.items():
        try:
            _check_file(path, expected, folder)
        except (OSError, ValueError, RuntimeError) as error:
            if isinstance(error, VerificationError):
                raise
            # No file can have this name, or its links lead in a circle.
            reason = one_line(error.strerror if isinstance(error, OSError) else error)
            name = printable(path, 300)
            raise VerificationError(f"'{name}': it cannot be read: {reason}.") from None


def _check_file(path: Path, expected: Mapping[str, Any], folder: Path | None) -> None:
    if folder and not path.resolve().is_relative_to(folder.resolve()):
        raise VerificationError(f"'{path}': refused: it leads out of the folder.")
    if not path.is_file():
        raise VerificationError(f"'{printable(path, 300)}': the file is missing.")
    found = checksum(path)
    if found != expected:
        raise VerificationError(
            f"'{path}': the file was changed after its export: its SHA-256 sum is "
            f"{found['sha256'][:12]}… of {found['bytes']} bytes, recorded is "
            f"{expected['sha256'][:12]}… of {expected['bytes']}."
        )


def checked_files(files: Any) -> dict[str, dict[str, Any]]:
    """Returns the checksums that a manifest records, by relative path.

    Raises:
        ValueError: If there are none, or they are malformed.
    """
    if not _maps(files, _is_checksum) or not all(map(_is_inside, files)):
        raise ValueError("its 'files' are missing or malformed")
    return files


def checked_versions(versions: Any) -> dict[str, str]:
    """Returns the versions that a manifest records; raises `ValueError` likewise."""
    if not (versions == {} or _maps(versions, lambda each: isinstance(each, str))):
        raise ValueError("its 'versions' are malformed")
    return versions


def _parse(content: Any) -> Manifest:
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise ValueError(f"its 'format' is not '{FORMAT}'")
    if content.get("format_version") != FORMAT_VERSION:
        raise ValueError(
            f"its format_version is {content.get('format_version')!r}, this package "
            f"reads {FORMAT_VERSION}"
        )
    if content.get("kind") not in KINDS:
        raise ValueError(f"its 'kind' is none of {', '.join(map(repr, KINDS))}")
    spec = GeneratorSpec.from_dict(content.get("generator"))
    parity, tolerance, batches = _parity_of(content)
    files = checked_files(content.get("files"))
    if content["kind"] != "saved_model" and any("/" in name for name in files):
        raise ValueError("its 'files' must be beside it")
    versions = checked_versions(content.get("versions", {}))
    draws = content["kind"] == "saved_model" and not spec.why_no_png
    exact = content.get("exact", True if draws else None)
    if not isinstance(exact, bool if draws else type(None)):
        raise ValueError("its 'exact' is neither true nor false, or not to be there")
    if not is_sealed_json(content):
        raise ValueError("its checksum is another: it was changed after its export")
    return Manifest(
        kind=content["kind"],
        generator=spec,
        parity=batches,
        tolerance=tolerance,
        probe=RecordedValues.from_dict(content.get("probe"), spec),
        versions=versions,
        files=files,
        provenance=Provenance.from_dict(content.get("provenance", {})),
        gate=parity.get("gate"),
        exact=exact,
    )


def _parity_of(content: Mapping[str, Any]) -> tuple[Any, Any, Any]:
    """Returns `parity`, and the tolerance and the batch sizes in it."""
    parity: Any = content.get("parity")
    tolerance: Any = parity.get("tolerance") if isinstance(parity, dict) else None
    if not _maps(tolerance, _is_number):
        raise ValueError("its 'parity' has no 'tolerance'")
    batches: Any = parity.get("batch_sizes", {})
    if not isinstance(batches, dict) or not all(
        _maps(found, _is_number) and set(found) >= set(tolerance)
        for found in batches.values()
    ):
        raise ValueError("its 'parity' has malformed 'batch_sizes'")
    return parity, tolerance, batches


def _is_number(value: Any) -> bool:
    return type(value) in (int, float)


def _maps(value: Any, fits: Callable[[Any], bool]) -> bool:
    """Returns whether `value` is a JSON object with values, all of which `fits`."""
    return isinstance(value, dict) and bool(value) and all(map(fits, value.values()))


def _is_checksum(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and isinstance(value.get("sha256"), str)
        and type(value.get("bytes")) is int
    )


def _is_inside(name: str) -> bool:
    path = PurePosixPath(name)
    return bool(path.parts) and not path.is_absolute() and ".." not in path.parts


def _one_line_rows(text: str) -> str:
    """Puts each innermost list on one line; a JSON string never holds a line end."""
    return re.sub(
        r"\[\n\s*([^\[\]{}]*?)\n\s*\]",
        lambda row: "[" + re.sub(r"\n\s*", " ", row[1]) + "]",
        text,
    )
