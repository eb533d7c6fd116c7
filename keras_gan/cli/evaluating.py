"""The command `keras-gan evaluate`."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from keras_gan._checks import InputError, check_at_most, check_positive_int
from keras_gan._limits import LIMITS
from keras_gan.cli.opening import open_reference, open_source
from keras_gan.cli.options import (
    ComparedData,
    DataDir,
    SamplesSeed,
    SourceRange,
    Truncation,
    Which,
    parse_names,
    parse_range,
)
from keras_gan.cli.tables import print_table
from keras_gan.runs.folder import RunFolder

if TYPE_CHECKING:
    from keras_gan.evaluation import Evaluation, Evaluator
    from keras_gan.evaluation.reference_data import ReferenceData
    from keras_gan.priors.generator_protocol import Generator

# Of the features that `--extractor` names.
_OF_FEATURES = ("frechet", "kernel", "precision_recall", "density_coverage")
_Split = Annotated[
    str | None, typer.Option(help="Its part; by default the one trained on.")
]
_Metrics = Annotated[
    str | None,
    typer.Option(
        help="patch_frechet, pyramid, frechet, kernel, precision_recall, "
        "density_coverage, inception_score, sliced_wasserstein, parzen, mode_coverage, "
        "or a figure such as recall; "
        "by default patch_frechet,pyramid,precision_recall for pictures other than "
        "MNIST's."
    ),
]
_Extractor = Annotated[
    str | None,
    typer.Option(
        help="pixels, digits, or a network's file; by default digits for MNIST's, else "
        "pixels."
    ),
]
_ExtractorRange = Annotated[
    str | None,
    typer.Option(help="LOW,HIGH of the images a network's file takes: -1,1."),
]
_Count = Annotated[
    int | None,
    typer.Option(
        "--n",
        help="Samples, and at most as many of the data; by default as many as there "
        "are data, at most 10,000.",
    ),
]
_Classifier = Annotated[
    bool,
    typer.Option(
        "--classifier",
        help="Also train a classifier on samples and test it on held-out pictures.",
    ),
]
_Out = Annotated[
    Path | None,
    typer.Option(
        help="A JSON file, for one run; by default evaluation.json in a run's folder."
    ),
]
_Sources = Annotated[
    list[Path],
    typer.Argument(
        metavar="RUN|ARTIFACT ...",
        help="Run folders, .keras, .onnx or .tflite files, SavedModel folders, emoji, "
        "which comes with the package, or hf://USER/NAME[@REVISION]; several are "
        "evaluated one after the other.",
    ),
]


def evaluate(  # noqa: PLR0913 - a command has as many options as it needs
    sources: _Sources,
    *,
    data: ComparedData = None,
    split: _Split = None,
    source_range: SourceRange = None,
    metrics: _Metrics = None,
    extractor: _Extractor = None,
    extractor_range: _ExtractorRange = None,
    classifier: _Classifier = False,
    n: _Count = None,
    seed: SamplesSeed = 0,
    truncation: Truncation = None,
    which: Which = None,
    data_dir: DataDir = None,
    out: _Out = None,
) -> None:
    """Compare samples to data: distances, precision and recall, coverage."""
    from keras_gan.evaluation.evaluation import write_evaluation
    from keras_gan.trained_generators.training_data import training_data

    _check_samples(n, seed, truncation)
    if out is not None and len(sources) > 1:
        raise InputError(
            "`--out` is one file, for one run; leave it out to write evaluation.json "
            "into the folder of each."
        )
    extracted_range = parse_range("--extractor-range", extractor_range)

    @functools.cache
    def evaluator_of(reference: ReferenceData, n: int) -> Evaluator:
        usual = reference.usual_metrics() if extractor is None else _OF_FEATURES
        names = parse_names(metrics) or usual
        return reference.evaluator(
            n, names, extractor=extractor, extractor_range=extracted_range
        )

    for source in sources:
        generator, folder = open_source(source, which), RunFolder(source)
        if classifier:
            _check_classes(generator, source)
        reference = open_reference(
            generator, training_data(source, data, split), source_range, data_dir
        )
        count = reference.usual_count() if n is None else n
        result = evaluator_of(reference, count).evaluate(
            generator, count, seed=seed, truncation=truncation, name=str(source)
        )
        if classifier:
            result = _with_accuracy(result, generator, reference)
        if out is not None or folder.config.is_file():
            write_evaluation(out or folder.evaluation, result)
        _print(result, str(source) if len(sources) > 1 else None)
        _print_words(folder, result.step)


def _with_accuracy(
    result: Evaluation, generator: Generator, reference: ReferenceData
) -> Evaluation:
    """Returns a result with the accuracy of a classifier trained on samples."""
    from keras_gan.evaluation.classification_accuracy import classification_accuracy

    pairs = reference.labelled(result.fake_count)
    return result.with_accuracy(
        classification_accuracy(generator, *pairs, seed=result.seed)
    )


def _check_samples(n: int | None, seed: int, truncation: float | None) -> None:
    """Refuses wrong values of the options on samples."""
    from keras_gan import priors

    if n is not None:
        check_positive_int("--n", n, minimum=2)
        check_at_most("--n", n, LIMITS.images, "images of one request", "draw fewer")
    check_positive_int("--seed", seed, minimum=0)
    if truncation is not None:
        priors.check_truncation(truncation)


def _check_classes(generator: Generator, source: Path) -> None:
    """Refuses to train a classifier on samples without classes."""
    if generator.num_classes is None:
        raise InputError(
            f"--classifier: '{source}' draws no classes. Train it with `--set "
            "labels=true`, on data with labels."
        )


def _print(result: Evaluation, title: str | None) -> None:
    """Prints the figures as a table below a title, and their conditions below it."""
    from rich.console import Console
    from rich.table import Table

    from keras_gan.evaluation.evaluation import conditions_of

    if title is not None:
        print(f"\n{title}")
    table = Table()
    for heading in ("metric", *_headings(result), "better"):
        table.add_column(heading, no_wrap=True)
    for name, value in result.values.items():
        real = result.real_text(name)
        table.add_row(name, f"{value:.6g}", real, result.better(name))
    print_table(table)
    Console().print(conditions_of(result), soft_wrap=True, highlight=False)


def _headings(result: Evaluation) -> tuple[str, str]:
    """Returns the headings of samples and of real examples, with both counts."""
    real = result.real_counts
    counted = "real" if real is None else f"real\n{real[1]:,} to {real[0]:,}"
    return f"value\n{result.fake_count:,} to {result.real_count:,}", counted


def _print_words(folder: RunFolder, step: int | None) -> None:
    """Prints what the training of the GAN of a step and its test for copies say."""
    from keras_gan.runs.judgement import read_judgement

    if folder.config.is_file():
        for sentence in read_judgement(folder, step).sentences:
            print(sentence)
