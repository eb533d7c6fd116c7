"""Computes each metric by its name, from samples, data and the features of both."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from keras_gan import metrics
from keras_gan._checks import InputError, check_choice
from keras_gan.evaluation.evaluation import FIGURES
from keras_gan.evaluation.extractor import Outputs
from keras_gan.metrics.pyramid import pyramid_figures

Figures = dict[str, float]
Modes = Callable[[np.ndarray], Mapping[str, float]]

# One image in ten is held out to choose the width of the Parzen windows.
_HELD_OUT_SHARE = 10


@dataclass(frozen=True)
class Compared:
    """The data and the samples of one comparison, with their features.

    Attributes:
        real: Features of the data, and probabilities if the extractor has any.
        fake: Features of the samples, and probabilities likewise.
        images: `(N, ...)` data.
        samples: `(M, ...)` samples.
        value_range: (low, high) of data and samples; None for points.
        modes: A function that counts the modes in samples; None where the modes of
            the data are not known.
    """

    real: Outputs
    fake: Outputs
    images: np.ndarray
    samples: np.ndarray
    value_range: tuple[float, float] | None
    modes: Modes | None

    @property
    def features(self) -> tuple[np.ndarray, np.ndarray]:
        """The features of the data and of the samples."""
        return self.real[0], self.fake[0]

    @property
    def range_of_images(self) -> tuple[float, float]:
        """The (low, high) of images; only points have none."""
        return self.value_range or (-1.0, 1.0)


def _frechet(compared: Compared) -> Figures:
    return {"frechet": metrics.frechet_distance(*compared.features)}


def _kernel(compared: Compared) -> Figures:
    return {"kernel": metrics.kernel_distance(*compared.features)}


def _precision_recall(compared: Compared) -> Figures:
    precision, recall = metrics.precision_recall(*compared.features)
    return {"precision": precision, "recall": recall}


def _density_coverage(compared: Compared) -> Figures:
    density, coverage = metrics.density_coverage(*compared.features)
    return {"density": density, "coverage": coverage}


def _inception_score(compared: Compared) -> Figures:
    probabilities = _probabilities("inception_score", compared)
    return {"inception_score": metrics.inception_score(probabilities)[0]}


def _sliced_wasserstein(compared: Compared) -> Figures:
    return {"sliced_wasserstein": metrics.sliced_wasserstein(*compared.features)}


def _parzen(compared: Compared) -> Figures:
    """Estimates the log-likelihood of images in [0, 1], or of points, from samples."""
    images, samples = compared.images, compared.samples
    if compared.value_range is not None:
        low, high = compared.value_range
        images, samples = ((x - low) / (high - low) for x in (images, samples))
    # Every tenth, not the first tenth, because data may come class by class.
    chosen = np.arange(len(images)) % _HELD_OUT_SHARE == 0
    nats, _, _ = metrics.parzen_estimate(samples, images[chosen], images[~chosen])
    return {"parzen": nats}


def _mode_coverage(compared: Compared) -> Figures:
    """Counts the modes of the data that are drawn; without known modes, the classes."""
    if compared.modes is not None:
        return dict(compared.modes(compared.samples))
    probabilities = _probabilities("mode_coverage", compared)
    classes = probabilities.argmax(axis=1)
    modes, kl = metrics.class_coverage(classes, probabilities.shape[1])
    return {"modes": modes, "mode_kl": kl}


def _pyramid(compared: Compared) -> Figures:
    return metrics.pyramid_sliced_wasserstein(
        compared.images, compared.samples, value_range=compared.range_of_images
    )


def _patch_frechet(compared: Compared) -> Figures:
    found = metrics.patch_frechet(
        compared.images, compared.samples, value_range=compared.range_of_images
    )
    return {"patch_frechet": found["patch_frechet"]}


def _probabilities(metric: str, compared: Compared) -> np.ndarray:
    """Returns the class probabilities of the samples, or raises `InputError`."""
    probabilities = compared.fake[1]
    if probabilities is None:
        known = " or data whose modes are known" if metric == "mode_coverage" else ""
        raise InputError(
            f"`metrics` has {metric!r}, which needs the probabilities of a classifier"
            f"{known}; this extractor has none. Use 'digits', or a network with an "
            "output named 'probabilities'."
        )
    return probabilities


METRICS: dict[str, Callable[[Compared], Figures]] = {
    "frechet": _frechet,
    "kernel": _kernel,
    "precision_recall": _precision_recall,
    "density_coverage": _density_coverage,
    "inception_score": _inception_score,
    "sliced_wasserstein": _sliced_wasserstein,
    "parzen": _parzen,
    "mode_coverage": _mode_coverage,
    "pyramid": _pyramid,
    "patch_frechet": _patch_frechet,
}
"""The metrics that `Evaluator` can compute, by name; several give several figures."""

# What papers call these needs the features of one network.
_OF_INCEPTION = {
    "fid": ("FID", "frechet"),
    "inception": ("FID", "frechet"),
    "kid": ("KID", "kernel"),
}


def check_metric(name: str) -> str:
    """Returns the name if `METRICS` has it.

    Raises:
        ValueError: If it has not; the message says what is meant by FID.
    """
    called, metric = _OF_INCEPTION.get(str(name).lower(), ("", ""))
    if called:
        raise InputError(
            f"`metrics` must be one of {', '.join(map(repr, sorted(METRICS)))}; got "
            f"{name!r}. What papers call {called} is {metric!r} on the features of the "
            f"Inception network, whose file you give: `keras-gan evaluate RUN "
            f"--metrics {metric} --extractor NETWORK`, or "
            '`Evaluator(extractor=NETWORK)`; see "Feature extractors" in '
            "docs/evaluation.md."
        )
    return check_choice("metrics", name, METRICS)


# Metrics of the pixels of images, not of features or points.
OF_IMAGES = ("pyramid", "patch_frechet")


def figures_of(metric: str, image_shape: Sequence[int]) -> list[str]:
    """Returns the names of the figures that a metric gives.

    Args:
        metric: A name of `METRICS`; "mode_coverage" without known modes.
        image_shape: The shape of one example.
    """
    if metric == "pyramid":
        return pyramid_figures(image_shape)
    return list(FIGURES.get(metric, (metric,)))
