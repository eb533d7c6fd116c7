"""Pushes a GAN, its exports and its card to a hub, in one commit."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from keras_gan._checks import InputError
from keras_gan._version import __version__
from keras_gan.hub.staging import stage
from keras_gan.trained_generators.hub_address import REPOSITORY, HubAddress
from keras_gan.trained_generators.hub_client import HubClient, hub_library
from keras_gan.trained_generators.hub_manifest import MANIFEST, HubManifest
from keras_gan.training import GAN


class Pushed(NamedTuple):
    """The commit that a push has made.

    Attributes:
        address: The address of the generator in this commit, for `hub.load`.
        commit: The commit, 40 digits of base 16.
        url: The page of the commit.
        files: The names of the files in the repository that the push has written.
    """

    address: str
    commit: str
    url: str
    files: list[str]


def push(
    source: GAN | str | os.PathLike[str],
    repository: str,
    *,
    which: str | None = None,
    exports: Sequence[str | os.PathLike[str]] = (),
    licence: str | None = None,
    private: bool = False,
    token: str | None = None,
    endpoint: str | None = None,
) -> Pushed:
    """Pushes a GAN to a repository on a hub, which is made if need be, in one commit.

    The commit holds `gan.keras`, the exports that lie in the run's folder, a card with
    samples as README.md, and `keras_gan.json` with the checksum of each file. Files of
    an earlier push that are no longer among them are removed; other files stay.

    Args:
        source: A GAN, a run's folder or a `.keras` file.
        repository: "user/name", or "organization/name".
        which: "best" or "last", the epoch of a run; None for the best if metrics found
            one, else for the last.
        exports: Exports of the same GAN that lie elsewhere: `.onnx` files, and folders
            of a SavedModel.
        licence: The licence of the training data, which becomes that of the
            repository, such as "CC-BY-4.0"; None for the one that is known.
        private: Whether a new repository is private.
        token: A token of the hub that may write; None for that of HF_TOKEN or
            `hf auth login`.
        endpoint: The hub's URL; None for HF_ENDPOINT, or the public hub.

    Returns:
        The commit.

    Raises:
        ValueError: If huggingface_hub is not installed, there is no token or it may not
            write, the hub cannot be reached, there is no GAN at `source`, an export was
            changed or is of another GAN, or `private` is asked of a public repository.

    Example:
        >>> pushed = keras_gan.hub.push("runs/taste", "user/taste", private=True)
        >>> keras_gan.hub.load(pushed.address)
    """
    if not isinstance(repository, str) or not REPOSITORY.fullmatch(repository):
        raise InputError(
            "`repository` must be USER/NAME, letters, digits, '.', '_' and '-'; got "
            f"{repository!r}."
        )
    client = HubClient(token, endpoint)
    client.check_token()
    address = HubAddress(repository)
    with tempfile.TemporaryDirectory() as folder:
        files = stage(
            source,
            repository,
            Path(folder),
            which=which,
            exports=exports,
            licence=licence,
        )
        with client.plain_errors(address):
            commit = _commit(client, address, files, private)
    return Pushed(
        str(address.at(commit.oid)), commit.oid, str(commit.commit_url), sorted(files)
    )


def _commit(
    client: HubClient, address: HubAddress, files: dict[str, Path], private: bool
) -> Any:
    """Makes the repository if need be, and one commit of the files in it."""
    library, api = hub_library(), client.api
    api.create_repo(address.repository, private=private or None, exist_ok=True)
    before = api.model_info(address.repository)
    if private and not before.private:
        raise InputError(
            f"'{address}': the repository exists and is public; make it private on its "
            "page first, or leave out `private`."
        )
    present = {sibling.rfilename for sibling in before.siblings or ()}
    old = _written_before(client, address, present) - files.keys()
    operations = [
        *(library.CommitOperationAdd(name, path) for name, path in files.items()),
        *(library.CommitOperationDelete(name) for name in sorted(old & present)),
    ]
    return api.create_commit(
        address.repository,
        operations,
        commit_message=f"Push a GAN with keras_gan {__version__}",
    )


def _written_before(
    client: HubClient, address: HubAddress, present: set[str]
) -> set[str]:
    """Returns the names of the files that an earlier push has written."""
    if MANIFEST in present:
        with contextlib.suppress(InputError):  # somebody has changed it
            path = client.fetch(address, MANIFEST, cached=False)
            return set(HubManifest.read(path).files)
    return set()
