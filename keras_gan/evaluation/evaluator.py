"""Compares the samples of generators to one and the same data."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np

from keras_gan import metrics as functions
from keras_gan._checks import InputError, check_choice, check_positive_int
from keras_gan.evaluation._cache import cached
from keras_gan.evaluation.evaluation import Evaluation
from keras_gan.evaluation.extractor import Extractor, Outputs
from keras_gan.evaluation.opening import open_extractor

Figures = dict[str, float]


class CanSample(Protocol):
    """A GAN, or an exported generator."""

    @property
    def value_range(self) -> tuple[float, float] | None:
        """(low, high) of float images."""
        ...

    def sample(
        self, n: int | None = None, *, seed: int | None = None, truncation: Any = None
    ) -> np.ndarray:
        """As `GAN.sample`."""
        ...


def _frechet(real: Outputs, fake: Outputs) -> Figures:
    return {"frechet": functions.frechet_distance(real[0], fake[0])}


def _kernel(real: Outputs, fake: Outputs) -> Figures:
    return {"kernel": functions.kernel_distance(real[0], fake[0])}


def _precision_recall(real: Outputs, fake: Outputs) -> Figures:
    precision, recall = functions.precision_recall(real[0], fake[0])
    return {"precision": precision, "recall": recall}


def _density_coverage(real: Outputs, fake: Outputs) -> Figures:
    density, coverage = functions.density_coverage(real[0], fake[0])
    return {"density": density, "coverage": coverage}


def _inception_score(real: Outputs, fake: Outputs) -> Figures:
    if fake[1] is None:
        raise InputError(
            "`metrics` has 'inception_score', which needs the probabilities of a "
            "classifier; this extractor has none. Use 'digits', or a network with an "
            "output named 'probabilities'."
        )
    return {"inception_score": functions.inception_score(fake[1])[0]}


def _sliced_wasserstein(real: Outputs, fake: Outputs) -> Figures:
    return {"sliced_wasserstein": functions.sliced_wasserstein(real[0], fake[0])}


METRICS: dict[str, Callable[[Outputs, Outputs], Figures]] = {
    "frechet": _frechet,
    "kernel": _kernel,
    "precision_recall": _precision_recall,
    "density_coverage": _density_coverage,
    "inception_score": _inception_score,
    "sliced_wasserstein": _sliced_wasserstein,
}
"""What `Evaluator` can compute, by name."""

# The figures of those that have more than one.
_FIGURES = {
    "precision_recall": ["precision", "recall"],
    "density_coverage": ["density", "coverage"],
}


class Evaluator:
    """Evaluates generators against the same data, by the same features.

    The features of the data are computed once, and kept in a file under the data's
    fingerprint and the extractor's name, so that the next process finds them.

    Args:
        images: `(N, ...)` real images, or points, in `value_range`.
        extractor: What makes features: as in `open_extractor`.
        metrics: Names of `METRICS`.
        value_range: (low, high) of the images; None for points.
        data: What results call the data.
        cache: A folder for the features of the data; None keeps them in memory alone.

    Attributes:
        fingerprint: The SHA-256 of the images: their shape, and their values as 32-bit
            floats.

    Raises:
        ValueError: If there are fewer than two images, an argument is unknown, or the
            extractor cannot take the images.

    Example:
        >>> images = next(data.load("mnist_10k", batch_size=1000).as_numpy_iterator())
        >>> evaluator = evaluation.Evaluator(
        ...     images, extractor="digits", metrics=("frechet", "precision_recall"))
        >>> evaluator.evaluate(gan, n=1000).values["precision"]  # doctest: +SKIP
    """

    def __init__(
        self,
        images: Any,
        *,
        extractor: Any = "pixels",
        metrics: Sequence[str] = ("frechet",),
        value_range: tuple[float, float] | None = (-1.0, 1.0),
        data: str = "array",
        cache: str | os.PathLike[str] | None = None,
    ) -> None:
        self.images = np.asarray(images, np.float32)
        if self.images.ndim < 2 or len(self.images) < 2:
            raise InputError(
                "`images` must hold at least two examples (N, ...); got shape "
                f"{self.images.shape}."
            )
        if isinstance(metrics, str) or not metrics:
            raise InputError(f"`metrics` must be a list of names; got {metrics!r}.")
        self.metrics = [check_choice("metrics", name, METRICS) for name in metrics]
        self.extractor: Extractor = open_extractor(extractor)
        self.value_range = value_range
        self.data = data
        self.fingerprint = _fingerprint(self.images)
        key = f"{self.fingerprint}-{self.extractor.name}"
        self._real = cached(
            cache, key, lambda: self.extractor.outputs(self.images, value_range)
        )

    @property
    def figure_names(self) -> list[str]:
        """The names of the figures that an evaluation has."""
        return [
            figure
            for metric in self.metrics
            for figure in _FIGURES.get(metric, [metric])
        ]

    def evaluate(
        self,
        generator: CanSample,
        n: int | None = None,
        *,
        seed: int = 0,
        truncation: float | None = None,
        name: str = "",
    ) -> Evaluation:
        """Draws samples and returns what the metrics say of them.

        Args:
            generator: A `GAN`, what `export.runtime.load` returns, or anything with
                `sample` and `value_range`.
            n: How many samples; None for as many as there are images.
            seed: Seeds them.
            truncation: Of the latents, in (0, 1]; None for none.
            name: What the result calls the generator.

        Raises:
            ValueError: If the samples are not of the data's shape and range, or are too
                few for a metric.
        """
        n = len(self.images) if n is None else check_positive_int("n", n, minimum=2)
        if generator.value_range != self.value_range:
            raise InputError(
                f"The generator's images are in {generator.value_range}, the data in "
                f"{self.value_range}; load the data with `value_range="
                f"{generator.value_range}`."
            )
        samples = generator.sample(n, seed=seed, truncation=truncation)
        if samples.dtype == np.uint8 and self.value_range is not None:
            low, high = self.value_range
            samples = (low + (high - low) / 255 * samples).astype(np.float32)
        if samples.shape[1:] != self.images.shape[1:]:
            raise InputError(
                f"The generator draws images of shape {samples.shape[1:]}, those of "
                f"the data are {self.images.shape[1:]}; load them with `image_size` "
                "and `channels`."
            )
        return Evaluation(
            self.figures(samples),
            extractor=self.extractor.name,
            resize=self.extractor.resize(self.images.shape[1:]),
            real_count=len(self.images),
            fake_count=n,
            data=self.data,
            fingerprint=self.fingerprint,
            seed=seed,
            truncation=truncation,
            generator=name,
        )

    def figures(self, samples: np.ndarray) -> Figures:
        """Returns the figures of given samples `(N, ...)` by name."""
        fake = self.extractor.outputs(samples, self.value_range)
        values: Figures = {}
        for name in self.metrics:
            values |= METRICS[name](self._real, fake)
        return {name: float(value) for name, value in values.items()}


def _fingerprint(images: np.ndarray) -> str:
    digest = hashlib.sha256(repr(images.shape).encode())
    digest.update(np.ascontiguousarray(images, np.float32).tobytes())
    return digest.hexdigest()
