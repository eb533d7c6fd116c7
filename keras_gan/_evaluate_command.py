"""The commands `keras-gan evaluate` and `compare`."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from keras_gan._checks import InputError, check_positive_int

if TYPE_CHECKING:
    import numpy as np

    from keras_gan.evaluation import Evaluation
    from keras_gan.presets import Recipe

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
            "inception_score, sliced_wasserstein."
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
    seed: Annotated[int, typer.Option(help="Seeds the samples and the choice.")] = 0,
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
    from keras_gan import evaluation, priors
    from keras_gan._generators import open_generator
    from keras_gan._run_folder import RunFolder

    check_positive_int("--n", n, minimum=2)
    check_positive_int("--seed", seed, minimum=0)
    if truncation is not None:
        priors.check_truncation(truncation)
    recipe = _recipe_of(source)
    if data is None and recipe is None and source.exists():
        raise InputError("`--data` is needed: an artifact does not know its data.")
    names = [name.strip() for name in metrics.split(",")]
    generator = open_generator(source)
    images, described = _load_images(generator, recipe, data, split, n, seed, data_dir)
    chosen: Any = extractor or _default_extractor(described, images.shape[1:])
    if extractor_range is not None:
        chosen = evaluation.open_extractor(
            chosen, value_range=_parse_range(extractor_range)
        )
    evaluator = evaluation.Evaluator(
        images,
        extractor=chosen,
        metrics=names,
        value_range=generator.value_range,
        data=described,
        cache=_cache_folder(),
    )
    result = evaluator.evaluate(
        generator, n, seed=seed, truncation=truncation, name=str(source)
    )
    if out is None and recipe is not None:
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
    from keras_gan._comparison import write_comparison
    from keras_gan._run_folder import RunFolder

    if out.suffix != ".html":
        raise InputError(f"`--out` must be an .html file; got '{out}'.")
    write_comparison([RunFolder(run) for run in runs], out)
    print(out)


def _recipe_of(source: Path) -> Recipe | None:
    """What a run was trained by; None for an artifact."""
    from keras_gan._run_folder import RunFolder
    from keras_gan.presets import Recipe

    folder = RunFolder(source)
    return Recipe.from_file(folder.config) if folder.config.is_file() else None


def _load_images(
    generator: Any,
    recipe: Recipe | None,
    source: str | None,
    split: str | None,
    n: int,
    seed: int,
    data_dir: Path | None,
) -> tuple[np.ndarray, str]:
    """At most n images of the data in the generator's shape and range, and a name."""
    from keras_gan import data

    if source is None and recipe is not None:
        source, split = recipe.data, split or recipe.split
    split = split or "train"
    available = data.info(source, split=split, data_dir=data_dir).num_examples
    shape = generator.image_shape
    size: dict[str, Any] = {}
    if len(shape) == 3:
        size = {"image_size": tuple(shape[:2]), "channels": shape[2]}
        if str(source).startswith("stacked:"):
            del size["channels"]
    batches = data.load(
        source,
        split=split,
        batch_size=min(n, available),
        value_range=generator.value_range,
        seed=seed,
        data_dir=data_dir,
        **size,
    )
    return next(batches.as_numpy_iterator()), f"{source}/{split}"


def _default_extractor(described: str, image_shape: tuple[int, ...]) -> str:
    is_digits = described.startswith("mnist") and image_shape == (28, 28, 1)
    return "digits" if is_digits else "pixels"


def _parse_range(text: str) -> tuple[float, float]:
    try:
        low, high = (float(part) for part in text.split(","))
    except ValueError:
        raise InputError(
            f"`--extractor-range` must be LOW,HIGH, such as -1,1; got {text!r}."
        ) from None
    return low, high


def _cache_folder() -> Path:
    """Where features of data are kept: $XDG_CACHE_HOME/keras_gan, or ~/.cache."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "keras_gan"


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
