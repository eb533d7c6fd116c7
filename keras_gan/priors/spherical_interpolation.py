"""Interpolates between vectors along a great circle of a sphere."""

from __future__ import annotations

import numpy as np


def great_circle_weights(
    start: np.ndarray, end: np.ndarray, t: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Returns sin((1−t)Ω) / sin Ω and sin(tΩ) / sin Ω, the weights of both ends.

    Ω is the angle between the ends. Ends on one line through the origin define no great
    circle, and get the weights of a straight line, 1 − t and t.

    Args:
        start: `(..., latent_dim)` float64.
        end: As `start`.
        t: `(..., 1)`, 0 at the start and 1 at the end; the other arguments are
            broadcast to its shape.

    Source: Shoemake, "Animating Rotation with Quaternion Curves", 1985, §3.3.
    """
    one, other = _unit(start), _unit(end)
    # Kahan's formula is accurate for small angles too, where the cosine is flat.
    angle = 2.0 * np.arctan2(_length(one - other), _length(one + other))
    sine = np.sin(angle)
    somewhere = start.any(axis=-1, keepdims=True) & end.any(axis=-1, keepdims=True)
    straight = (sine < 1e-7) | ~somewhere
    sine = np.where(straight, 1.0, sine)
    return (
        np.where(straight, 1.0 - t, np.sin((1.0 - t) * angle) / sine),
        np.where(straight, t, np.sin(t * angle) / sine),
    )


def _unit(vectors: np.ndarray) -> np.ndarray:
    lengths = _length(vectors)
    return vectors / np.where(lengths > 0, lengths, 1.0)


def _length(vectors: np.ndarray) -> np.ndarray:
    return np.linalg.norm(vectors, axis=-1, keepdims=True)
