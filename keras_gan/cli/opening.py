"""Opens what a command works on, and says which epoch of a run that is."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from keras_gan.priors.generator_protocol import Generator
    from keras_gan.training import GAN


def open_source(source: Path, which: str | None) -> Generator:
    """Opens a run or an artifact to draw from; see `open_generator`."""
    from keras_gan.trained_generators.loading import open_generator

    _say_epoch(source, which)
    return open_generator(source, which)


def open_trained(run: Path, which: str | None) -> GAN:
    """Opens a run or a `.keras` file to export it; see `open_gan`."""
    from keras_gan.trained_generators.loading import open_gan

    _say_epoch(run, which)
    return open_gan(run, which)


def chosen_epoch(source: Path, which: str | None) -> str | None:
    """Returns a phrase for the best epoch of a run; None where it is not taken."""
    from keras_gan.trained_generators.loading import saved_gan

    saved = saved_gan(source, which)
    return None if saved is None else saved.choice


def _say_epoch(source: Path, which: str | None) -> None:
    if (choice := chosen_epoch(source, which)) is not None:
        last = "" if which == "best" else "; --which last for the last"
        print(f"keras-gan: using {choice}{last}", file=sys.stderr)
