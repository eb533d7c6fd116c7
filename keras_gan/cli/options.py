"""Arguments and options that several commands share, and parsers of their values."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from keras_gan._checks import InputError

_KINDS = (
    "A run folder, a .keras or .onnx file, a SavedModel folder, or emoji, which comes "
    "with the package."
)

Source = Annotated[Path, typer.Argument(metavar="RUN|ARTIFACT", help=_KINDS)]
Sources = Annotated[
    list[Path], typer.Argument(metavar="ARTIFACT [ARTIFACT ...]", help=_KINDS)
]
Run = Annotated[
    Path, typer.Argument(metavar="RUN", help="A run folder, a .keras file, or emoji.")
]
From = Annotated[
    Path | None,
    typer.Option(
        "--from",
        metavar="RUN|FILE",
        help="Start from the weights of another run, of a .keras file or of emoji, "
        "wherever layers fit; --set freeze=2 keeps the first two layers of its "
        "discriminator.",
    ),
]
Export = Annotated[Path, typer.Argument(help="An .onnx file or SavedModel folder.")]
DataDir = Annotated[
    Path | None, typer.Option(help="Where tensorflow-datasets keeps its data.")
]
ComparedData = Annotated[
    str | None,
    typer.Option(
        help="The data to compare with, as in `train`; by default the run's own."
    ),
]
SourceRange = Annotated[
    str | None,
    typer.Option(
        help="LOW,HIGH of the images as stored, such as 0,4095; by default all of 8 or "
        "16 bits."
    ),
]
Which = Annotated[
    str | None,
    typer.Option(
        help="best or last: the epoch of a run; by default the best, if --metrics "
        "found it."
    ),
]
SamplesSeed = Annotated[int, typer.Option(help="One seed for all images.")]
Truncation = Annotated[
    float | None, typer.Option(help="In (0, 1]: more typical, less varied.")
]
Picture = Annotated[Path, typer.Option("--out", help="FILE.png.")]


def check_suffix(path: Path, *suffixes: str, option: str = "--out") -> None:
    """Raises `InputError` if the name of a file does not end in one of `suffixes`."""
    if path.suffix.lower() not in suffixes:
        article = "an" if suffixes[0] == ".html" else "a"
        listed = " or ".join(suffixes)
        raise InputError(f"`{option}` must be {article} {listed} file; got '{path}'.")


def check_data(data: str | None) -> None:
    """Raises `InputError` for a path with a drive letter that lacks its kind."""
    if data is not None and re.match(r"[A-Za-z]:[\\/]", data):
        raise InputError(
            f"`--data '{data}'` is a path; say what is there: 'folder:{data}', "
            f"'idx:{data}' or 'npz:{data}'."
        )


def parse_names(text: str | None) -> list[str]:
    """Returns the names in a list with commas; None gives no names."""
    return [] if text is None else [name.strip() for name in text.split(",")]


def parse_integers(option: str, text: str) -> list[int]:
    """Returns the integers that `option` lists with commas."""
    try:
        return [int(part) for part in text.split(",")]
    except ValueError:
        raise InputError(
            f"`{option}` must be integers with commas between, such as 3,5,8; got "
            f"{text!r}."
        ) from None


def parse_range(option: str, text: str | None) -> tuple[float, float] | None:
    """Returns the LOW,HIGH of `option`; None stays None."""
    if text is None:
        return None
    try:
        low, high = (float(part) for part in text.split(","))
    except ValueError:
        raise InputError(
            f"`{option}` must be LOW,HIGH, such as -1,1; got {text!r}."
        ) from None
    return low, high


def parse_settings(settings: Sequence[str] | None) -> dict[str, Any]:
    """Returns the fields of `--set`; a value that is no JSON stays text."""
    parsed = {}
    for setting in settings or ():
        field, equals, value = setting.partition("=")
        if not equals:
            raise InputError(f"`--set` must be FIELD=VALUE; got {setting!r}.")
        try:
            parsed[field] = json.loads(value)
        except ValueError:
            parsed[field] = value
    return parsed


def with_settings(
    fields: Mapping[str, Any], settings: Mapping[str, Any]
) -> dict[str, Any]:
    """Returns the changes of a recipe that settings ask for, with dotted names.

    Args:
        fields: All values of the recipe by name.
        settings: Values by name; "loss.alpha" is `alpha` in the description `loss`.

    Raises:
        ValueError: If the part before a dot describes nothing in the recipe.
    """
    changes: dict[str, Any] = {}
    for name, value in settings.items():
        field, *inside = name.split(".")
        if not inside or field not in fields:
            changes[name] = value
            continue
        whole = changes[field] = copy.deepcopy(changes.get(field, fields[field]))
        if isinstance(whole, str):
            whole = changes[field] = {"name": whole}
        for key in inside[:-1]:
            whole = whole.get(key) if isinstance(whole, dict) else None
        if not isinstance(whole, dict):
            raise InputError(
                f"`--set {name}`: {name.rpartition('.')[0]} is {whole!r} in this "
                f"recipe; give it as a whole: `--set {field}=JSON`."
            )
        whole[inside[-1]] = value
    return changes
