"""Finds and checks the two files of onnxruntime-web that a page needs.

They have 14 MB and are not part of this package: they come from npm, in the one version
that was tested.
"""

from __future__ import annotations

import base64
import hashlib
import io
import os
import tarfile
from collections.abc import Mapping
from pathlib import Path

from keras_gan import _files
from keras_gan._checks import InputError
from keras_gan._files import atomic_path

VERSION = "1.30.0"
ARCHIVE = f"onnxruntime-web-{VERSION}.tgz"
"""The name that `npm pack` gives the package."""

# The npm registry's integrity of the package, and SHA-256 sums of the files in it.
_INTEGRITY = (
    "sha512-q0y+JrrtukXSzsBWEMccVfqX25LRmosXHF+CaRJmg8pZClzcV7svNc4rKY3jL02Vb7QmRMDs1"
    "SigqR4CXAfKYQ=="
)
_SUMS = {
    "ort.wasm.bundle.min.mjs": (
        "11e64bd8ffe11bd1a2a2f0d6275fdfbbba7262f0b76b99b53d228a8a22ef3d90"
    ),
    "ort-wasm-simd-threaded.wasm": (
        "3398c10d07d229bd91b364548e130e0e51a8e5704b88c7c083ebbeb78842dee2"
    ),
}
_HOW_TO_GET = (
    f"run `npm pack onnxruntime-web@{VERSION}` and give what it wrote, by "
    f"`--onnxruntime-web {ARCHIVE}`"
)


def cache_folder() -> Path:
    """Returns the default folder, in $XDG_CACHE_HOME/keras_gan or in ~/.cache."""
    return _files.cache_folder() / f"onnxruntime-web-{VERSION}"


def find(path: str | os.PathLike[str] | None = None) -> dict[str, bytes]:
    """Returns the files' content by name.

    Args:
        path: The npm package as a .tgz file, the folder that it was unpacked or
            installed to, or a folder that holds the files; None for `cache_folder()`.

    Raises:
        ValueError: If the files are missing, or are not those of `VERSION`.
    """
    where = cache_folder() if path is None else Path(path)
    if where.is_file():
        return _read_archive(where)
    for folder in (where, where / "dist", where / "package" / "dist"):
        if all((folder / name).is_file() for name in _SUMS):
            return _checked({name: (folder / name).read_bytes() for name in _SUMS})
    raise InputError(
        f"The page needs onnxruntime-web {VERSION}, which is not in '{where}': "
        f"{_HOW_TO_GET}; or run scripts/build_web.py of a clone, once."
    )


def unpack(archive: Path, folder: Path) -> None:
    """Writes the files in the npm package `archive` to `folder`, which must be new.

    Raises:
        ValueError: If the archive is not the package of `VERSION`.
    """
    content = _read_archive(archive)
    with atomic_path(folder) as temporary:
        temporary.mkdir()
        write(content, temporary)


def write(content: Mapping[str, bytes], folder: Path) -> None:
    """Writes files to an existing folder."""
    for name, data in content.items():
        (folder / name).write_bytes(data)


def _read_archive(path: Path) -> dict[str, bytes]:
    data = path.read_bytes()
    digest = base64.b64encode(hashlib.sha512(data).digest()).decode()
    if f"sha512-{digest}" != _INTEGRITY:
        raise InputError(
            f"'{path}': it is not the npm package onnxruntime-web {VERSION}, its "
            f"SHA-512 sum is another; {_HOW_TO_GET}."
        )
    files = {}
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        for name in _SUMS:
            member = archive.extractfile(f"package/dist/{name}")
            files[name] = b"" if member is None else member.read()
    return _checked(files)


def _checked(files: dict[str, bytes]) -> dict[str, bytes]:
    for name, content in files.items():
        if hashlib.sha256(content).hexdigest() != _SUMS[name]:
            raise InputError(
                f"'{name}' is not that of onnxruntime-web {VERSION}, its SHA-256 sum "
                f"is another; {_HOW_TO_GET}."
            )
    return files
