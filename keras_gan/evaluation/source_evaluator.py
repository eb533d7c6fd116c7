"""What samples are compared to, by `evaluate` and while training."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from keras_gan import evaluation
from keras_gan.evaluation.known_modes import known_modes
from keras_gan.evaluation.reference_data import DataDir, load_evenly


def evaluator_for(
    source: str,
    split: str,
    n: int,
    *,
    image_shape: tuple[int, ...],
    value_range: tuple[float, float] | None,
    metrics: Sequence[str],
    extractor: str | None = None,
    extractor_range: tuple[float, float] | None = None,
    data_dir: DataDir = None,
) -> evaluation.Evaluator:
    """Compares to at most `n` examples of a source, evenly from all.

    Args:
        source: See `data.load`.
        split: Its part.
        n: How many.
        image_shape: Of the generator's images, or points.
        value_range: (low, high) of the images; None for points.
        metrics: Names of `evaluation.METRICS`.
        extractor: As in `open_extractor`; None for the bundled classifier where the
            data are MNIST's, else the pixels.
        extractor_range: What a network's file takes, if not what it is taken to.
        data_dir: See `data.load`.

    Raises:
        ValueError: If the source has no such images, or a name is unknown.
    """
    arguments: dict[str, Any] = {"value_range": value_range, "data_dir": data_dir}
    if len(image_shape) == 3:
        arguments |= {"image_size": tuple(image_shape[:2]), "channels": image_shape[2]}
    images, _, _ = load_evenly(source, split, n, arguments)
    described = f"{source}/{split}"
    chosen: Any = extractor or _default_extractor(described, images.shape[1:])
    if extractor_range is not None:
        chosen = evaluation.open_extractor(chosen, value_range=extractor_range)
    return evaluation.Evaluator(
        images,
        extractor=chosen,
        metrics=metrics,
        value_range=value_range,
        data=described,
        modes=known_modes(
            source,
            split,
            value_range=value_range,
            image_size=arguments.get("image_size"),
            data_dir=data_dir,
        )
        if "mode_coverage" in metrics
        else None,
        cache=_cache_folder(),
    )


def _default_extractor(described: str, image_shape: tuple[int, ...]) -> str:
    is_digits = described.startswith("mnist") and image_shape == (28, 28, 1)
    return "digits" if is_digits else "pixels"


def _cache_folder() -> Path:
    """Where features of data are kept: $XDG_CACHE_HOME/keras_gan, or ~/.cache."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "keras_gan"
