"""Opens what a command works on, and says which epoch of a run that is."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from keras_gan._checks import printable
from keras_gan._process import import_tensorflow
from keras_gan.cli.options import parse_range

if TYPE_CHECKING:
    from keras_gan.evaluation.reference_data import ReferenceData
    from keras_gan.priors.generator_protocol import Generator
    from keras_gan.trained_generators.training_data import TrainingData
    from keras_gan.training import GAN


def open_source(source: Path, which: str | None) -> Generator:
    """Opens a run or an artifact to draw from; see `open_generator`."""
    from keras_gan.trained_generators.loading import open_generator

    say_epoch(source, which)
    return open_generator(source, which)


def open_reference(
    generator: Generator,
    data: TrainingData,
    source_range: str | None,
    data_dir: Path | None,
) -> ReferenceData:
    """Opens data to compare samples with, and says which where a file names them.

    Args:
        generator: Draws the samples.
        data: The data; see `training_data`.
        source_range: The value of `--source-range`.
        data_dir: The folder of tensorflow-datasets.
    """
    from keras_gan.evaluation.reference_data import ReferenceData

    reading = dict(data.reading)
    if source_range is not None:
        reading["source_range"] = parse_range("--source-range", source_range)
    if data.of_manifest:
        known = printable(f"{data.source} ({data.split}), as the manifest says")
        print(f"keras-gan: comparing with {known}", file=sys.stderr)
    import_tensorflow()  # the data need it
    return ReferenceData(
        data.source,
        data.split,
        image_shape=generator.image_shape,
        value_range=generator.value_range,
        data_dir=data_dir,
        **reading,
    )


def open_trained(run: Path, which: str | None) -> GAN:
    """Opens a run or a `.keras` file to export it; see `open_gan`."""
    from keras_gan.trained_generators.loading import open_gan

    say_epoch(run, which)
    return open_gan(run, which)


def chosen_epoch(source: Path, which: str | None) -> str | None:
    """Returns a phrase for the best epoch of a run; None where it is not taken."""
    from keras_gan.trained_generators.loading import saved_gan

    saved = saved_gan(source, which)
    return None if saved is None else saved.choice


def say_epoch(source: Path, which: str | None) -> None:
    """Says on standard error which epoch of a run is taken, if it is the best."""
    if (choice := chosen_epoch(source, which)) is not None:
        last = "" if which == "best" else "; --which last for the last"
        print(f"keras-gan: using {choice}{last}", file=sys.stderr)
