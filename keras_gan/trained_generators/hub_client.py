"""Asks a hub through the library huggingface_hub, and puts its errors in one line."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from keras_gan._checks import InputError, one_line
from keras_gan._version import __version__
from keras_gan.trained_generators.hub_address import COMMIT, HubAddress

_LOGIN = "log in with `hf auth login`, or set HF_TOKEN"
# Answers by which a server says that it cannot answer now.
_BUSY = (408, 429)
_SECONDS = 10


def hub_library() -> Any:
    """Returns the module `huggingface_hub`.

    Raises:
        ValueError: If it is not installed; the message says how to.
    """
    try:
        import huggingface_hub
    except ImportError as error:
        raise InputError(
            "The hub needs the library huggingface_hub: pip install huggingface_hub, "
            "or pip install '.[hub]' in the clone of keras-gan"
        ) from error
    return huggingface_hub


class HubClient:
    """Asks one hub.

    Args:
        token: The user's token; None for the one of HF_TOKEN or `hf auth login`.
        endpoint: The hub's URL; None for HF_ENDPOINT, or the public hub.

    Attributes:
        api: The library's `HfApi`.

    Raises:
        ValueError: If huggingface_hub is not installed.
    """

    def __init__(self, token: str | None = None, endpoint: str | None = None) -> None:
        self._library = hub_library()
        self.api = self._library.HfApi(
            # The library reads the variable only once, when it is imported.
            endpoint=endpoint or os.environ.get("HF_ENDPOINT") or None,
            token=token,
            library_name="keras_gan",
            library_version=__version__,
        )

    def check_token(self) -> None:
        """Raises `InputError` if there is no token, without which nobody may write."""
        if not (self.api.token or self._library.get_token()):
            raise InputError(f"Pushing to a hub needs a token: {_LOGIN}.")

    def names(self, address: HubAddress) -> set[str] | None:
        """Returns the names of a repository's files; None if the hub is out of reach.

        Args:
            address: The repository and its revision.
        """
        try:
            info = self.api.model_info(
                address.repository, revision=address.revision, timeout=_SECONDS
            )
        except Exception as error:
            if not self.is_out_of_reach(error):
                raise
            return None
        return {sibling.rfilename for sibling in info.siblings or ()}

    def is_cached(self, address: HubAddress, name: str) -> bool:
        """Returns whether the cache holds a file of a revision."""
        found = self._library.try_to_load_from_cache(
            address.repository, name, revision=address.revision
        )
        return isinstance(found, str)

    def fetch(self, address: HubAddress, name: str, *, cached: bool) -> Path:
        """Returns the path of a file in the cache, where it is put if need be.

        Args:
            address: The repository and its revision.
            name: The file's path in the repository.
            cached: Whether the cache alone is asked.
        """
        path = self.api.hf_hub_download(
            address.repository,
            name,
            revision=address.revision,
            local_files_only=cached,
        )
        return Path(path)

    def is_out_of_reach(self, error: Exception) -> bool:
        """Returns whether an error says that a hub gave no answer."""
        errors, response = self._library.errors, getattr(error, "response", None)
        if response is not None and isinstance(error, errors.HfHubHTTPError):
            code = response.status_code
            return code >= 500 or code in _BUSY
        known = (errors.OfflineModeIsEnabled, errors.LocalEntryNotFoundError)
        # Of the HTTP library, which has another name in other versions.
        of_transport = type(error).__module__.partition(".")[0].startswith("httpx")
        return isinstance(error, known) or of_transport

    @contextlib.contextmanager
    def plain_errors(self, address: HubAddress) -> Iterator[None]:
        """Turns the library's errors about a repository into one `InputError`."""
        try:
            with self._bars_in_terminals():
                yield
        except InputError:
            raise
        except Exception as error:
            reason = self._reason(error, address)
            raise InputError(f"'{address}': {reason}.") from error

    @contextlib.contextmanager
    def _bars_in_terminals(self) -> Iterator[None]:
        """Keeps progress bars out of logs, unless the library's variable is set."""
        bars = self._library.utils
        chosen = "HF_HUB_DISABLE_PROGRESS_BARS" in os.environ
        if chosen or sys.stderr.isatty() or bars.are_progress_bars_disabled():
            yield
            return
        bars.disable_progress_bars()
        try:
            yield
        finally:
            bars.enable_progress_bars()

    def _reason(self, error: Exception, address: HubAddress) -> str:
        errors = self._library.errors
        response = getattr(error, "response", None)
        if isinstance(error, errors.GatedRepoError):
            return (
                "its owner lets in those alone who asked for access; ask for it on the "
                f"repository's page, and {_LOGIN}"
            )
        if isinstance(error, errors.RepositoryNotFoundError):
            return (
                "there is no such repository, or it is private; correct the name, or "
                f"{_LOGIN}"
            )
        if isinstance(error, errors.RevisionNotFoundError):
            return (
                f"the repository has no revision {address.revision!r}; give a branch, "
                "a tag or a commit of it"
            )
        if self.is_out_of_reach(error):
            return (
                f"the hub {self.api.endpoint} cannot be reached, and the cache does "
                f"not hold it ({one_line(error.__cause__ or error, 120)}); try again "
                "with a network"
            )
        if response is not None and response.status_code in (401, 403):
            return (
                "the hub refuses this token, or it may not write there; "
                f"{_LOGIN}, with a token that may"
            )
        cause = "" if error.__cause__ is None else f": {one_line(error.__cause__)}"
        return f"the hub does not do it ({one_line(error)}{cause})"


def commit_of(path: Path, name: str) -> str:
    """Returns the commit of a file in the cache, whose folder has its name.

    Args:
        path: The path of the file in the cache.
        name: The file's path in the repository.
    """
    commit = path.parents[name.count("/")].name
    if not COMMIT.fullmatch(commit):
        raise InputError(f"'{path}': the hub named no commit of it; try again.")
    return commit
