"""Downloads a generator from a hub, and holds its files to the recorded checksums."""

from __future__ import annotations

import functools
import os
import sys
from pathlib import Path
from typing import NamedTuple

from keras_gan._checks import InputError
from keras_gan.export import manifest
from keras_gan.trained_generators.hub_address import HubAddress
from keras_gan.trained_generators.hub_client import HubClient, commit_of
from keras_gan.trained_generators.hub_manifest import MANIFEST, HubManifest


class Downloaded(NamedTuple):
    """A generator from a hub, in the cache of this machine.

    Attributes:
        path: The `.keras`, `.onnx` or `.tflite` file.
        address: Its address with the commit, such as "hf://user/name@3f2a…".
        commit: The commit, 40 digits of base 16.
        sha256: The checksum of the file.
    """

    path: Path
    address: str
    commit: str
    sha256: str


def download(
    repository: str | os.PathLike[str],
    *,
    revision: str | None = None,
    sha256: str | None = None,
    token: str | None = None,
    endpoint: str | None = None,
) -> Downloaded:
    """Downloads a generator from a hub, without opening it.

    What is in the cache of huggingface_hub is not fetched again, and is enough where
    the hub cannot be reached. The checksums in the repository's manifest are held; the
    file itself is examined when it is opened.

    Args:
        repository: "user/name", or an address: "hf://user/name@revision/file.onnx".
        revision: A branch, a tag or a commit; None for the newest commit. A commit
            whose files are in the cache is not asked for.
        sha256: The checksum that the file must have, from a place that you trust.
        token: A token of the hub; None for that of HF_TOKEN or `hf auth login`.
        endpoint: The hub's URL; None for HF_ENDPOINT, or the public hub.

    Returns:
        The file, its commit and its checksum.

    Raises:
        ValueError: If huggingface_hub is not installed, there is no such repository,
            revision or file, the hub cannot be reached and the cache does not hold it,
            or a checksum is another.

    Example:
        >>> found = keras_gan.hub.download("user/name")
        >>> found.commit
        '3f2a6c1e0d9b8a7f6e5d4c3b2a19080706050403'
    """
    address = HubAddress.parse(repository, revision)
    client = HubClient(token, endpoint)
    with client.plain_errors(address):
        found = _Search(client, address).run()
    if sha256 is not None and found.sha256 != sha256.lower():
        raise InputError(
            f"'{found.address}': refused: its SHA-256 is {found.sha256}, not the one "
            f"that you gave, {sha256}."
        )
    return found


def resolve(path: str | os.PathLike[str]) -> Downloaded:
    """Downloads the generator at an address, and says on standard error which it is.

    A process that asks for an address again gets the same files, whatever was pushed
    meanwhile.

    Args:
        path: An address with "hf://", or a path that was made of it.

    Raises:
        ValueError: As `download`.
    """
    return _resolve(HubAddress.parse(path), os.environ.get("HF_ENDPOINT"))


@functools.cache
def _resolve(address: HubAddress, endpoint: str | None) -> Downloaded:
    found = download(str(address), endpoint=endpoint)
    say_commit(address, found)
    return found


def say_commit(address: HubAddress, found: Downloaded) -> None:
    """Says which commit an address without one has led to."""
    if not address.is_pinned:
        print(f"keras-gan: using {found.address}", file=sys.stderr)


class _Search:
    """The search for a generator in a repository, whose first file tells the commit.

    Args:
        client: Asks the hub.
        address: Where to search.
    """

    def __init__(self, client: HubClient, address: HubAddress) -> None:
        self._client = client
        self._address = address
        self._names: set[str] | None = None
        self._cached = False
        # The files of a commit never change: there is nothing to ask.
        if not (address.is_pinned and client.is_cached(address, MANIFEST)):
            self._names = client.names(address)
            self._cached = self._names is None

    def run(self) -> Downloaded:
        recorded = self._manifest()
        name = self._address.file or (recorded and recorded.generator)
        if name is None or not self._has(name):
            raise self._no_generator(name)
        path = self._checked(name, recorded)
        if path.suffix != ".keras" and self._has(f"{name}.json"):
            beside = self._checked(f"{name}.json", recorded)
            if len(manifest.read(beside).files) > 1:
                raise InputError(
                    f"'{self._address}': its weights are in files beside it. Download "
                    f"the repository, `hf download {self._address.repository} "
                    "--local-dir DIR`, and open it there."
                )
        return Downloaded(
            path,
            str(self._address),
            str(self._address.revision),
            manifest.checksum(path)["sha256"],
        )

    def _manifest(self) -> HubManifest | None:
        """Returns the manifest of the repository, if it has one."""
        if not self._has(MANIFEST):
            return None
        recorded = HubManifest.read(self._fetch(MANIFEST))
        if self._names is None and not self._cached:
            self._names = {MANIFEST, *recorded.files}
        return recorded

    def _has(self, name: str) -> bool:
        """Returns whether the repository has a file, or out of reach, the cache."""
        if self._names is not None:
            return name in self._names
        return not self._cached or self._client.is_cached(self._address, name)

    def _fetch(self, name: str) -> Path:
        """Returns the path of a file, and pins the address to its commit."""
        path = self._client.fetch(self._address, name, cached=self._cached)
        self._address = self._address.at(commit_of(path, name))
        return path

    def _checked(self, name: str, recorded: HubManifest | None) -> Path:
        """Returns the path of a file whose checksum is that of the manifest."""
        path = self._fetch(name)
        if recorded is None:
            return path
        expected = recorded.files.get(name)
        found = manifest.checksum(path)
        if expected != found:
            known = "none" if expected is None else f"{expected['sha256'][:12]}…"
            raise InputError(
                f"'{self._address}': refused: the SHA-256 of {name} is "
                f"{found['sha256'][:12]}…, and {MANIFEST} records {known}: it was "
                "changed, or damaged on its way. Ask its author; to fetch it again, "
                f"remove '{path.resolve()}'."
            )
        return path

    def _no_generator(self, name: str | None) -> InputError:
        """Returns an error on a repository that lacks the file or a manifest."""
        if self._cached:
            return InputError(
                f"'{self._address}': the hub {self._client.api.endpoint} cannot be "
                "reached, and the cache does not hold it; try again with a network."
            )
        kinds = (".keras", ".onnx", ".tflite")
        known = sorted(n for n in self._names or () if n.endswith(kinds))
        others = f" It has {', '.join(known[:5])}." if known else ""
        if name is not None:
            return InputError(f"'{self._address}': there is no such file.{others}")
        first = known[0] if known else "FILE.keras"
        remedy = f"name the file: hf://{self._address.repository}/{first}"
        if not known:
            remedy = "give a repository that `keras-gan push` wrote"
        return InputError(
            f"'{self._address}': the repository has no {MANIFEST}, which says what to "
            f"open; {remedy}.{others if len(known) > 1 else ''}"
        )
