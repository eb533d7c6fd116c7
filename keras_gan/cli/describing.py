"""The commands that look at data: `data` and `recommend`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from keras_gan._checks import InputError
from keras_gan._files import write_json
from keras_gan._process import import_tensorflow, program
from keras_gan.cli.options import (
    DataDir,
    check_data,
    check_suffix,
    parse_settings,
    with_settings,
)

if TYPE_CHECKING:
    from keras_gan.presets import Recipe

_COLUMNS = 8

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
    out: _Grid = Path("data.png"),
) -> None:
    """Describe images before training: sizes, classes, copies, a grid to look at."""
    check_data(source)
    check_suffix(out, ".png")
    import_tensorflow()
    from keras_gan import data, plotting

    sheet = data.data_sheet(source, split=split, data_dir=data_dir)
    if channels is None and sheet.has_alpha:
        channels = 4 if sheet.channels >= 3 else 2
    if image_size is None and not sheet.has_one_size:
        image_size = min(64, sheet.heights[1], sheet.widths[1])
    if resize is None and sheet.has_alpha and not sheet.has_one_size:
        resize = "pad"
    batches = data.load(
        source,
        split=split,
        batch_size=min(_COLUMNS**2, sheet.num_examples),
        image_size=image_size,
        resize=resize,
        channels=channels,
        data_dir=data_dir,
    )
    images = next(iter(batches.as_numpy_iterator()))
    print(sheet)
    plotting.save_image_grid(
        out, images, value_range=(-1.0, 1.0), metadata={"Source": f"data: {source}"}
    )
    print(f"grid     {len(images)} of them as they will be trained: {out}")


def recommend(
    source: _Source,
    *,
    minutes: _Minutes = None,
    set_: _Settings = None,
    data_dir: DataDir = None,
    out: _Recipe = None,
) -> None:
    """Choose a recipe for images, measured on this machine, and say why."""
    check_data(source)
    if out is not None:
        check_suffix(out, ".json")
    recipe, metrics = recommended(source, minutes, {}, set_, data_dir)
    command = f"{program()} train --data {source}"
    if out is not None:
        write_json(out, recipe.to_dict())
        command = f"{program()} train --config {out} --metrics {','.join(metrics)}"
    print(f"\nNext:\n  {command}")


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
    import_tensorflow(onednn=True)
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
