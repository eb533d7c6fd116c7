"""The commands that draw: `sample`, `interpolate`, `neighbors` and the like."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from keras_gan._checks import (
    InputError,
    check_at_most,
    check_positive_float,
    check_positive_int,
    counted,
    printable,
)
from keras_gan._files import write_json
from keras_gan._limits import LIMITS
from keras_gan.cli.opening import chosen_epoch, open_reference, open_source
from keras_gan.cli.options import (
    ComparedData,
    DataDir,
    Picture,
    SamplesSeed,
    Source,
    SourceRange,
    Truncation,
    Which,
    check_suffix,
    parse_integers,
)
from keras_gan.runs.folder import RunFolder

if TYPE_CHECKING:
    from keras_gan.trained_generators.quality_pictures import Comparison

_FEWER = "draw fewer at once"

_Images = Annotated[
    Path,
    typer.Option(
        "--out",
        help="FILE.png, or for papers FILE.pdf or FILE.svg, for a grid; FILE.npz for "
        "arrays, or a new folder, in which --seeds names the files.",
    ),
]
_Count = Annotated[int | None, typer.Option("--n", help="How many; default 64.")]
_Seed = Annotated[int | None, typer.Option(help="One seed for all images.")]
_Seeds = Annotated[str | None, typer.Option(help="One seed per image, such as 3,5,8.")]
_Labels = Annotated[
    str | None, typer.Option(help="A class for all, or one each: 0,1,2.")
]
_Columns = Annotated[int | None, typer.Option(help="Images in a row of the grid.")]
_Scale = Annotated[
    int | None, typer.Option(help="The side of the square that each pixel becomes.")
]
_From = Annotated[int, typer.Option("--from", help="Seed of the first image.")]
_To = Annotated[int, typer.Option("--to", help="Seed of the last image.")]
_Steps = Annotated[int, typer.Option(help="Images in all.")]
_Kind = Annotated[str, typer.Option(help="linear or spherical.")]
_Label = Annotated[
    int | None, typer.Option(help="The class; by default what --from draws.")
]
_Shown = Annotated[int, typer.Option("--n", help="Samples to show.")]
_Neighbors = Annotated[int, typer.Option("--k", help="Neighbours of each.")]
_Nearest = Annotated[
    bool,
    typer.Option("--nearest", help="Show those most like copies, not fair draws."),
]
_Tested = Annotated[int, typer.Option(help="Samples to test for copies.")]
_TrainedSplit = Annotated[
    str | None,
    typer.Option("--split", help="Their part; by default the one trained on."),
]
_TestSplit = Annotated[
    str | None,
    typer.Option(
        help="A part that was not trained on; by default the run's, or the part test."
    ),
]
_Findings = Annotated[
    Path | None,
    typer.Option("--json", help="Write the distances and the test to this file, too."),
]
_TrainingImages = Annotated[
    int | None,
    typer.Option(help="Training images to look at, evenly chosen; default all."),
]


def sample(
    source: Source,
    n: _Count = None,
    seed: _Seed = None,
    seeds: _Seeds = None,
    labels: _Labels = None,
    truncation: Truncation = None,
    which: Which = None,
    columns: _Columns = None,
    scale: _Scale = None,
    out: _Images = Path("samples.png"),
) -> None:
    """Draw images; the same seed is the same image."""
    from keras_gan import priors
    from keras_gan.priors.sample_arguments import resolve_request
    from keras_gan.trained_generators.image_writing import (
        Layout,
        check_destination,
        left_out,
        write_samples,
    )

    chosen = None if seeds is None else parse_integers("--seeds", seeds)
    classes = None if labels is None else parse_integers("--labels", labels)
    if chosen is None:
        if n is None:
            n = 64 if classes is None or len(classes) == 1 else len(classes)
        if seed is None:
            seed = int.from_bytes(os.urandom(4), "big")
    if truncation is not None:
        priors.check_truncation(truncation)
    resolved, _ = resolve_request(n, seed, chosen, None, None)
    check_destination(out)
    for option, number in (("--columns", columns), ("--scale", scale)):
        if number is not None:
            check_positive_int(option, number)
            check_at_most(option, number, LIMITS.images, "pixels or images", _FEWER)
    epoch = chosen_epoch(source, which)
    generator = open_source(source, which)
    write_samples(
        out,
        generator,
        resolved,
        labels=classes[0] if classes and len(classes) == 1 else classes,
        truncation=truncation,
        name=source.name if epoch is None else f"{source.name} ({epoch})",
        layout=Layout(columns, scale, by_seed=chosen is not None),
    )
    suffix = "" if seed is None else f" (seed {seed})"
    print(
        f"{counted(len(resolved), 'image')}: "
        f"{out}{suffix}{left_out(out, generator.image_shape)}"
    )


def interpolate(
    source: Source,
    start: _From,
    end: _To,
    steps: _Steps = 10,
    kind: _Kind = "linear",
    label: _Label = None,
    which: Which = None,
    out: _Images = Path("interpolation.png"),
) -> None:
    """Draw the images between the samples of two seeds."""
    from keras_gan import plotting
    from keras_gan.trained_generators.image_writing import (
        check_destination,
        left_out,
        write_interpolation,
    )

    check_destination(out)
    check_at_most("--steps", steps, LIMITS.images, "images of one request", _FEWER)
    plotting.interpolate([0.0], [1.0], steps, kind)  # refuses bad arguments early
    generator = open_source(source, which)
    write_interpolation(
        out, generator, (start, end), steps=steps, kind=kind, label=label
    )
    print(f"{counted(steps, 'image')}: {out}{left_out(out, generator.image_shape)}")


def neighbors(  # noqa: PLR0913 - a command has as many options as it needs
    source: Source,
    data: ComparedData = None,
    split: _TrainedSplit = None,
    test_split: _TestSplit = None,
    source_range: SourceRange = None,
    n: _Shown = 8,
    k: _Neighbors = 1,
    nearest: _Nearest = False,
    samples: _Tested = 1000,
    limit: _TrainingImages = None,
    seed: SamplesSeed = 0,
    data_dir: DataDir = None,
    which: Which = None,
    as_json: _Findings = None,
    out: Picture = Path("neighbors.png"),
) -> None:
    """Draw samples beside their nearest training images; test for copies."""
    from keras_gan import priors
    from keras_gan.trained_generators.quality_pictures import compare_with_training
    from keras_gan.trained_generators.training_data import training_data

    n, k = check_positive_int("--n", n), check_positive_int("--k", k)
    samples = max(n, check_positive_int("--samples", samples))
    check_at_most("--samples", samples, LIMITS.images, "images of one request", _FEWER)
    if limit is not None:
        check_positive_int("--limit", limit)
    check_suffix(out, ".png")
    generator = open_source(source, which)
    of_training = training_data(source, data, split)
    if test_split is not None:
        of_training.reading["test_split"] = test_split
    seeds = priors.spawn_seeds(seed, samples)
    reference = open_reference(generator, of_training, source_range, data_dir)
    compared = compare_with_training(
        generator, reference, seeds, n=n, k=k, nearest=nearest, limit=limit
    )
    compared.save(out)
    if as_json is not None:
        write_json(as_json, compared.to_dict())
    _print_neighbors(compared)
    print(f"{counted(len(compared.shown), 'sample')}: {out}")


def classes(
    source: Source,
    rows: Annotated[int, typer.Option(help="Images of each class.")] = 8,
    seed: SamplesSeed = 0,
    which: Which = None,
    out: Picture = Path("classes.png"),
) -> None:
    """Draw a column of images for each class; a row shares its latent."""
    from keras_gan import plotting
    from keras_gan.trained_generators.quality_pictures import class_picture

    rows = check_positive_int("--rows", rows)
    check_at_most("--rows", rows, LIMITS.images, "images of one request", _FEWER)
    check_suffix(out, ".png")
    generator, folder = open_source(source, which), RunFolder(source)
    names = folder.class_names() if folder.config.is_file() else None
    picture = class_picture(generator, rows=rows, seed=seed, names=names)
    plotting.save_picture(out, picture)
    print(f"{rows} of each class: {out}")


def truncation(
    source: Source,
    seeds: Annotated[str, typer.Option(help="One row each.")] = "1,2,3",
    which: Which = None,
    out: Picture = Path("truncation.png"),
) -> None:
    """Draw the images of some seeds from typical to varied."""
    from keras_gan import plotting, priors
    from keras_gan.trained_generators.quality_pictures import truncation_picture

    chosen = parse_integers("--seeds", seeds)
    check_suffix(out, ".png")
    priors.check_seeds(chosen)
    plotting.save_picture(out, truncation_picture(open_source(source, which), chosen))
    print(f"{counted(len(chosen), 'row')}: {out}")


def animate(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="A run folder.")],
    *,
    limit: Annotated[
        int, typer.Option(help="Epochs to show at most, evenly from all.")
    ] = 200,
    seconds: Annotated[float, typer.Option(help="How long each is shown.")] = 0.25,
    out: Annotated[Path, typer.Option("--out", help="FILE.gif or FILE.webp.")] = Path(
        "film.gif"
    ),
) -> None:
    """Show the samples of a training, epoch by epoch, as a film."""
    from keras_gan import plotting

    check_positive_int("--limit", limit, minimum=2)
    check_positive_float("--seconds", seconds)
    check_suffix(out, ".gif", ".webp")
    folder = RunFolder(run)
    folder.read_config()
    frames = list(folder.epoch_samples(limit).values())
    if not frames:
        raise InputError(f"'{run}': the run has no samples yet; it has after an epoch.")
    plotting.save_animation(out, frames, seconds=seconds)
    print(out)


def _print_neighbors(compared: Comparison) -> None:
    """Prints the neighbours of each sample in the picture, and the verdict."""
    from keras_gan.metrics.verdicts import DISTANCES

    for sample, places, distances in zip(
        compared.shown, compared.neighbors, compared.distances, strict=True
    ):
        pairs = zip(places, distances, strict=True)
        named = ((compared.image_name(int(place)), far) for place, far in pairs)
        listed = ", ".join(f"{printable(name)} at {far:.2f}" for name, far in named)
        print(f"seed {compared.seeds[sample]}: nearest {listed}")
    print(f"distances: {DISTANCES}")
    print(compared.verdict)
    if compared.result is None:
        print(
            "Name the part that was trained on and another, such as --split "
            "'train[~::10]' --test-split 'train[::10]'."
        )
