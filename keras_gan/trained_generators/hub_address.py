"""Reads addresses of generators on a hub, such as hf://user/name@revision."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, replace
from urllib.parse import unquote

from keras_gan._checks import InputError

SCHEME = "hf://"
COMMIT = re.compile(r"[0-9a-f]{40}")
_NAME = r"[A-Za-z0-9][A-Za-z0-9._-]{0,95}"
REPOSITORY = re.compile(rf"{_NAME}/{_NAME}")
# A path of the system has one slash less; "/" in other revisions is written "%2F".
_ADDRESS = re.compile(
    rf"(?:hf:/{{1,2}})?(?P<repository>{REPOSITORY.pattern})"
    r"(?:@(?P<revision>refs/(?:pr|convert)/[\w.-]+|[\w.%+-]+))?"
    r"(?:/(?P<file>(?:\w[\w.-]*/)*\w[\w.-]*\.(?:keras|onnx|tflite)))?",
    re.ASCII,
)
_FORMS = "hf://USER/NAME, hf://USER/NAME@REVISION or hf://USER/NAME/FILE.keras"


@dataclass(frozen=True)
class HubAddress:
    """The address of a generator in a repository of a hub.

    Attributes:
        repository: The repository, "user/name".
        revision: A branch, a tag or a commit; None for the newest commit.
        file: The `.keras`, `.onnx` or `.tflite` file in it; None for the one that
            its manifest names.
    """

    repository: str
    revision: str | None = None
    file: str | None = None

    @classmethod
    def parse(
        cls, text: str | os.PathLike[str], revision: str | None = None
    ) -> HubAddress:
        """Returns the address in a text, with or without "hf://".

        Args:
            text: The address, or a path that was made of it.
            revision: The revision, where the text names none.

        Raises:
            ValueError: If it is no address, or there are two revisions.
        """
        text = os.fspath(text).replace("\\", "/")
        found = _ADDRESS.fullmatch(text)
        if found is None:
            raise InputError(f"{text!r}: an address on the hub must be {_FORMS}.")
        written = found["revision"] and unquote(found["revision"])
        if revision is not None and written is not None:
            raise InputError(
                f"{text!r} names a revision already; leave out `revision={revision!r}`."
            )
        return cls(found["repository"], written or revision, found["file"])

    @property
    def is_pinned(self) -> bool:
        """True if the revision is a commit, whose files never change."""
        return bool(self.revision and COMMIT.fullmatch(self.revision))

    def at(self, commit: str) -> HubAddress:
        """Returns the address of the same generator in a commit."""
        return replace(self, revision=commit)

    def __str__(self) -> str:
        revision = "" if self.revision is None else f"@{self.revision}"
        file = "" if self.file is None else f"/{self.file}"
        return f"{SCHEME}{self.repository}{revision}{file}"


def is_address(path: str | os.PathLike[str]) -> bool:
    """Returns whether a path is meant as an address on a hub."""
    return re.match(r"hf:[/\\]", os.fspath(path)) is not None
