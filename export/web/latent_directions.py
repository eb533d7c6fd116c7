"""Finds the directions in the latent space along which the images change most."""

from __future__ import annotations

import numpy as np

from keras_gan import priors
from keras_gan.priors.generator_protocol import Generator

# The number of latents that the metric is averaged over.
_POINTS = 8
# The step of the central differences.
_STEP = 0.1


def principal_directions(generator: Generator, count: int) -> np.ndarray:
    """Returns the leading eigenvectors of the generator's average metric tensor.

    The metric E[Jᵀ J], J the Jacobian of the image in `z`, tells how much the image
    changes along a direction. The mean is over eight fixed seeds, each with the class
    that it draws, and J is computed by central differences, so that the directions
    depend on the generator alone.

    Args:
        generator: Anything that maps latents to images.
        count: The number of directions; at most `latent_dim` are returned.

    Returns:
        `(count, latent_dim)` float32, orthonormal, strongest change first; the largest
        coordinate of each is positive.

    Source: Wang and Ponce, "The Geometry of Deep Generative Image Models and its
        Applications", 2021, §2.
    """
    seeds = priors.spawn_seeds(2021, _POINTS)
    size = generator.latent_dim
    steps = _STEP * np.eye(size, dtype=np.float32)
    metric = np.zeros((size, size))
    for seed in seeds:
        z = generator.prior.latents([int(seed)], size)
        labels = None
        if generator.num_classes is not None:
            labels = int(priors.labels([int(seed)], generator.num_classes)[0])
        ahead, behind = (generator.generate(z + s * steps, labels) for s in (1, -1))
        change = (ahead.astype(np.float64) - behind) / (2 * _STEP)
        rows = change.reshape(size, -1)
        metric += rows @ rows.T / _POINTS
    vectors = np.linalg.eigh(metric).eigenvectors.T[::-1][:count]
    largest = np.argmax(np.abs(vectors), axis=1)[:, np.newaxis]
    return (vectors * np.sign(np.take_along_axis(vectors, largest, 1))).astype(
        np.float32
    )
