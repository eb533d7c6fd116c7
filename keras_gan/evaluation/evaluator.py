"""Evaluates the samples of generators, all against the same data."""

from __future__ import annotations

import hashlib
import math
import os
from collections.abc import Sequence
from typing import Any

import numpy as np

from keras_gan._checks import (
    InputError,
    check_memory,
    check_positive_int,
    counted,
)
from keras_gan._limits import LIMITS
from keras_gan._version import __version__
from keras_gan.evaluation._data_halves import (
    counts_of_halves,
    figures_of_halves,
    joined,
)
from keras_gan.evaluation._feature_cache import cached, cached_figures
from keras_gan.evaluation._metrics_by_name import (
    METRICS,
    OF_IMAGES,
    Compared,
    Figures,
    Modes,
    check_metric,
    figures_of,
)
from keras_gan.evaluation.evaluation import Evaluation, metric_names
from keras_gan.evaluation.extractor import Extractor
from keras_gan.evaluation.extractor_loading import open_extractor
from keras_gan.priors.generator_protocol import Generator


class Evaluator:
    """Evaluates generators against the same data, by the same features.

    The features of the data are computed once. A file that is named after the data's
    fingerprint and the extractor keeps them for the next process.

    Args:
        images: `(N, ...)` real images, or points, in `value_range`.
        extractor: The source of the features; see `open_extractor`.
        metrics: Names of `METRICS`, or of their figures. "parzen" compares the images
            themselves, not their features.
        value_range: (low, high) of the images; None for points.
        data: The name of the data in results.
        modes: For "mode_coverage", a function of samples to figures by name, such as
            one that calls `metrics.mode_coverage`; None counts the classes by the
            extractor's probabilities.
        cache: A folder for the features of the data; None keeps them only in memory.
        more_images: `(K, ...)` further real images. The figures of data against data
            are computed with them at the counts of the samples; without them, of one
            half of `images` against the other.

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
        modes: Modes | None = None,
        cache: str | os.PathLike[str] | None = None,
        more_images: Any = None,
    ) -> None:
        self.images = np.asarray(images, np.float32)
        if self.images.ndim < 2 or len(self.images) < 2:
            raise InputError(
                "`images` must hold at least two examples (N, ...); got shape "
                f"{self.images.shape}."
            )
        if isinstance(metrics, str) or not metrics:
            raise InputError(f"`metrics` must be a list of names; got {metrics!r}.")
        self.metrics = [check_metric(name) for name in metric_names(metrics)]
        for name in self.metrics:
            if name in OF_IMAGES and (self.images.ndim != 4 or value_range is None):
                raise InputError(
                    f"`metrics` has {name!r}, which compares images; the examples have "
                    f"the shape {self.images.shape[1:]}. Use 'frechet' or "
                    "'sliced_wasserstein' for points."
                )
        self.extractor: Extractor = open_extractor(extractor)
        self.value_range = value_range
        self.data = data
        self.modes = modes
        self.fingerprint = _fingerprint(self.images)
        key = f"{self.fingerprint}-{self.extractor.name}"
        self._real = cached(
            cache, key, lambda: self.extractor.outputs(self.images, value_range)
        )
        self.more_images = np.asarray(
            self.images[:0] if more_images is None else more_images, np.float32
        )
        if self.more_images.shape[1:] != self.images.shape[1:]:
            raise InputError(
                "`more_images` must have the shape of `images`, "
                f"{self.images.shape[1:]}; got {self.more_images.shape[1:]}."
            )
        # Other functions of modes may have other figures.
        self._cache = cache if modes is None else None
        self._real_figures: dict[tuple[int, int], Figures] = {}

    @property
    def figure_names(self) -> list[str]:
        """The names of the figures in each result, in order."""
        return [
            figure for metric in self.metrics for figure in self._figures_of(metric)
        ]

    def _figures_of(self, metric: str) -> list[str]:
        """Returns the names of the figures that one metric gives."""
        if metric == "mode_coverage" and self.modes is not None:
            return list(self.modes(self.images))
        return figures_of(metric, self.images.shape[1:])

    def evaluate(
        self,
        generator: Generator,
        n: int | None = None,
        *,
        seed: int = 0,
        truncation: float | None = None,
        name: str = "",
    ) -> Evaluation:
        """Draws samples and returns their figures.

        Args:
            generator: A `GAN` or an exported generator. Only its `sample` and
                `value_range` are used.
            n: The number of samples, at least 2; None for the number of images.
            seed: The seed of the samples.
            truncation: The factor in (0, 1] on the latents; None for none.
            name: The name of the generator in the result.

        Returns:
            The figures with the conditions of the comparison.

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
        check_memory(
            f"{counted(n, 'sample')} of {self.images.shape[1:]}",
            8 * n * math.prod(self.images.shape[1:]),
            LIMITS.memory_bytes,
            "give a smaller `n`",
        )
        samples = self._comparable(
            generator.sample(n, seed=seed, truncation=truncation)
        )
        step = getattr(generator, "step", None)
        total = len(self.images) + len(self.more_images)
        counts = counts_of_halves(total, len(self.images), n)
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
            step=None if step is None else int(step),
            real=self._figures_of_data(counts),
            real_counts=counts,
            extractor_sha256=self.extractor.sha256,
            extractor_range=self.extractor.value_range,
        )

    def _figures_of_data(self, counts: tuple[int, int]) -> Figures:
        """Returns the figures of real examples against others, so many of each."""
        if counts not in self._real_figures:
            others = _fingerprint(self.more_images)
            asked = repr((others, self.extractor.name, self.metrics, counts))
            digest = hashlib.sha256(f"{__version__} {asked}".encode()).hexdigest()
            self._real_figures[counts] = cached_figures(
                self._cache,
                f"{self.fingerprint}-real-{digest[:16]}",
                lambda: self._compute_figures_of_data(counts),
            )
        return self._real_figures[counts]

    def _compute_figures_of_data(self, counts: tuple[int, int]) -> Figures:
        outputs, images = self._real, self.images
        if len(self.more_images):
            more = self.extractor.outputs(self.more_images, self.value_range)
            outputs = joined(outputs, more)
            images = np.concatenate([images, self.more_images])
        pool = Compared(outputs, outputs, images, images, self.value_range, self.modes)
        return figures_of_halves(pool, counts, self.metrics)

    def _comparable(self, samples: np.ndarray) -> np.ndarray:
        """Returns samples in the data's range; refuses those of another shape."""
        if samples.dtype == np.uint8 and self.value_range is not None:
            low, high = self.value_range
            samples = (low + (high - low) / 255 * samples).astype(np.float32)
        if samples.shape[1:] != self.images.shape[1:]:
            raise InputError(
                f"The generator draws images of shape {samples.shape[1:]}, those of "
                f"the data are {self.images.shape[1:]}; load them with `image_size` "
                "and `channels`."
            )
        return samples

    def figures(self, samples: np.ndarray) -> Figures:
        """Returns the figures of given samples by name.

        Args:
            samples: `(N, ...)` images or points of the data's shape, in `value_range`.

        Raises:
            ValueError: If the samples are too few for a metric, or do not fit the data.
        """
        compared = Compared(
            self._real,
            self.extractor.outputs(samples, self.value_range),
            self.images,
            samples,
            self.value_range,
            self.modes,
        )
        values: Figures = {}
        for name in self.metrics:
            values |= METRICS[name](compared)
        return {name: float(value) for name, value in values.items()}


def _fingerprint(images: np.ndarray) -> str:
    """Returns the SHA-256 of the shape and the 32-bit floats of images."""
    digest = hashlib.sha256(repr(images.shape).encode())
    digest.update(np.ascontiguousarray(images, np.float32).tobytes())
    return digest.hexdigest()
