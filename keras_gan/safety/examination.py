"""Holds the result of examining a file: its content, and reasons to refuse it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from keras_gan._checks import InputError, one_line, printable
from keras_gan.safety import bounds


class Refusal(Exception):  # noqa: N818 - not an error yet: nothing names the file
    """A reason not to load a file, worded as a clause to follow the file's path."""


@dataclass
class Examination:
    """The result of examining a file without running any of it.

    Attributes:
        path: The file or folder.
        kind: "keras", "onnx", "litert", "saved_model" or "run".
        facts: A description of the content, in types that JSON can hold.
        reasons: The reasons to refuse it, each a clause; empty if it is safe to load.
        content: The bytes that were examined, where a loader can take bytes.
    """

    path: Path
    kind: str
    facts: dict[str, Any] = field(default_factory=dict)
    reasons: list[str] = field(default_factory=list)
    content: bytes | None = field(default=None, repr=False)

    @property
    def is_safe(self) -> bool:
        """True if there is no reason to refuse the file."""
        return not self.reasons

    @property
    def most_variables(self) -> int:
        """The most numbers that its variables may hold, for the weights in the file.

        An optimizer keeps up to three numbers for each weight and an average one more,
        and not all of them are saved.
        """
        weights = self.facts.get("weights", {})
        return bounds.MOST_COPIES * weights.get("parameters", 0) + 1000

    def refuse(self, reason: str) -> None:
        """Adds a reason to refuse the file, unless it is there or there are many."""
        if len(self.reasons) >= bounds.MOST_REASONS:
            return
        reason = printable(reason)  # it may quote the file
        if reason not in self.reasons:
            self.reasons.append(reason)

    @contextlib.contextmanager
    def examining(self) -> Iterator[None]:
        """Turns whatever is raised while a file is examined into reasons."""
        try:
            yield
        except Refusal as refusal:
            self.refuse(str(refusal))
        except Exception as error:
            self.refuse(f"it cannot be examined ({one_line(error)})")

    def check(self) -> Examination:
        """Returns this examination.

        Raises:
            InputError: If the file is refused; it names the file and the first reason.
        """
        if self.reasons:
            more = len(self.reasons) - 1
            others = f" (and {more} more; see `keras-gan inspect`)" if more else ""
            raise InputError(f"'{self.path}': refused: {self.reasons[0]}{others}.")
        return self

    def to_dict(self) -> dict[str, Any]:
        """Returns all but the content, in types that JSON can hold."""
        return {
            "path": str(self.path),
            "kind": self.kind,
            "safe": self.is_safe,
            "reasons": self.reasons,
            **self.facts,
        }


def file_inside(folder: Path, name: str, what: str) -> Path:
    """Returns the path of a file that must lie inside a folder.

    Args:
        folder: The folder.
        name: The path relative to it, which may come from an untrusted file.
        what: A description of the file, with which the reason of a refusal begins.

    Raises:
        Refusal: If the name leads out of the folder, by itself or by a link.
    """
    pure = PurePosixPath(name)
    leads_out = pure.is_absolute() or ".." in pure.parts or not pure.parts
    if leads_out or "\\" in name or "\0" in name or ":" in name:
        raise Refusal(f"{what} {name!r} leads out of the file's folder")
    path = folder / pure
    try:
        stays, is_file = path.resolve().is_relative_to(folder.resolve()), path.is_file()
    except (OSError, ValueError):  # too long, or no name that the system can have
        stays, is_file = True, False
    if not stays:
        raise Refusal(f"{what} {name!r} is a link that leads out of the file's folder")
    if not is_file:
        raise Refusal(f"{what} {name!r} is no file in the file's folder")
    return path


def count_up(counts: dict[str, int], name: str) -> None:
    """Adds one to the count of `name`."""
    counts[name] = counts.get(name, 0) + 1
