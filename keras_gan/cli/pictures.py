"""The commands that show what a generator has learnt: `neighbors` and the like."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from keras_gan._checks import InputError, check_positive_float, check_positive_int
from keras_gan.cli.command_line import parse_integers

_Source = Annotated[
    Path,
    typer.Argument(
        metavar="RUN|ARTIFACT",
        help="A run folder, a .keras or .onnx file, or a SavedModel folder.",
    ),
]
_Out = Annotated[Path, typer.Option("--out", help="FILE.png.")]


def neighbors(
    source: _Source,
    data: Annotated[
        str | None,
        typer.Option(
            help="What it was trained on, as in `train`; by default the run's own."
        ),
    ] = None,
    n: Annotated[int, typer.Option("--n", help="Samples to show.")] = 8,
    k: Annotated[int, typer.Option("--k", help="Neighbours of each.")] = 1,
    nearest: Annotated[
        bool,
        typer.Option("--nearest", help="Show those most like copies, not fair draws."),
    ] = False,
    samples: Annotated[int, typer.Option(help="Samples to test for copies.")] = 1000,
    limit: Annotated[
        int | None,
        typer.Option(help="Training images to look at, evenly chosen; default all."),
    ] = None,
    seed: Annotated[int, typer.Option(help="One seed for all samples.")] = 0,
    data_dir: Annotated[
        Path | None, typer.Option(help="Where tensorflow-datasets keeps its data.")
    ] = None,
    out: _Out = Path("neighbors.png"),
) -> None:
    """Draw samples beside their nearest training images; test for copies."""
    n, k = check_positive_int("--n", n), check_positive_int("--k", k)
    samples = max(n, check_positive_int("--samples", samples))
    if limit is not None:
        limit = check_positive_int("--limit", limit)
    _check_png(out)

    from keras_gan import plotting, priors
    from keras_gan._process import import_tensorflow
    from keras_gan.evaluation.reference_data import load_reference
    from keras_gan.generators.opening import open_generator
    from keras_gan.generators.pictures import SOURCE, compare, range_of, verdict_of
    from keras_gan.runs.folder import RunFolder

    generator = open_generator(source)
    name, split = RunFolder(source).trained_on(data, None)
    seeds = priors.spawn_seeds(seed, samples)
    images = generator.sample(seeds=seeds)
    value_range = range_of(generator, images)
    import_tensorflow()  # which the data need
    known = load_reference(
        name,
        split,
        image_shape=images.shape[1:],
        value_range=value_range,
        limit=limit,
        data_dir=data_dir,
    )
    compared = compare(images, known, n=n, k=k, nearest=nearest)
    plotting.save_picture(out, compared.picture, metadata=SOURCE)
    for sample, places, distances in zip(
        compared.shown, compared.neighbors, compared.distances, strict=True
    ):
        pairs = zip(places, distances, strict=True)
        listed = ", ".join(f"{place} at {distance:.2f}" for place, distance in pairs)
        print(f"seed {seeds[sample]}: nearest {listed}")
    print(verdict_of(compared, known))
    print(f"{len(compared.shown)} samples: {out}")


def classes(
    source: _Source,
    rows: Annotated[int, typer.Option(help="Images of each class.")] = 8,
    seed: Annotated[int, typer.Option(help="One seed for all images.")] = 0,
    out: _Out = Path("classes.png"),
) -> None:
    """Draw a column of images for each class; a row shares its latent."""
    rows = check_positive_int("--rows", rows)
    _check_png(out)

    from keras_gan import plotting
    from keras_gan.generators.opening import open_generator
    from keras_gan.generators.pictures import class_picture
    from keras_gan.runs.folder import RunFolder

    generator, names = open_generator(source), None
    if generator.num_classes is not None and (source / "config.json").is_file():
        names = RunFolder(source).read_config().get("data", {}).get("class_names")
    picture = class_picture(generator, rows=rows, seed=seed, names=names)
    plotting.save_picture(out, picture)
    print(f"{rows} of each class: {out}")


def truncation(
    source: _Source,
    seeds: Annotated[str, typer.Option(help="One row each.")] = "1,2,3",
    out: _Out = Path("truncation.png"),
) -> None:
    """Draw the images of some seeds from typical to varied."""
    chosen = parse_integers("--seeds", seeds)
    _check_png(out)

    from keras_gan import plotting, priors
    from keras_gan.generators.opening import open_generator
    from keras_gan.generators.pictures import truncation_picture

    priors.check_seeds(chosen)
    plotting.save_picture(out, truncation_picture(open_generator(source), chosen))
    print(f"{len(chosen)} rows: {out}")


def _check_png(out: Path) -> None:
    """Raises `InputError` if the picture could not be written there."""
    if out.suffix.lower() != ".png":
        raise InputError(f"`--out` must be a .png file; got '{out}'.")


def animate(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="A run folder.")],
    *,
    limit: Annotated[
        int, typer.Option(help="Epochs to show at most, evenly from all.")
    ] = 200,
    seconds: Annotated[float, typer.Option(help="How long each is shown.")] = 0.25,
    out: Annotated[Path, typer.Option("--out", help="FILE.gif.")] = Path("film.gif"),
) -> None:
    """Show the samples of a training, epoch by epoch, as a film."""
    check_positive_int("--limit", limit, minimum=2)
    check_positive_float("--seconds", seconds)
    if out.suffix != ".gif":
        raise InputError(f"`--out` must be a .gif file; got '{out}'.")

    from keras_gan import plotting
    from keras_gan.runs.folder import RunFolder

    folder = RunFolder(run)
    folder.read_config()
    frames = list(folder.epoch_samples(limit).values())
    if not frames:
        raise InputError(f"'{run}': the run has no samples yet; it has after an epoch.")
    plotting.save_animation(out, frames, seconds=seconds)
    print(out)
