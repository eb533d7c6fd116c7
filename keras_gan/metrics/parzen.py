"""Parzen windows: the log-likelihood of points under a Gaussian around each sample."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from keras_gan._checks import InputError, check_positive_float
from keras_gan.metrics._distances import PairwiseDistances
from keras_gan.metrics._features import check_features, check_pair_float64
from keras_gan.metrics._moments import moments
from keras_gan.metrics._streaming import Streaming, StreamingMoments

_SIGMAS = tuple(float(sigma) for sigma in np.logspace(-1, 0, 10))


def parzen_log_likelihood(
    points: ArrayLike, centres: ArrayLike, sigma: float
) -> np.ndarray:
    """Returns log p(x) of each point, p the mean of N(x; c, σ²I) over the centres c.

    The 2014 paper's estimate has samples of the generator as centres and test images
    in [0, 1] as points, and reports the mean ± the standard deviation / √n.

    Args:
        points: `(M, D)` where the density is evaluated.
        centres: `(N, D)` samples of the generator.
        sigma: Standard deviation of each Gaussian, in the units of the points.

    Returns:
        `(M,)` float64, in nats.

    Raises:
        ValueError: If an array is not finite `(N, D)`, D differs, or `sigma` <= 0.

    Example:
        >>> parzen_log_likelihood([[0.0]], [[0.0], [0.0]], sigma=1.0)  # −½ log 2π
        array([-0.91893853])

    Source: Breuleux et al., "Quickly Generating Representative Samples from an
    RBM-Derived Process", 2011; Goodfellow et al. 2014, §5.
    """
    sigma = check_positive_float("sigma", sigma)
    pair = check_pair_float64(("points", "centres"), points, centres)
    return _log_likelihoods(*pair, [sigma])[0]


def select_parzen_sigma(
    points: ArrayLike, centres: ArrayLike, sigmas: Sequence[float] = _SIGMAS
) -> float:
    """Returns the σ with the largest mean log-likelihood of held-out points.

    The points must not be those that are reported: the 2014 protocol takes the first
    1,000 validation images here, and the test images afterwards.

    Args:
        points: `(M, D)` validation points.
        centres: `(N, D)` samples of the generator.
        sigmas: The values to choose from; by default ten from 0.1 to 1, evenly spaced
            in the logarithm.

    Raises:
        ValueError: As in `parzen_log_likelihood`, or if `sigmas` is empty.

    Example:
        >>> select_parzen_sigma([[0.5]], [[0.0]], sigmas=[0.1, 0.5, 2.5])
        0.5
    """
    choices = [check_positive_float("sigmas", sigma) for sigma in sigmas]
    if not choices:
        raise InputError("`sigmas` must hold at least one positive number; got none.")
    pair = check_pair_float64(("points", "centres"), points, centres)
    means = _log_likelihoods(*pair, choices).mean(axis=1)
    return choices[int(np.argmax(means))]


def parzen_estimate(
    samples: ArrayLike,
    validation: ArrayLike,
    test: ArrayLike,
    sigmas: Sequence[float] = _SIGMAS,
) -> tuple[float, float, float]:
    """Returns the 2014 paper's estimate of the log-likelihood of test images.

    Its Table 1 takes 10,000 samples, the first 1,000 validation images (of MNIST
    `train[50000:51000]`) for σ, and the 10,000 test images, all in [0, 1]. 10,000
    training images in place of samples get 242 ± 2 nats; smooth samples can get more.

    Args:
        samples: `(N, ...)` samples of the generator.
        validation: `(M, ...)` images for the choice of σ.
        test: `(K, ...)` images whose mean log-likelihood is reported.
        sigmas: As in `select_parzen_sigma`.

    Returns:
        The mean in nats, its standard error, and σ.

    Raises:
        ValueError: As in `select_parzen_sigma`.

    Example:
        >>> nats, error, sigma = parzen_estimate([[0.0]], [[0.5]], [[0.5]], [0.5])
        >>> round(nats, 3)
        -0.726

    Source: Goodfellow et al. 2014, §5, after Breuleux et al. 2011.
    """
    centres, held_out, points = (
        np.reshape(images, (len(np.asarray(images)), -1))
        for images in (samples, validation, test)
    )
    sigma = select_parzen_sigma(held_out, centres, sigmas)
    likelihoods = parzen_log_likelihood(points, centres, sigma)
    error = likelihoods.std() / math.sqrt(len(likelihoods))
    return float(likelihoods.mean()), float(error), sigma


def _log_likelihoods(
    points: np.ndarray, centres: np.ndarray, sigmas: Sequence[float]
) -> np.ndarray:
    """Returns `(len(sigmas), M)` log-likelihoods, from one computation of distances."""
    count, dimension = centres.shape
    likelihoods = np.empty((len(sigmas), len(points)))
    for rows, squared, _, _ in PairwiseDistances(points, centres).blocks():
        nearest = squared.min(axis=1)
        squared -= nearest[:, np.newaxis]  # the largest exponent becomes 0
        for sigma, likelihood in zip(sigmas, likelihoods, strict=True):
            scale = -0.5 / sigma**2
            exponentials = squared * scale
            np.exp(exponentials, out=exponentials)
            likelihood[rows] = nearest * scale + np.log(exponentials.sum(axis=1))
    log_peaks = -0.5 * dimension * np.log(2.0 * math.pi * np.square(sigmas))
    return likelihoods + (log_peaks - math.log(count))[:, np.newaxis]


class ParzenDensityStatistics(Streaming):
    """Log-likelihoods of fixed points under samples that come in batches.

    The object keeps the logarithm of the sum of densities at each point, so that its
    memory does not grow with the number of samples.

    Args:
        points: `(M, D)` where the density is evaluated.
        sigma: Standard deviation of each Gaussian, in the units of the points.

    Attributes:
        count: Centres so far.
        log_sums: `(M,)` log Σ N(x; c, σ²I), −∞ before the first batch.

    Raises:
        ValueError: If the points are not finite `(M, D)`, or `sigma` <= 0.

    Example:
        >>> statistics = ParzenDensityStatistics([[0.0]], sigma=1.0)
        >>> statistics.update([[0.0]])
        >>> statistics.update([[0.0], [0.0]])
        >>> statistics.result()  # −½ log 2π
        array([-0.91893853])

    Source: as `parzen_log_likelihood`.
    """

    _arguments = ("points", "sigma")
    _sums = ("count", "log_sums")

    def __init__(self, points: ArrayLike, sigma: float) -> None:
        self.points = check_features("points", points).astype(np.float64)
        self.sigma = check_positive_float("sigma", sigma)
        self.reset()

    def reset(self) -> None:
        """Forgets all centres."""
        self.count = 0
        self.log_sums = np.full(len(self.points), -np.inf)

    def update(self, centres: ArrayLike) -> None:
        """Takes in `(B, D)` samples of the generator; B may differ, and be 0.

        Args:
            centres: `(B, D)` samples.

        Raises:
            ValueError: If they are not finite `(B, D)`, with the D of the points.
        """
        centres = check_features("centres", centres, minimum=0)
        if len(centres):
            means = parzen_log_likelihood(self.points, centres, self.sigma)
            self._add(len(centres), means + math.log(len(centres)))

    def merge(self, other: ParzenDensityStatistics) -> Self:
        """Adds what `other` has seen, and returns itself.

        Args:
            other: An object of this class with the same arguments.

        Raises:
            ValueError: If `other` is of another class, or has other arguments.
        """
        self._check_other(other)
        self._add(other.count, other.log_sums)
        return self

    def result(self) -> np.ndarray:
        """Returns the log-likelihood of each point: `(M,)` float64, in nats.

        Raises:
            ValueError: If there has been no centre.
        """
        if not self.count:
            raise InputError("A density needs a centre; got none. Call `update` first.")
        return self.log_sums - math.log(self.count)

    def _add(self, count: int, log_sums: np.ndarray) -> None:
        self.log_sums = np.logaddexp(self.log_sums, log_sums)
        self.count += count


class ParzenMeanStatistics(StreamingMoments):
    """Mean ± standard error of the log-likelihood under a Gaussian around each centre.

    The centres are fixed, and the test points come in batches. The 2014 paper reports
    this figure.

    Args:
        centres: `(N, D)` samples of the generator.
        sigma: Standard deviation of each Gaussian, in the units of the points.

    Attributes:
        count: Points so far.

    Raises:
        ValueError: If the centres are not finite `(N, D)`, or `sigma` <= 0.

    Example:
        >>> statistics = ParzenMeanStatistics([[0.0]], sigma=1.0)
        >>> statistics.update([[1.0]])
        >>> statistics.update([[-1.0], [1.0]])
        >>> mean, standard_error = statistics.result()
        >>> round(mean, 9), standard_error  # −½ log 2π − ½
        (-1.418938533, 0.0)

    Source: Goodfellow et al. 2014, §5.
    """

    _arguments = ("centres", "sigma")

    def __init__(self, centres: ArrayLike, sigma: float) -> None:
        self.centres = check_features("centres", centres).astype(np.float64)
        self.sigma = check_positive_float("sigma", sigma)
        self.reset()

    def reset(self) -> None:
        """Forgets all points."""
        self._reset_moments(1)

    def update(self, points: ArrayLike) -> None:
        """Takes in `(B, D)` points; B may differ between batches, and be 0.

        Args:
            points: `(B, D)` points.

        Raises:
            ValueError: If they are not finite `(B, D)`, with the D of the centres.
        """
        points = check_features("points", points, minimum=0)
        if len(points):
            values = parzen_log_likelihood(points, self.centres, self.sigma)
            self._add_moments(moments(values[:, np.newaxis]))

    def merge(self, other: ParzenMeanStatistics) -> Self:
        """Adds what `other` has seen, and returns itself.

        Args:
            other: An object of this class with the same arguments.

        Raises:
            ValueError: If `other` is of another class, or has other arguments.
        """
        self._check_other(other)
        self._add_moments(other._moments())
        return self

    def result(self) -> tuple[float, float]:
        """Returns (mean, standard_error) in nats; the error divides by count − 1.

        Raises:
            ValueError: With fewer than two points.
        """
        if self.count < 2:
            raise InputError(
                f"A standard error needs at least 2 points; got {self.count}. Call "
                "`update` first."
            )
        variance = float(self._moments().covariance[0, 0])
        return float(self.mean[0]), math.sqrt(variance / self.count)
