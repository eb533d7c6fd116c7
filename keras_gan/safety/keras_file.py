"""Examines `.keras` files."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from keras_gan.safety.allowed.keras_content import CONFIG, MEMBERS, METADATA, WEIGHTS
from keras_gan.safety.archive import read_members
from keras_gan.safety.examination import Examination, Refusal
from keras_gan.safety.hdf5 import examine_weights
from keras_gan.safety.keras_config import examine_config, read_json

_HDF5 = b"\x89HDF"


def examine_keras(
    path: str | os.PathLike[str], *, checksum: bool = False
) -> Examination:
    """Examines a `.keras` file: its archive, each class that it names, its weights.

    Args:
        path: The file.
        checksum: Whether the facts tell the SHA-256 of the file, which takes as long
            as reading it.

    Returns:
        The examination. Classes that the running program has registered with Keras are
        allowed. Keras and keras_gan must therefore be imported before the file of a GAN
        counts as safe.
    """
    found = Examination(Path(path), "keras")
    with found.examining():
        found.facts["bytes"] = found.path.stat().st_size
        with found.path.open("rb") as file:
            start = file.read(len(_HDF5))
            if checksum:
                file.seek(0)
                digest = hashlib.file_digest(file, "sha256").hexdigest()
                found.facts["sha256"] = digest
        _examine(found, start)
    return found


def _examine(found: Examination, start: bytes) -> None:
    path = found.path
    if start == _HDF5:
        raise Refusal(
            "it is an HDF5 model (.h5), which can run code when it is loaded; save it "
            "as .keras"
        )
    if path.suffix != ".keras":
        raise Refusal("its name does not end in .keras, the one kind that is loaded")
    members = read_members(path, MEMBERS)
    found.facts["members"] = {name: len(content) for name, content in members.items()}
    metadata = read_json(members[METADATA], METADATA)
    if isinstance(metadata, dict):
        found.facts["versions"] = {"keras": str(metadata.get("keras_version"))}
    config = read_json(members[CONFIG], CONFIG)
    classes, reasons = examine_config(config, len(members[WEIGHTS]))
    found.facts["classes"] = classes
    if isinstance(config, dict):
        _describe_model(found, config)
    for reason in reasons:
        found.refuse(reason)
    found.facts["weights"] = examine_weights(members[WEIGHTS])


def _describe_model(found: Examination, config: dict) -> None:
    found.facts["model"] = str(config.get("class_name"))
    inner = config.get("config")
    if found.facts["model"] == "GAN" and isinstance(inner, dict):
        keys = ("prior", "num_classes", "value_range", "seed", "ema")
        found.facts["generator"] = {key: inner.get(key) for key in keys}
