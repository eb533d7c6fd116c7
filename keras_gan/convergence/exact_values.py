"""Computes the exact densities, V, C(G) and D* of a one-dimensional GAN.

They follow from its two networks, because the distribution of the data is known.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from keras_gan import theory
from keras_gan.plotting import GameState
from keras_gan.training import GAN

DATA = NormalDist(1.0, 1.0)
"""The distribution of the data."""

# Cells of four standard deviations to either side are drawn; two more cells hold the
# rest of the line.
_CELLS, _REACH = 320, 4.0
_LATENTS, _ARROWS = 1001, 17


@dataclass(frozen=True)
class Record:
    """The figures of the game after a training step.

    Attributes:
        step: The number of training steps.
        d_real: E D(x) under the distribution of the data, from 0 to 1.
        d_fake: E D(G(z)) under the distribution of the generator, from 0 to 1.
        value: V(D, G) in nats.
        criterion: C(G) in nats, at least −log 4.
        optimum_distance: The largest |D − D*| where either density exceeds 0.01.
        half_distance: The largest |D − 1/2| where either density exceeds 0.01.
        kolmogorov_smirnov: The largest difference of the two distribution functions,
            from 0 to 1.
    """

    step: int
    d_real: float
    d_fake: float
    value: float
    criterion: float
    optimum_distance: float
    half_distance: float
    kolmogorov_smirnov: float


def sample_distance(samples: np.ndarray) -> float:
    """Returns the Kolmogorov-Smirnov distance of samples from the data, from 0 to 1.

    Args:
        samples: `(n,)` floats, in any order.

    Example:
        >>> convergence.sample_distance(np.array([0.0, 1.0, 2.0])) < 0.2
        True
    """
    expected = _cumulative(np.sort(samples))
    steps = np.arange(len(samples) + 1) / len(samples)
    return float(np.maximum(steps[1:] - expected, expected - steps[:-1]).max())


def observe(gan: GAN) -> tuple[Record, GameState]:
    """Computes the figures, and the arrays for a picture, from the two networks.

    Args:
        gan: A GAN of `build_gan`.

    Returns:
        The figures, and the state of the game at 320 places within four standard
        deviations of the mean, with 17 latents.

    Raises:
        ValueError: If the networks give NaN or infinite numbers.

    Example:
        >>> record, state = convergence.observe(convergence.build_gan(seed=0))
        >>> 0.0 <= record.d_fake <= 1.0, len(state.x)
        (True, 320)
    """
    quantiles = (np.arange(_LATENTS) + 0.5) / _LATENTS
    z = np.array([NormalDist().inv_cdf(share) for share in quantiles], np.float32)
    generated = gan.generate(z[:, np.newaxis], batch_size=_LATENTS)[:, 0]
    low, high = (DATA.mean + side * _REACH * DATA.stdev for side in (-1, 1))
    inner = np.linspace(low, high, _CELLS + 1)
    edges = np.concatenate([[-np.inf], inner, [np.inf]])
    p_data = np.diff(_cumulative(edges))
    p_g = theory.generated_probabilities(generated, edges)
    width = (high - low) / _CELLS
    x = np.linspace(low - width / 2, high + width / 2, _CELLS + 2)
    logits = np.asarray(gan.discriminator(x[:, np.newaxis].astype(np.float32)))
    d = 1.0 / (1.0 + np.exp(-logits[:, 0].astype(np.float64)))
    seen = np.maximum(p_data, p_g)[1:-1] / width > 0.01
    optimum = theory.optimal_discriminator(p_data, p_g)
    record = Record(
        step=int(gan.step),
        d_real=float(p_data @ d),
        d_fake=float(p_g @ d),
        value=theory.value(d, p_data, p_g),
        criterion=theory.generator_criterion(p_data, p_g),
        optimum_distance=float(np.abs(d - optimum)[1:-1][seen].max()),
        half_distance=float(np.abs(d - 0.5)[1:-1][seen].max()),
        kolmogorov_smirnov=float(np.abs(np.cumsum(p_data - p_g)).max()),
    )
    arrows = np.linspace(0, _LATENTS - 1, _ARROWS + 2)[1:-1].astype(int)
    state = GameState(
        x=x[1:-1],
        p_data=p_data[1:-1] / width,
        p_g=p_g[1:-1] / width,
        discriminator=d[1:-1],
        z=z[arrows],
        generated=generated[arrows],
        title=f"step {int(gan.step)}",
    )
    return record, state


def _cumulative(x: np.ndarray) -> np.ndarray:
    """Returns the distribution function of the data."""
    scaled = (x - DATA.mean) / (DATA.stdev * math.sqrt(2.0))
    return 0.5 * (1.0 + np.array([math.erf(value) for value in scaled]))
