"""The commands that look at data: `data` and `recommend`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from keras_gan._checks import InputError
from keras_gan._process import import_tensorflow
from keras_gan.cli.options import DataDir, check_data, check_suffix

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
    plotting.save_picture(out, plotting.grid(images, value_range=(-1.0, 1.0)))
    print(f"grid     {len(images)} of them as they will be trained: {out}")
