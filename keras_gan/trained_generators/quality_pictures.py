"""Draws pictures that show how good a generator is.

They are a column for each class, a truncation sweep, and samples beside their nearest
training images.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from keras_gan import metrics, plotting, priors
from keras_gan._checks import InputError, counted
from keras_gan.evaluation.reference_data import ReferenceData, ReferenceImages
from keras_gan.metrics.verdicts import DISTANCES
from keras_gan.plotting.picture import range_of_pictures
from keras_gan.priors.generator_protocol import Generator
from keras_gan.priors.sample_arguments import check_drawing

if TYPE_CHECKING:
    from PIL import Image

TRUNCATIONS = (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
NEIGHBOR_METADATA = {
    "Source": "synthetic: drawn by a generative adversarial network; beside each, in "
    "blue frames, the training images that are nearest to it"
}
# More columns would be too wide to look at.
_CLASSES_SHOWN = 20


@dataclass(frozen=True, repr=False)
class Comparison:
    """Some samples beside their nearest training images, and a test for copies of all.

    Attributes:
        picture: The samples beside their neighbours.
        shown: `(n,)` the indices of the samples in the picture.
        neighbors: `(n, k)` the place of each neighbour in the source.
        distances: `(n, k)` Euclidean distances of pixels in [0, 1].
        result: The test of all samples for memorisation; None without held-out images.
        verdict: The outcome of the test in a sentence or two.
        seeds: `(M,)` the seed of every sample.
        known: The images that the samples were compared with.
    """

    picture: Image.Image
    shown: np.ndarray
    neighbors: np.ndarray
    distances: np.ndarray
    result: metrics.Memorization | None
    verdict: str
    seeds: np.ndarray
    known: ReferenceImages

    def __repr__(self) -> str:
        return f"Comparison({self.verdict})"

    def image_name(self, place: int) -> str:
        """Returns the path of a training image; its place where there are no files."""
        files = self.known.files
        return f"image {place}" if files is None else files[place]

    def to_dict(self) -> dict[str, Any]:
        """Returns the findings in values that JSON can hold.

        Among them are the neighbours of the samples in the picture and, if there was a
        test, all samples that are suspected to be copies, with the images of which.
        """
        found: dict[str, Any] = {"verdict": self.verdict}
        if (result := self.result) is not None:
            found |= {
                "memorized": result.memorized,
                "p_value": result.p_value,
                "copy_p_value": result.copy_p_value,
                "nearer": result.nearer,
                "share": result.share,
                "samples": len(self.seeds),
                "suspects": self._pairs(
                    result.samples,
                    self.known.indices[result.neighbors][:, np.newaxis],
                    result.distances[:, np.newaxis],
                ),
            }
        nearest = self._pairs(self.shown, self.neighbors, self.distances)
        return found | {"distances": DISTANCES, "nearest": nearest}

    def _pairs(
        self, samples: np.ndarray, places: np.ndarray, distances: np.ndarray
    ) -> list[dict[str, Any]]:
        """Returns a record of each sample, with its neighbours, the nearest first."""
        return [
            {
                "seed": int(self.seeds[sample]),
                "neighbors": [
                    {
                        "image": self.image_name(int(place)),
                        "place": int(place),
                        "distance": round(float(distance), 4),
                    }
                    for place, distance in zip(beside, far, strict=True)
                ],
            }
            for sample, beside, far in zip(samples, places, distances, strict=True)
        ]

    def _repr_png_(self) -> bytes:
        """Returns the picture for notebooks."""
        return plotting.png_bytes(self.picture, metadata=NEIGHBOR_METADATA)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes the picture to a PNG file that says which images are synthetic."""
        plotting.save_picture(path, self.picture, metadata=NEIGHBOR_METADATA)


def class_picture(
    generator: Generator, *, rows: int, seed: int, names: Sequence[str] | None = None
) -> Image.Image:
    """Draws a column for each of the first twenty classes; each row shares a latent.

    Raises:
        ValueError: If the generator has no classes, or makes no pictures.
    """
    if generator.num_classes is None:
        raise InputError(
            "The generator has no classes; `sample` draws what it makes, and "
            "`--set labels=true` trains one with classes."
        )
    shown = min(generator.num_classes, _CLASSES_SHOWN)
    check_drawing(generator, rows * shown)
    labels, _ = plotting.class_turns(rows * shown, shown)
    seeds = priors.spawn_seeds(seed, rows).repeat(shown)
    images = generator.sample(seeds=seeds, labels=labels)
    value_range = range_of_pictures(images, generator.value_range)
    return plotting.class_grid(images, labels, value_range=value_range, names=names)


def truncation_picture(generator: Generator, seeds: Sequence[int]) -> Image.Image:
    """Draws a row for each seed, its latent truncated from 0.3 to 1.

    Raises:
        ValueError: If a seed is no integer, or the generator makes no pictures.
    """
    resolved = priors.check_seeds(seeds)
    check_drawing(generator, len(resolved) * len(TRUNCATIONS))
    columns = [
        generator.sample(seeds=resolved, truncation=truncation)
        for truncation in TRUNCATIONS
    ]
    images = np.stack(columns, axis=1)
    value_range = range_of_pictures(columns[0], generator.value_range)
    return plotting.truncation_sweep(images, TRUNCATIONS, value_range=value_range)


def compare_with_training(
    generator: Generator,
    reference: ReferenceData,
    seeds: np.ndarray,
    *,
    n: int,
    k: int = 1,
    nearest: bool = False,
    limit: int | None = None,
    held_out: int | None = None,
) -> Comparison:
    """Looks for copies of training images among samples.

    Args:
        generator: Draws the samples.
        reference: The data that the generator was trained on.
        seeds: `(M,)` the seed of each sample.
        n: The number of samples to show.
        k: The number of neighbours to show of each.
        nearest: Whether to show the samples that are most like copies; else the first,
            which are fair draws. Without held-out images the first are shown anyway.
        limit: The largest number of training images; None for all.
        held_out: The largest number of held-out images; None for all.

    Raises:
        ValueError: If the samples are not finite or no pictures, or there is nothing to
            compare with.
    """
    check_drawing(generator, len(seeds))
    samples = generator.sample(seeds=seeds)
    if not np.isfinite(samples).all():
        raise InputError("The samples hold NaN or infinity; the generator diverged.")
    value_range = range_of_pictures(samples, generator.value_range)
    known = replace(reference, value_range=value_range).images(
        limit=limit, held_out=held_out
    )
    return _compare(samples, seeds, known, n, k, nearest)


def _compare(
    samples: np.ndarray,
    seeds: np.ndarray,
    known: ReferenceImages,
    n: int,
    k: int,
    nearest: bool,
) -> Comparison:
    """Compares samples with training images of the same size and range."""
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
    neighbors, verdict = known.indices[indices], _verdict(result, known)
    return Comparison(
        picture, shown, neighbors, distances, result, verdict, seeds, known
    )


def _verdict(result: metrics.Memorization | None, known: ReferenceImages) -> str:
    """Returns the outcome of the test, and how much of the training data it used."""
    if result is None:
        verdict = (
            "The data have no part `test`, nor does `test_split` name one that was not "
            "trained on; without it there is no test for copies."
        )
    else:
        verdict = result.verdict
    looked = len(known.train)
    if looked < known.total:
        verdict += f" Looked at {looked} of {counted(known.total, 'training image')}."
    return verdict


def _unit(images: np.ndarray, low: float, high: float) -> np.ndarray:
    """Returns `(N, H·W·C)` float64 in [0, 1]."""
    return (images.reshape(len(images), -1).astype(np.float64) - low) / (high - low)
