"""Arguments and options that several commands share, and parsers of their values."""

from __future__ import annotations

import copy
import json
import re
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from keras_gan._checks import InputError

_KINDS = (
    "A run folder, a .keras, .onnx or .tflite file, a SavedModel folder, emoji, which "
    "comes with the package, or hf://USER/NAME[@REVISION]."
)

Source = Annotated[Path, typer.Argument(metavar="RUN|ARTIFACT", help=_KINDS)]
Sources = Annotated[
    list[Path], typer.Argument(metavar="ARTIFACT [ARTIFACT ...]", help=_KINDS)
]
Run = Annotated[
    Path,
    typer.Argument(
        metavar="RUN",
        help="A run folder, a .keras file, emoji, or hf://USER/NAME[@REVISION].",
    ),
]
From = Annotated[
    Path | None,
    typer.Option(
        "--from",
        metavar="RUN|FILE",
        help="Start from the weights of another run, of a .keras file, of emoji or "
        "of hf://USER/NAME, wherever layers fit; --set freeze=2 keeps the first two "
        "layers of its discriminator.",
    ),
]
Export = Annotated[
    Path, typer.Argument(help="An .onnx or .tflite file, or a SavedModel folder.")
]
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
Licence = Annotated[
    str | None,
    typer.Option(
        help="Of the training data, such as CC-BY-4.0; by default what is known."
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
        settings: Values by name; "loss.alpha" is `alpha` in the description `loss`, and
            "penalties.0.gamma" that of the first penalty.

    Raises:
        ValueError: If the part before a dot describes nothing in the recipe.
    """
    changes: dict[str, Any] = {}
    for name, value in settings.items():
        field, *inside = name.split(".")
        if not inside or field not in fields:
            changes[name] = value
            continue
        whole: Any = copy.deepcopy(changes.get(field, fields[field]))
        if isinstance(whole, str):
            whole = {"name": whole}
        if isinstance(whole, tuple):
            whole = list(whole)
        changes[field] = whole
        for number, part in enumerate(inside, start=1):
            key: Any = _place_in(whole, part)
            if key is None:
                described = ".".join([field, *inside[: number - 1]])
                raise InputError(
                    f"`--set {name}`: {described} is {json.dumps(whole)} in this "
                    f"recipe; give it as a whole: `--set {_form_of(field)}`."
                )
            if number == len(inside):
                whole[key] = value
            else:
                whole = whole[key] if isinstance(whole, list) else whole.get(key)
    return changes


def _place_in(whole: Any, key: str) -> str | int | None:
    """Returns a key of a mapping, or a place of a list; None if there is none."""
    if isinstance(whole, dict):
        return key
    is_place = isinstance(whole, list) and key.isdecimal() and int(key) < len(whole)
    return int(key) if is_place else None


def _form_of(field: str) -> str:
    """Returns a field with the form of its value, for the shell."""
    from keras_gan.presets.field_names import PENALTIES

    if field == "penalties":
        return shlex.quote(f"penalties={PENALTIES}")
    return f"{field}=JSON"
