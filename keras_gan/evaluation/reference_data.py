"""Loads the data that samples are compared with, in the samples' size and range."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from keras_gan import data, metrics
from keras_gan._checks import InputError
from keras_gan._files import cache_folder
from keras_gan.data.loading import file_names
from keras_gan.evaluation.classification_accuracy import Labelled
from keras_gan.evaluation.evaluator import Evaluator
from keras_gan.evaluation.extractor_loading import open_extractor
from keras_gan.priors.generator_protocol import Generator

_BATCH_SIZE = 500
# Samples that are compared where the data have as many examples.
_USUAL = 10_000
_STACK_SHAPE = (28, 28, 3)
# Samples in which the modes of mixtures and of stacks are counted.
_POINTS, _STACKS = 2500, 10_000
# Three digits make 1,000 classes.
_TRIPLES = 1000
# The digit classifier is trusted only if it labels more than this share of real stacks
# correctly; else they are stacks of something other than digits.
_AGREEMENT = 0.9

ModeCounter = Callable[[np.ndarray], dict[str, float]]
"""From samples `(N, ...)` to figures by name."""


@dataclass(frozen=True)
class ReferenceImages:
    """Images that a generator was trained on, and images that it has not seen.

    Attributes:
        train: `(K, H, W, C)` training images, all or some of them.
        total: The number of training images in the source.
        indices: `(K,)` the place of each training image in the source.
        test: `(N, H, W, C)` held-out images; None where there are none.
        value_range: (low, high) of all of them.
        files: The path of every training image in the source; None where the source is
            no folder.
    """

    train: np.ndarray
    total: int
    indices: np.ndarray
    test: np.ndarray | None
    value_range: tuple[float, float]
    files: tuple[str, ...] | None = None


@dataclass(frozen=True)
class ReferenceData:
    """A source of data to compare samples with.

    Attributes:
        source: A source of `data.load`.
        split: The part of it; for `images`, the part that the generator was trained on.
        image_shape: (height, width, channels) of the samples, or the shape of a point.
        value_range: (low, high) of the samples; None for points.
        data_dir: The folder of tensorflow-datasets; see `data.load`.
        source_range: (low, high) of the data as stored; see `data.load`.
        resize: The way to another aspect ratio; see `data.load`.
        test_split: The part that the generator has not seen; None for "test".
    """

    source: str
    split: str
    image_shape: tuple[int, ...]
    value_range: tuple[float, float] | None
    data_dir: str | os.PathLike[str] | None = None
    source_range: tuple[float, float] | None = None
    resize: str | None = None
    test_split: str | None = None

    def evaluator(
        self,
        n: int,
        metrics: Sequence[str],
        *,
        extractor: str | None = None,
        extractor_range: tuple[float, float] | None = None,
    ) -> Evaluator:
        """Returns an evaluator against at most `n` examples, evenly from all.

        Its figures of data against data are those of as many others: of the rest of the
        split and, where that is too few, of the split that is not compared with.

        Args:
            n: The largest number of examples.
            metrics: Names of `evaluation.METRICS`.
            extractor: A name or a file for `open_extractor`; None for the bundled
                digit classifier if the data are MNIST's, else the pixels.
            extractor_range: (low, high) that the network in the file takes; None for
                the default of `open_extractor`.

        Raises:
            ValueError: If the source has no such images, or a name is unknown.
        """
        total = self._total(self.split)
        wanted = _spread(total, n)
        rest = np.setdiff1d(np.arange(total), wanted)
        more = rest[_spread(len(rest), n)]
        both = np.sort(np.concatenate([wanted, more]))
        loaded, compared = self._examples(self.split, both), np.isin(both, wanted)
        others = [loaded[~compared], *self._of_other_split(len(wanted) - len(more))]
        chosen: Any = extractor or self._usual_extractor()
        if extractor_range is not None:
            chosen = open_extractor(chosen, value_range=extractor_range)
        return Evaluator(
            loaded[compared],
            extractor=chosen,
            metrics=metrics,
            value_range=self.value_range,
            data=f"{self.source}/{self.split}",
            modes=self.mode_counter() if "mode_coverage" in metrics else None,
            cache=cache_folder(),
            more_images=np.concatenate(others),
        )

    def usual_count(self) -> int:
        """Returns how many samples to compare: as many as there are examples.

        They are at most 10,000, so that both sides are of one size.
        """
        return min(self._total(self.split), _USUAL)

    def _of_other_split(self, count: int) -> list[np.ndarray]:
        """Returns at most so many examples of another split, where there is one."""
        if count <= 0:
            return []
        usual = "train" if self.split.startswith("test") else "test"
        split = self.test_split or usual
        if split == self.split:
            return []
        try:
            return [self._evenly(split, count)[0]]
        except InputError:  # the source has no such split
            return []

    def usual_metrics(self) -> tuple[str, ...]:
        """Returns the names of the metrics to compute where none are named.

        Patches are compared where images would be judged by their pixels alone; the
        first metric is what chooses the best epoch.
        """
        if self.value_range is None or self._usual_extractor() == "digits":
            return ("frechet", "kernel", "precision_recall", "density_coverage")
        # `patch_frechet` tells epochs of different quality apart where `pyramid` varies
        # more from one to the next than they differ.
        return ("patch_frechet", "pyramid", "precision_recall")

    def images(
        self, *, limit: int | None = None, held_out: int | None = None
    ) -> ReferenceImages:
        """Loads training images, and held-out images from the split "test".

        Args:
            limit: The largest number of training images, evenly from all; None for all.
            held_out: The largest number of held-out images; None for all.

        Raises:
            ValueError: If the source has no such images.
        """
        info = data.info(self.source, split=self.split, data_dir=self.data_dir)
        if len(info.image_shape) != 3 or self.value_range is None:
            raise InputError(
                f"'{self.source}': it holds points of {info.image_shape}, not images."
            )
        train, total, indices = self._evenly(self.split, limit)
        test = None
        if self.test_split is not None:
            test, _, _ = self._evenly(self.test_split, held_out)
        elif not self.split.startswith("test"):
            try:
                test, _, _ = self._evenly("test", held_out)
            except InputError:  # the source has no split "test"
                test = None
        files = file_names(self.source, split=self.split, data_dir=self.data_dir)
        return ReferenceImages(train, total, indices, test, self.value_range, files)

    def labelled(self, limit: int | None = None) -> tuple[Labelled, Labelled]:
        """Loads training images and held-out images, both with their labels.

        Args:
            limit: The largest number of training images, evenly from all; None for all.

        Returns:
            Two pairs of images `(N, H, W, C)` and labels `(N,)`.

        Raises:
            ValueError: If the source has no labels or no held-out part.
        """
        wanted = _spread(self._total(self.split), limit)
        train = self._columns(self.split, wanted, labels=True)
        split = self.test_split or "test"
        held_out = self._columns(split, np.arange(self._total(split)), labels=True)
        return train, held_out

    def mode_counter(self) -> ModeCounter | None:
        """Returns a function that counts the modes in samples; None if unknown.

        The modes are known of mixtures of Gaussians, and of stacks of three digits,
        whose modes are the 1,000 triples.
        """
        if (mixture := data.mixture(self.source)) is not None:
            return functools.partial(_modes_of_mixture, mixture)
        of_stacks = self.source.startswith("stacked:")
        if not of_stacks or self.value_range is None:
            return None
        if self.image_shape != _STACK_SHAPE:
            return None
        classifier = metrics.DigitClassifier(self.value_range)
        batches = self._load(self.split, batch_size=100, labels=True)
        images, labels = next(batches.as_numpy_iterator())
        agreement = (classifier.stacked_classes(images) == labels).mean()
        if agreement <= _AGREEMENT:
            return None
        return functools.partial(_modes_of_stacks, classifier)

    def mode_coverage(self) -> Callable[[Generator], dict[str, float]] | None:
        """Returns a function that counts the modes in samples of a generator.

        The samples are always those of the same seeds, and enough to find all modes.

        Returns:
            From a generator to figures by name; None where the modes are not known.
        """
        count = self.mode_counter()
        if count is None:
            return None
        n = _STACKS if data.mixture(self.source) is None else _POINTS
        return lambda generator: count(generator.sample(n, seed=0))

    def _usual_extractor(self) -> str:
        is_mnist = self.source.startswith("mnist") and self.image_shape == (28, 28, 1)
        return "digits" if is_mnist else "pixels"

    def _load(self, split: str, **options: Any) -> Any:
        """Returns batches in the samples' size, channels and range."""
        if len(self.image_shape) == 3:
            height, width, channels = self.image_shape
            options |= {"image_size": (height, width), "channels": channels}
            options["resize"] = self.resize
        return data.load(
            self.source,
            split=split,
            value_range=self.value_range,
            source_range=self.source_range,
            data_dir=self.data_dir,
            **options,
        )

    def _evenly(
        self, split: str, limit: int | None
    ) -> tuple[np.ndarray, int, np.ndarray]:
        """Loads at most `limit` examples, evenly from all: the same ones every time.

        Returns:
            The examples, the number of all examples, and the place of each.
        """
        total = self._total(split)
        wanted = _spread(total, limit)
        return self._examples(split, wanted), total, wanted

    def _total(self, split: str) -> int:
        info = data.info(self.source, split=split, data_dir=self.data_dir)
        return info.num_examples

    def _examples(self, split: str, wanted: np.ndarray) -> np.ndarray:
        """Loads the examples at ascending places of the source."""
        return self._columns(split, wanted, labels=False)[0]

    def _columns(self, split: str, wanted: np.ndarray, *, labels: bool) -> Any:
        """Loads examples at ascending places, and their labels if so asked."""
        batches = self._load(
            split,
            batch_size=_BATCH_SIZE,
            shuffle=False,
            drop_remainder=False,
            labels=labels,
        )
        parts, start = [], 0
        for batch in batches.as_numpy_iterator():
            columns = batch if labels else (batch,)
            end = start + len(columns[0])
            inside = wanted[(wanted >= start) & (wanted < end)] - start
            parts.append([column[inside] for column in columns])
            start = end
        return tuple(np.concatenate(column) for column in zip(*parts, strict=True))


def _spread(total: int, limit: int | None) -> np.ndarray:
    """Returns at most `limit` places, evenly from `total`."""
    if limit is None or limit >= total:
        return np.arange(total)
    return np.linspace(0, total - 1, limit).round().astype(np.int64)


def _modes_of_mixture(mixture: data.Mixture, samples: np.ndarray) -> dict[str, float]:
    modes, share, kl = metrics.mode_coverage(samples, mixture.centres, mixture.std)
    return {"modes": modes, "high_quality": share, "mode_kl": kl}


def _modes_of_stacks(
    classifier: metrics.DigitClassifier, samples: np.ndarray
) -> dict[str, float]:
    modes, kl = metrics.class_coverage(classifier.stacked_classes(samples), _TRIPLES)
    return {"modes": modes, "mode_kl": kl}
