"""The commands that look at data: `data` and `recommend`."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from keras_gan._checks import InputError
from keras_gan._files import write_json
from keras_gan._process import import_tensorflow, program
from keras_gan.cli.importing import import_options
from keras_gan.cli.options import (
    DataDir,
    From,
    check_data,
    check_suffix,
    parse_settings,
    with_settings,
)

if TYPE_CHECKING:
    from keras_gan.presets import Recipe

_SHOWN = 64

_Source = Annotated[
    str,
    typer.Argument(
        metavar="SOURCE",
        help="folder:PATH, npz:PATH, idx:PATH, mnist_10k, or a tensorflow-datasets "
        "name.",
    ),
]
_Split = Annotated[str, typer.Option(help="The part of the source.")]
_Size = Annotated[
    int | None,
    typer.Option("--image-size", help="Height and width of the images in the picture."),
]
_Resize = Annotated[
    str | None, typer.Option(help="crop, pad or stretch; by default as in `train`.")
]
_Channels = Annotated[
    int | None, typer.Option(help="1 grey, 3 colour, 4 with transparency.")
]
_AsJSON = Annotated[
    bool,
    typer.Option("--json", help="The whole description alone, with all copies."),
]
_Minutes = Annotated[
    float | None, typer.Option(help="The time that the training may take; 30.")
]
_Settings = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="FIELD=VALUE", help="A field of the recipe not to choose."
    ),
]
_Recipe = Annotated[
    Path | None, typer.Option("--out", help="FILE.json for the recipe.")
]
_Grid = Annotated[Path, typer.Option("--out", help="FILE.png for a grid of images.")]


def describe(
    source: _Source,
    *,
    split: _Split = "train",
    image_size: _Size = None,
    resize: _Resize = None,
    channels: _Channels = None,
    data_dir: DataDir = None,
    as_json: _AsJSON = False,
    out: _Grid = Path("data.png"),
) -> None:
    """Describe images before training: sizes, classes, copies, a grid to look at."""
    check_data(source)
    check_suffix(out, ".png")
    import_tensorflow()
    from keras_gan import data, plotting
    from keras_gan.data.data_sheet import shape_in_words
    from keras_gan.experiment.recommended_values import (
        choose_channels,
        choose_size,
        resized,
    )

    sheet = data.data_sheet(source, split=split, data_dir=data_dir)
    if as_json:
        print(json.dumps(sheet.to_dict(), indent=2))
        return
    given = {"image_size": image_size, "resize": resize, "channels": channels}
    given = {name: value for name, value in given.items() if value is not None}
    size = choose_size(sheet)
    values = size.values | choose_channels(sheet).values | given
    batches = data.load(
        source,
        split=split,
        batch_size=min(_SHOWN, sheet.num_examples),
        data_dir=data_dir,
        **values,
    )
    images = next(iter(batches.as_numpy_iterator()))
    print(sheet)
    plotting.save_image_grid(
        out, images, value_range=(-1.0, 1.0), metadata={"Source": f"data: {source}"}
    )
    height, width = images.shape[1:3]
    how = size.reason
    if given.keys() & {"image_size", "resize"}:
        usual = "crop" if source.startswith("folder:") else "stretch"
        way = resized(values.get("resize") or usual, sheet)
        how = f"{shape_in_words(height, width)}, {way}"
    print(f"trained  {how}")
    print(f"grid     {len(images)} of them in this shape: {out}")


def recommend(
    source: _Source,
    *,
    minutes: _Minutes = None,
    from_: From = None,
    set_: _Settings = None,
    data_dir: DataDir = None,
    out: _Recipe = None,
) -> None:
    """Choose a recipe for images, measured on this machine, and say why."""
    check_data(source)
    if out is not None:
        check_suffix(out, ".json")
    given = {"pretrained": None if from_ is None else str(from_)}
    recipe, metrics = recommended(source, minutes, given, set_, data_dir)
    if out is None:
        arguments = ["--data", source]
        arguments += [] if minutes is None else ["--minutes", f"{minutes:g}"]
        arguments += [] if from_ is None else ["--from", str(from_)]
        arguments += [part for each in set_ or () for part in ("--set", each)]
        arguments += [] if data_dir is None else ["--data-dir", str(data_dir)]
    else:
        write_json(out, recipe.to_dict())
        arguments = ["--config", str(out), "--metrics", ",".join(metrics)]
    words = shlex.join(["train", *arguments, *import_options()])
    print(f"\nNext:\n  {program()} {words}")


def recommended(
    source: str,
    minutes: float | None,
    given: Mapping[str, Any],
    settings: list[str] | None,
    data_dir: Path | None,
) -> tuple[Recipe, list[str]]:
    """Prints and returns the recommended recipe, and the metrics to train with.

    Args:
        source: The source of the images.
        minutes: The time of the training; None for the usual one.
        given: Fields of the recipe that options gave; None gives none.
        settings: The values of `--set`.
        data_dir: The folder of tensorflow-datasets.
    """
    import_tensorflow()
    from keras_gan import experiment

    if minutes is not None and not minutes > 0:
        raise InputError(f"`--minutes` must be a positive number; got {minutes:g}.")
    told = {field: value for field, value in given.items() if value is not None}
    parsed = parse_settings(settings)
    inside = {  # of descriptions that are not chosen yet
        name: value
        for name, value in parsed.items()
        if "." in name and not name.startswith("architecture_options.")
    }
    whole = {name: value for name, value in parsed.items() if name not in inside}
    told |= with_settings({"architecture_options": {}}, whole)
    print("looking at the images, and measuring some steps…", flush=True)
    chosen = experiment.recommend(
        source,
        given=told,
        data_dir=data_dir,
        **({} if minutes is None else {"minutes": minutes}),
    )
    print(chosen, flush=True)
    changed = with_settings(chosen.recipe.to_dict(), inside)
    return chosen.recipe.replace(**changed), list(chosen.metrics)


def name_of(source: str) -> str:
    """Returns a name for runs on a source, such as that of its folder."""
    name = Path(source.partition(":")[2] or source).expanduser().resolve().stem
    return re.sub(r"[^\w.-]+", "-", name) or "pictures"
