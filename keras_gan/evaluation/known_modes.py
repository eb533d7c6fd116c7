"""How well samples cover the modes of data that have known ones."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from keras_gan import data, metrics
from keras_gan.evaluation.reference_data import DataDir

# There are so many triples of digits.
_TRIPLES = 1000
# From what share of agreement on real stacks a classifier of digits may judge others.
_AGREEMENT = 0.9


def known_modes(
    source: str,
    split: str,
    *,
    value_range: tuple[float, float] | None,
    image_size: Any = None,
    data_dir: DataDir = None,
) -> Callable[[np.ndarray], dict[str, float]] | None:
    """Returns what counts the modes of mixtures and of stacked digits.

    Args:
        source: See `data.load`.
        split: Its part.
        value_range: (low, high) of the samples; None for points.
        image_size: The size to which images are resized, if they are.
        data_dir: See `data.load`.

    Returns:
        From samples to figures by name; None where the modes are not known.
    """
    if (mixture := data.mixture(source)) is not None:
        return functools.partial(_of_mixture, mixture)
    if not source.startswith("stacked:") or value_range is None:
        return None
    classifier = metrics.DigitClassifier(value_range)
    batches = data.load(
        source,
        split=split,
        batch_size=100,
        image_size=image_size,
        labels=True,
        value_range=value_range,
        data_dir=data_dir,
    )
    images, labels = next(batches.as_numpy_iterator())
    if images.shape[1:] != (28, 28, 3):
        return None
    agreement = (classifier.stacked_classes(images) == labels).mean()
    if agreement <= _AGREEMENT:  # stacks of something else than digits
        return None
    return functools.partial(_of_stacks, classifier)


def _of_mixture(mixture: data.Mixture, samples: np.ndarray) -> dict[str, float]:
    modes, share, kl = metrics.mode_coverage(samples, mixture.centres, mixture.std)
    return {"modes": modes, "high_quality": share, "mode_kl": kl}


def _of_stacks(
    classifier: metrics.DigitClassifier, samples: np.ndarray
) -> dict[str, float]:
    modes, kl = metrics.class_coverage(classifier.stacked_classes(samples), _TRIPLES)
    return {"modes": modes, "mode_kl": kl}
