"""Writes a checksum into a file, and checks it, so that no damaged file is loaded.

This seal shows damage, and changes by other programs. It is no signature: whoever
forges a file can seal it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from keras_gan.safety.examination import Refusal

SEAL_KEY = "keras_gan.sha256"
"""The key of the checksum in the ONNX metadata; the checksum ends the file."""

_JSON_KEY = "sha256"
_DIGITS = 64
# Field 14 of a ModelProto, `metadata_props`: {1: key, 2: value}; each length is a byte.
_ENTRY = b"\x0a%c%b\x12%c" % (len(SEAL_KEY), SEAL_KEY.encode(), _DIGITS)
_PREFIX = b"\x72%c%b" % (len(_ENTRY) + _DIGITS, _ENTRY)
_LENGTH = len(_PREFIX) + _DIGITS


def seal_onnx(path: Path, external: Sequence[Path] = ()) -> None:
    """Writes the checksum of an ONNX file at its end, as an entry of its metadata.

    Fields may be appended to a protocol buffer: the file stays valid ONNX for readers
    that do not know the seal.

    Args:
        path: The file, not sealed yet.
        external: The files beside it that hold weights, if there are any.
    """
    digest = _digest(path.read_bytes(), external)
    with path.open("ab") as file:
        file.write(_PREFIX + digest.encode())


def check_onnx_seal(content: bytes, external: Sequence[Path] = ()) -> None:
    """Raises `Refusal` if an ONNX file has no seal, or was changed after sealing."""
    if len(content) <= _LENGTH or not content[-_LENGTH:].startswith(_PREFIX):
        raise Refusal(
            "it does not end with keras_gan's checksum: another program wrote it, or "
            "changed it; export it again"
        )
    recorded = content[-_DIGITS:].decode("ascii", "replace")
    if _digest(content[:-_LENGTH], external) != recorded:
        raise Refusal("its checksum is another: it was changed after its export")


def seal_json(content: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the content with its checksum under the key "sha256"."""
    return {**content, _JSON_KEY: _json_digest(content)}


def is_sealed_json(content: Mapping[str, Any]) -> bool:
    """Returns whether the content equals its checksum, however the JSON is laid out."""
    return content.get(_JSON_KEY) == _json_digest(content)


def _json_digest(content: Mapping[str, Any]) -> str:
    sealed = {key: value for key, value in content.items() if key != _JSON_KEY}
    text = json.dumps(sealed, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _digest(content: bytes, external: Sequence[Path]) -> str:
    digest = hashlib.sha256(content)
    for path in sorted(external):
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()
