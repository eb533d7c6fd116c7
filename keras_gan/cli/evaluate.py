"""The commands `keras-gan evaluate` and `compare`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from keras_gan._checks import InputError, check_positive_int
from keras_gan.cli.command_line import parse_names

if TYPE_CHECKING:
    from keras_gan.evaluation import Evaluation

_DEFAULT_METRICS = "frechet,kernel,precision_recall,density_coverage"


def evaluate(
    source: Annotated[
        Path,
        typer.Argument(
            metavar="RUN|ARTIFACT",
            help="A run folder, a .keras or .onnx file, or a SavedModel folder.",
        ),
    ],
    *,
    data: Annotated[
        str | None,
        typer.Option(help="What to compare to, as in `train`; by default the run's."),
    ] = None,
    split: Annotated[
        str | None, typer.Option(help="Its part; by default the one trained on.")
    ] = None,
    metrics: Annotated[
        str,
        typer.Option(
            help="frechet, kernel, precision_recall, density_coverage, "
            "inception_score, sliced_wasserstein, parzen, mode_coverage."
        ),
    ] = _DEFAULT_METRICS,
    extractor: Annotated[
        str | None,
        typer.Option(
            help="pixels, digits, or a network's file; by default digits for MNIST's, "
            "else pixels."
        ),
    ] = None,
    extractor_range: Annotated[
        str | None,
        typer.Option(help="LOW,HIGH of the images a network's file takes: -1,1."),
    ] = None,
    n: Annotated[
        int, typer.Option("--n", help="Samples, and at most as many of the data.")
    ] = 10_000,
    seed: Annotated[int, typer.Option(help="Seeds the samples.")] = 0,
    truncation: Annotated[float | None, typer.Option(help="In (0, 1].")] = None,
    data_dir: Annotated[
        Path | None, typer.Option(help="Where tensorflow-datasets keeps its data.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="A JSON file; by default evaluation.json in a run's folder."),
    ] = None,
) -> None:
    """Compare samples to data: distances, precision and recall, coverage."""
    from keras_gan import priors
    from keras_gan._process import import_tensorflow
    from keras_gan.evaluation.source_evaluator import evaluator_for
    from keras_gan.generators.opening import open_generator
    from keras_gan.runs.folder import RunFolder

    check_positive_int("--n", n, minimum=2)
    check_positive_int("--seed", seed, minimum=0)
    if truncation is not None:
        priors.check_truncation(truncation)
    generator = open_generator(source)
    name, part = RunFolder(source).trained_on(data, split)
    import_tensorflow()  # which the data need
    evaluator = evaluator_for(
        name,
        part,
        n,
        image_shape=generator.image_shape,
        value_range=generator.value_range,
        metrics=parse_names(metrics),
        extractor=extractor,
        extractor_range=None
        if extractor_range is None
        else _parse_range(extractor_range),
        data_dir=data_dir,
    )
    result = evaluator.evaluate(
        generator, n, seed=seed, truncation=truncation, name=str(source)
    )
    if out is None and RunFolder(source).config.is_file():
        out = RunFolder(source).evaluation
    _write(result, out)
    _print(result)


def compare(
    runs: Annotated[
        list[Path], typer.Argument(metavar="RUN RUN ...", help="Two or more runs.")
    ],
    *,
    out: Annotated[Path, typer.Option(help="The HTML file.")] = Path("compare.html"),
) -> None:
    """Show runs side by side on one page: samples, figures, curves, recipes."""
    from keras_gan.runs.comparison import write_comparison
    from keras_gan.runs.folder import RunFolder

    if out.suffix != ".html":
        raise InputError(f"`--out` must be an .html file; got '{out}'.")
    write_comparison([RunFolder(run) for run in runs], out)
    print(out)


def _parse_range(text: str) -> tuple[float, float]:
    try:
        low, high = (float(part) for part in text.split(","))
    except ValueError:
        raise InputError(
            f"`--extractor-range` must be LOW,HIGH, such as -1,1; got {text!r}."
        ) from None
    return low, high


def _write(result: Evaluation, out: Path | None) -> None:
    from keras_gan._files import write_text

    if out is not None:
        write_text(out, json.dumps(result.to_dict(), indent=2) + "\n")


def _print(result: Evaluation) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("metric", "value", "better")
    for name, value in result.values.items():
        table.add_row(name, f"{value:.6g}", result.better(name))
    console = Console()
    console.print(table)
    console.print(
        f"{result.fake_count} samples (seed {result.seed}) against "
        f"{result.real_count} of {result.data}; features: {result.extractor}, "
        f"resize: {result.resize}",
        soft_wrap=True,
        highlight=False,
    )
