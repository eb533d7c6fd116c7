"""Writes an ONNX file, the file of its weights and its manifest."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from pathlib import Path

import onnx
from onnx.external_data_helper import uses_external_data

from keras_gan.export import manifest
from keras_gan.export.replacement import replace_with_manifest
from keras_gan.safety.seal import seal_onnx

EXTERNAL_DATA_ABOVE = 2_000_000_000
"""Weights of more bytes get a file of their own: protobuf's limit is 2³¹ for a file."""
LARGEST_WEIGHT = 2_000_000_000
"""The most bytes of one weight, which is a protobuf message until it is written."""

# Tensors of fewer bytes, such as shapes, stay in the model, where tools expect them.
_SMALLEST_OUTSIDE = 1024


def weight_bytes(model: onnx.ModelProto) -> int:
    """Returns the bytes of a model's weights."""
    return sum(len(tensor.raw_data) for tensor in model.graph.initializer)


def write(
    model: onnx.ModelProto,
    path: Path,
    describe: Callable[[Path], manifest.Manifest],
    *,
    external_data_above: int = EXTERNAL_DATA_ABOVE,
) -> None:
    """Writes a model and its manifest, and large weights into a file of their own.

    Args:
        model: The model; large weights are moved out of it.
        path: The file to write.
        describe: Checks a model that was written to a temporary path, and returns its
            manifest. If it raises an error, the files at `path` stay as they were.
        external_data_above: Weights of more bytes get a file of their own beside the
            model.
    """
    weights = None
    if weight_bytes(model) > external_data_above:
        weights = f"{path.name}.{_digest(model)}.data"

    def save(temporary: Path) -> list[str]:
        nonlocal weights
        if weights is None:
            temporary.write_bytes(model.SerializeToString())
        else:
            onnx.save_model(
                model,
                temporary,
                save_as_external_data=True,
                location=weights,
                size_threshold=_SMALLEST_OUTSIDE,
            )
            if not temporary.with_name(weights).exists():  # all of them are small
                weights = None
        others = [] if weights is None else [weights]
        seal_onnx(temporary, [temporary.with_name(name) for name in others])
        return others

    replace_with_manifest(path, save, describe)
    _remove_old_weights(path, weights)


def written_files(path: Path) -> list[Path]:
    """Returns the model at `path` and the files that hold its weights.

    Raises:
        ValueError: If a weight's file is not beside the model.
    """
    model = onnx.load(path, load_external_data=False)
    names = set()
    for tensor in model.graph.initializer:
        if uses_external_data(tensor):
            (name,) = (e.value for e in tensor.external_data if e.key == "location")
            names.add(name)
    if any(Path(name).name != name for name in names):
        raise ValueError("its weights are not in a file beside it")
    return [path, *(path.with_name(name) for name in sorted(names))]


def _digest(model: onnx.ModelProto) -> str:
    digest = hashlib.sha256()
    for tensor in model.graph.initializer:
        digest.update(tensor.name.encode())
        digest.update(tensor.raw_data)
    return digest.hexdigest()[:12]


def _remove_old_weights(path: Path, current: str | None) -> None:
    """Removes files of weights that earlier or killed exports to `path` have left."""
    ours = re.compile(re.escape(path.name) + r"\.[0-9a-f]{12}\.data")
    for other in path.parent.iterdir():
        if ours.fullmatch(other.name) and other.name != current:
            other.unlink(missing_ok=True)
