"""Writes a checksum into a file, and checks it, so that no damaged file is loaded.

This seal shows damage, and changes by other programs. It is no signature: whoever
forges a file can seal it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

SEAL_KEY = "keras_gan.sha256"
"""The key of the checksum in the ONNX metadata; the checksum ends the file."""

_JSON_KEY = "sha256"
_DIGITS = 64
# Field 14 of a ModelProto, `metadata_props`: {1: key, 2: value}; each length is a byte.
_ENTRY = b"\x0a%c%b\x12%c" % (len(SEAL_KEY), SEAL_KEY.encode(), _DIGITS)
_PREFIX = b"\x72%c%b" % (len(_ENTRY) + _DIGITS, _ENTRY)
_MARK = SEAL_KEY.encode() + b"="  # of a flat buffer, which has no fields to append


def seal_onnx(path: Path, external: Sequence[Path] = ()) -> None:
    """Writes the checksum of an ONNX file at its end, as an entry of its metadata.

    Fields may be appended to a protocol buffer: the file stays valid ONNX for readers
    that do not know the seal.

    Args:
        path: The file, not sealed yet.
        external: The files beside it that hold weights, if there are any.
    """
    digest = _add(hashlib.sha256(path.read_bytes()), external)
    with path.open("ab") as file:
        file.write(_PREFIX + digest.encode())


class Checksums(NamedTuple):
    """The checksum of a file, and the fault of its seal.

    Attributes:
        of_file: The SHA-256 of the file.
        flaw: The reason not to trust the seal, as a clause; None if it is right.
    """

    of_file: str
    flaw: str | None


def onnx_checksums(content: bytes, external: Sequence[Path] = ()) -> Checksums:
    """Returns the checksum of an ONNX file, and checks its seal, in one pass."""
    return _checksums(content, _PREFIX, external)


def _checksums(content: bytes, mark: bytes, external: Sequence[Path]) -> Checksums:
    """Checks the seal that follows `mark` at the end of a file.

    Args:
        content: The file.
        mark: What stands before the digits.
        external: The files beside it that hold weights.
    """
    end = max(0, len(content) - len(mark) - _DIGITS)
    digest = hashlib.sha256(memoryview(content)[:end])
    whole = digest.copy()
    whole.update(content[end:])
    flaw = None
    if not end or not content.startswith(mark, end):
        flaw = (
            "it does not end with keras_gan's checksum: another program wrote it, or "
            "changed it; export it again"
        )
    elif _add(digest, external) != content[-_DIGITS:].decode("ascii", "replace"):
        flaw = "its checksum is another: it was changed after its export"
    return Checksums(whole.hexdigest(), flaw)


def seal_litert(content: bytes) -> bytes:
    """Returns a LiteRT file with its checksum behind it.

    What is behind the last table of a flat buffer is read by nobody.
    """
    return content + _MARK + hashlib.sha256(content).hexdigest().encode()


def litert_checksums(content: bytes) -> Checksums:
    """Returns the checksum of a LiteRT file, and checks its seal."""
    return _checksums(content, _MARK, ())


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


def _add(digest: Any, external: Sequence[Path]) -> str:
    """Adds the files of weights to the checksum of a model; returns its digits."""
    for path in sorted(external):
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()
