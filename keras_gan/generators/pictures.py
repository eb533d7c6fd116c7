"""What shows a generator's quality at a glance, from whatever can draw images."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from keras_gan import metrics, plotting, priors
from keras_gan._checks import InputError
from keras_gan.evaluation.reference_data import ReferenceData
from keras_gan.priors.sample_arguments import resolve_labels

if TYPE_CHECKING:
    from PIL import Image

    from keras_gan.generators.opening import Generator

TRUNCATIONS = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
SOURCE = {
    "Source": "synthetic: drawn by a generative adversarial network; beside each, in "
    "blue frames, the training images that are nearest to it"
}
# More columns would be too wide to look at.
_CLASSES_SHOWN = 20


@dataclass(frozen=True)
class Comparison:
    """Some samples, and the training images that are nearest to them.

    Attributes:
        picture: The samples beside their neighbours.
        shown: `(n,)` which of the samples these are.
        neighbors: `(n, k)` the place of each neighbour in the source.
        distances: `(n, k)` Euclidean, of pixels in [0, 1].
        result: The test of all samples for memorisation; None without held-out images.
    """

    picture: Image.Image
    shown: np.ndarray
    neighbors: np.ndarray
    distances: np.ndarray
    result: metrics.Memorization | None


def class_picture(
    generator: Generator, *, rows: int, seed: int, names: Sequence[str] | None = None
) -> Image.Image:
    """Draws a column for each class, of the first twenty; each row shares a latent.

    Raises:
        ValueError: If the generator has no classes, or makes no pictures.
    """
    if generator.num_classes is None:
        raise InputError(
            "The generator has no classes; `sample` draws what it makes, and "
            "`--set labels=true` trains one with classes."
        )
    shown = min(generator.num_classes, _CLASSES_SHOWN)
    labels, _ = plotting.class_turns(rows * shown, shown)
    seeds = priors.spawn_seeds(seed, rows).repeat(shown)
    images = generator.sample(seeds=seeds, labels=labels)
    return plotting.class_grid(
        images, labels, value_range=range_of(generator, images), names=names
    )


def truncation_picture(generator: Generator, seeds: Sequence[int]) -> Image.Image:
    """Draws a row for each seed, from 0.3 to 1 of its latent.

    Raises:
        ValueError: If a seed is none, or the generator makes no pictures.
    """
    resolved = priors.check_seeds(seeds)
    # The labels are those of the seeds, so that each row keeps its class.
    labels = resolve_labels(None, resolved, generator.num_classes)
    columns = [
        generator.sample(seeds=resolved, labels=labels, truncation=truncation)
        for truncation in TRUNCATIONS
    ]
    images = np.stack(columns, axis=1)
    return plotting.truncation_sweep(
        images, TRUNCATIONS, value_range=range_of(generator, columns[0])
    )


def compare(
    samples: np.ndarray,
    known: ReferenceData,
    *,
    n: int,
    k: int,
    nearest: bool,
) -> Comparison:
    """Looks for copies of training images among samples.

    Args:
        samples: `(M, H, W, C)` in the value range of `known`.
        known: What to compare with.
        n: How many samples to show.
        k: How many neighbours of each to show.
        nearest: Whether to show those that are most like a copy; else the first, which
            are fair draws. Without held-out images they are the first anyway.

    Raises:
        ValueError: If the samples are not finite, or there is nothing to compare with.
    """
    if not np.isfinite(samples).all():
        raise InputError("The samples hold NaN or infinity; the generator diverged.")
    low, high = known.value_range
    drawn, train = (_unit(part, low, high) for part in (samples, known.train))
    result = None
    if known.test is not None:
        test = _unit(known.test, low, high)
        result = metrics.memorization_test(drawn, train, test)
    shown = np.arange(min(n, len(samples)))
    if nearest and result is not None:
        shown = np.argsort(result.ratios, kind="stable")[:n]
    indices, distances = metrics.nearest_neighbors(drawn[shown], train, k)
    picture = plotting.neighbor_grid(
        samples[shown],
        known.train[indices],
        value_range=known.value_range,
        captions=[f"{distance:.2f}" for distance in distances[:, 0]],
    )
    return Comparison(picture, shown, known.indices[indices], distances, result)


def verdict_of(compared: Comparison, known: ReferenceData) -> str:
    """What the comparison shows, in a sentence or two."""
    looked = len(known.train)
    among = "" if looked == known.total else f" Looked at {looked} of {known.total}"
    among += " training images." if among else ""
    if compared.result is None:
        return (
            "The data have no `test` split, without which there is no test for "
            f"copies.{among}"
        )
    return compared.result.verdict + among


def _unit(images: np.ndarray, low: float, high: float) -> np.ndarray:
    """Returns `(N, H·W·C)` float64 in [0, 1]."""
    return (images.reshape(len(images), -1).astype(np.float64) - low) / (high - low)


def range_of(generator: Generator, images: np.ndarray) -> tuple[float, float]:
    """Returns what is black and white in images that a generator has drawn.

    Raises:
        ValueError: If they are no pictures.
    """
    value_range = (0.0, 255.0) if images.dtype == np.uint8 else generator.value_range
    if value_range is None or images.ndim != 4 or images.shape[-1] not in (1, 3):
        raise InputError(
            f"A generator of {images.shape[1:]} in the range {value_range} draws no "
            "pictures."
        )
    return value_range
