"""Computes latents on a straight line or a great circle between two latents."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from keras_gan._checks import (
    InputError,
    check_at_most,
    check_choice,
    check_positive_int,
)
from keras_gan._limits import LIMITS
from keras_gan.priors.spherical_interpolation import great_circle_weights

_KINDS = ("linear", "spherical")


def interpolate(
    start: npt.ArrayLike, end: npt.ArrayLike, steps: int, kind: str = "linear"
) -> np.ndarray:
    """Returns the latents on the way from `start` to `end`, both included.

    In many dimensions, the point halfway between two normal latents is shorter than
    nearly every latent that the generator was trained on. The spherical path follows
    the great circle, and keeps the length.

    Args:
        start: `(latent_dim,)`, or `(B, latent_dim)` for B paths.
        end: The same shape, `(latent_dim,)` or `(B, latent_dim)`.
        steps: The number of points on each path, at least 2.
        kind: "linear", as in the 2014 paper, or "spherical". Between latents on one
            line through the origin there is no great circle, and the path is linear.

    Returns:
        `(steps, latent_dim)` or `(B, steps, latent_dim)`, float32.

    Raises:
        ValueError: If the shapes differ, `steps` is less than 2 or `kind` is unknown.

    Example:
        >>> interpolate([0.0, 0.0], [1.0, 2.0], steps=3)[1]
        array([0.5, 1. ], dtype=float32)

    Source: Goodfellow et al. 2014, figure 3; Shoemake, "Animating Rotation with
        Quaternion Curves", 1985, for the spherical path.
    """
    check_choice("kind", kind, _KINDS)
    steps = check_positive_int("steps", steps, minimum=2)
    check_at_most("steps", steps, LIMITS.images, "images of one request", "take fewer")
    start, end = np.asarray(start, np.float64), np.asarray(end, np.float64)
    if start.shape != end.shape or start.ndim not in (1, 2):
        raise InputError(
            "`start` and `end` must have one shape, (latent_dim,) or "
            f"(B, latent_dim); got {start.shape} and {end.shape}."
        )
    t = np.linspace(0.0, 1.0, steps)[:, np.newaxis]
    start, end = start[..., np.newaxis, :], end[..., np.newaxis, :]
    from_start, from_end = 1.0 - t, t
    if kind == "spherical":
        from_start, from_end = great_circle_weights(start, end, t)
    return (from_start * start + from_end * end).astype(np.float32)
