"""What was found in a file, and why it is refused, if it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from keras_gan._checks import InputError


class Refusal(Exception):  # noqa: N818 - not an error yet: nothing names the file
    """Why a file must not be loaded; a clause to follow the file's path."""


@dataclass
class Examination:
    """What a file holds, found without running any of it.

    Attributes:
        path: The file or folder.
        kind: "keras", "onnx", "saved_model" or "run".
        facts: What it holds, as JSON knows it.
        reasons: Why it is refused, each a clause; empty if it is safe to load.
        content: The bytes that were examined, where a loader can take bytes.
    """

    path: Path
    kind: str
    facts: dict[str, Any] = field(default_factory=dict)
    reasons: list[str] = field(default_factory=list)
    content: bytes | None = field(default=None, repr=False)

    @property
    def is_safe(self) -> bool:
        """Whether it may be loaded."""
        return not self.reasons

    def refuse(self, reason: str) -> None:
        """Adds a reason, once."""
        # It may quote what a stranger wrote, and a terminal obeys some signs.
        reason = "".join(sign if sign.isprintable() else "?" for sign in reason)
        if reason not in self.reasons:
            self.reasons.append(reason)

    def check(self) -> Examination:
        """Returns this if the file may be loaded.

        Raises:
            InputError: If not; it names the file and the first reason.
        """
        if self.reasons:
            more = len(self.reasons) - 1
            others = f" (and {more} more; see `keras-gan inspect`)" if more else ""
            raise InputError(f"'{self.path}': refused: {self.reasons[0]}{others}.")
        return self

    def to_dict(self) -> dict[str, Any]:
        """Returns all but the content, as JSON knows it."""
        return {
            "path": str(self.path),
            "kind": self.kind,
            "safe": self.is_safe,
            "reasons": self.reasons,
            **self.facts,
        }


def file_inside(folder: Path, name: str, what: str) -> Path:
    """Returns the file of that relative name in a folder.

    Args:
        folder: The folder that must hold it.
        name: A path relative to it, as a file from a stranger tells it.
        what: What names it, for the reason.

    Raises:
        Refusal: If the name leads out of the folder, by itself or by a link.
    """
    pure = PurePosixPath(name)
    leads_out = pure.is_absolute() or ".." in pure.parts or not pure.parts
    if leads_out or "\\" in name or "\0" in name or ":" in name:
        raise Refusal(f"{what} {name!r} leads out of the file's folder")
    path = folder / pure
    if not path.resolve().is_relative_to(folder.resolve()):
        raise Refusal(f"{what} {name!r} is a link that leads out of the file's folder")
    if not path.is_file():
        raise Refusal(f"{what} {name!r} is no file in the file's folder")
    return path


def count_up(counts: dict[str, int], name: str) -> None:
    """Counts one more of that name."""
    counts[name] = counts.get(name, 0) + 1
