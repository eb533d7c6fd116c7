"""Perceptual path length: the change of images for a small step of the latent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from keras_gan._checks import InputError, check_positive_float, check_positive_int
from keras_gan.metrics._features import check_features, check_pair, chunks
from keras_gan.priors.spherical_interpolation import great_circle_weights

Interpolation = Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]


def lerp(starts: np.ndarray, ends: np.ndarray, t: np.ndarray) -> np.ndarray:
    """Returns (1 − t) `starts` + t `ends`, row by row.

    Args:
        starts: `(N, latent_dim)`.
        ends: `(N, latent_dim)`.
        t: `(N,)` or a number, 0 at the start and 1 at the end.

    Returns:
        The points, `(N, latent_dim)` floats.

    Example:
        >>> lerp(np.zeros((1, 2)), np.ones((1, 2)), 0.25)
        array([[0.25, 0.25]])
    """
    t = np.asarray(t, np.float64)[..., np.newaxis]
    return (1.0 - t) * starts + t * ends


def slerp(starts: np.ndarray, ends: np.ndarray, t: np.ndarray) -> np.ndarray:
    """Returns the points on great circles, (sin((1−t)Ω) a + sin(tΩ) b) / sin Ω.

    Ω is the angle between a and b. If both lie on one line through the origin, there is
    no such circle, and the path is straight.

    Args:
        starts: `(N, latent_dim)`.
        ends: `(N, latent_dim)`.
        t: `(N,)` or a number, 0 at the start and 1 at the end.

    Returns:
        The points, `(N, latent_dim)` floats.

    Example:
        >>> slerp(np.array([[1.0, 0.0]]), np.array([[0.0, 1.0]]), 0.5).round(4)
        array([[0.7071, 0.7071]])

    Source: Shoemake, "Animating Rotation with Quaternion Curves", 1985, §3.3.
    """
    starts, ends = np.asarray(starts, np.float64), np.asarray(ends, np.float64)
    t = np.broadcast_to(np.asarray(t, np.float64), starts.shape[:1])[:, np.newaxis]
    from_start, from_end = great_circle_weights(starts, ends, t)
    return from_start * starts + from_end * ends


def perceptual_path_length(
    generate: Callable[[np.ndarray], Any],
    features: Callable[[Any], ArrayLike],
    starts: ArrayLike,
    ends: ArrayLike,
    *,
    epsilon: float = 1e-4,
    interpolate: Interpolation = slerp,
    batch_size: int = 64,
    seed: int = 0,
) -> float:
    """Returns the mean of d(g(path(t)), g(path(t + ε))) / ε² over pairs of latents.

    d is the squared Euclidean distance of features; the paper's LPIPS is such a
    distance. t is uniform in [0, 1). The value depends on the features: report them
    with it. The paper's code leaves out pairs below the first and above the last
    percentile; `perceptual_path_lengths` returns each pair for that.

    Args:
        generate: From latents `(B, latent_dim)` to images.
        features: From images to `(B, ...)` features, flattened here.
        starts: `(N, latent_dim)` latents, as the generator is fed.
        ends: `(N, latent_dim)`, drawn independently of `starts`.
        epsilon: ε > 0, the step in t.
        interpolate: The path: `slerp` for normal latents, `lerp` for uniform ones and
            for a space after a mapping network.
        batch_size: Latents for one call of `generate`.
        seed: A non-negative integer for the drawing of t.

    Returns:
        The length, in [0, ∞); 0 for a generator that always draws one image.

    Raises:
        ValueError: If the latents are not finite `(N, latent_dim)` or differ in shape,
            the features are not finite, or a number is out of its range.

    Example:
        >>> starts, ends = np.zeros((5, 2)), np.full((5, 2), 3.0)
        >>> length = perceptual_path_length(  # straight lines of squared length 18
        ...     lambda z: z, lambda x: x, starts, ends, interpolate=lerp
        ... )
        >>> round(length, 6)
        18.0

    Source: Karras et al., "A Style-Based Generator Architecture", 2019, §4.1, eq. 2.
    """
    lengths = perceptual_path_lengths(
        generate,
        features,
        starts,
        ends,
        epsilon=epsilon,
        interpolate=interpolate,
        batch_size=batch_size,
        seed=seed,
    )
    return float(lengths.mean())


def perceptual_path_lengths(
    generate: Callable[[np.ndarray], Any],
    features: Callable[[Any], ArrayLike],
    starts: ArrayLike,
    ends: ArrayLike,
    *,
    epsilon: float = 1e-4,
    interpolate: Interpolation = slerp,
    batch_size: int = 64,
    seed: int = 0,
) -> np.ndarray:
    """Returns the length of each pair, whose mean is `perceptual_path_length`.

    Args:
        generate: As in `perceptual_path_length`: from latents `(B, latent_dim)`.
        features: As there: from images to `(B, ...)` features.
        starts: `(N, latent_dim)` latents.
        ends: `(N, latent_dim)` latents.
        epsilon: ε > 0, the step in t.
        interpolate: The path, `slerp` or `lerp`.
        batch_size: Latents for one call of `generate`.
        seed: A non-negative integer for the drawing of t.

    Returns:
        `(N,)` float64 lengths, in [0, ∞).

    Raises:
        ValueError: As in `perceptual_path_length`.

    Example:
        >>> starts, ends = np.zeros((2, 2)), np.array([[3.0, 3.0], [0.0, 1.0]])
        >>> perceptual_path_lengths(
        ...     lambda z: z, lambda x: x, starts, ends, interpolate=lerp
        ... ).round(6)
        array([18.,  1.])

    Source: as `perceptual_path_length`.
    """
    epsilon = check_positive_float("epsilon", epsilon)
    batch_size = check_positive_int("batch_size", batch_size)
    seed = check_positive_int("seed", seed, minimum=0)
    first, second = check_pair(("starts", "ends"), starts, ends)
    if len(first) != len(second):
        raise InputError(
            "`starts` and `ends` must have the same number of latents; got "
            f"{len(first)} and {len(second)}."
        )
    dtype = np.result_type(first, second, np.float32)  # whole numbers become real
    t = np.random.default_rng(seed).random(len(first))
    lengths = np.empty(len(first))
    for rows in chunks(len(first), batch_size):
        # Both calls have one shape, so that equal latents give features equal to the
        # bit.
        here, there = (
            _flat_features(
                features(
                    generate(interpolate(first[rows], second[rows], at).astype(dtype))
                ),
                rows.stop - rows.start,
            )
            for at in (t[rows], t[rows] + epsilon)
        )
        lengths[rows] = np.square(there - here).sum(axis=1)
    return lengths / epsilon**2


def _flat_features(values: ArrayLike, count: int) -> np.ndarray:
    array = np.asarray(values)
    if array.ndim == 0 or len(array) != count:
        raise InputError(
            f"`features` must return one row for each of {count} images; got shape "
            f"{array.shape}."
        )
    return check_features("features", array.reshape(count, -1)).astype(np.float64)
