"""Tells what in a folder is not trained on, and how to move damaged files away."""

from __future__ import annotations

import shlex
import warnings
from collections.abc import Sequence
from pathlib import Path

from keras_gan._checks import counted

# Texts that lie beside images: licences, descriptions, lists.
_TEXTS = {
    *(".txt", ".md", ".rst", ".html", ".htm", ".pdf", ".url", ".log", ".yaml", ".yml"),
    *(".json", ".jsonl", ".csv", ".tsv", ".xml", ".zip", ".tar", ".gz", ".sha256"),
}
# Desktops leave these files in folders.
_OF_DESKTOPS = {"thumbs.db", "desktop.ini"}
_MOST_NAMED = 5
# A command line may not be much longer.
_MOST_MOVED = 100
# Each command opens its folder several times.
_told: set[str] = set()


def is_text(file: Path) -> bool:
    """Returns whether a file is a text or the like by its name."""
    return file.suffix.lower() in _TEXTS


def is_of_desktop(file: Path) -> bool:
    """Returns whether a desktop leaves a file of that name in folders."""
    return file.name.lower() in _OF_DESKTOPS


def tell_left_out(root: Path, files: Sequence[Path], animated: Sequence[Path]) -> None:
    """Warns of what a folder holds beside its images, once a process.

    Args:
        root: The folder.
        files: The files that are left out.
        animated: The images of which the first frame alone is read.
    """
    texts = [*filter(is_text, files)]
    of_desktops = [*filter(is_of_desktop, files)]
    further = "without its further frames", "without their further frames"
    parts = [
        f"{counted(len(found), noun, plural)} ({named_files(found, root)})"
        for noun, plural, found in (
            ("file that is no image", "files that are no images", texts),
            ("file of a desktop", "files of a desktop", of_desktops),
            (f"animation {further[0]}", f"animations {further[1]}", animated),
        )
        if found
    ]
    message = f"{root}: left out: {', '.join(parts)}."
    if parts and message not in _told:
        _told.add(message)
        warnings.warn(message, stacklevel=2)


def named_files(paths: Sequence[Path], root: Path) -> str:
    """Returns the first few of some paths in a folder, and the number of the others."""
    shown = ", ".join(str(path.relative_to(root)) for path in paths[:_MOST_NAMED])
    more = len(paths) - _MOST_NAMED
    return f"{shown} and {more} more" if more > 0 else shown


def moving_away(root: Path, paths: Sequence[Path]) -> str:
    """Returns a command that moves images of a folder into another one beside it.

    Args:
        root: The folder.
        paths: The files; of very many, the first hundred are moved.
    """
    # Of "." and "..", too.
    whole = root if root.name not in ("", "..") else root.resolve()
    away = whole.with_name(f"{whole.name}-damaged")
    by_folder: dict[Path, list[str]] = {}
    for path in paths[:_MOST_MOVED]:
        target = away / path.parent.relative_to(root)
        by_folder.setdefault(target, []).append(str(path))
    parts = [shlex.join(["mkdir", "-p", *map(str, by_folder)])]
    parts += [shlex.join(["mv", *each, str(to)]) for to, each in by_folder.items()]
    return " && ".join(parts)
