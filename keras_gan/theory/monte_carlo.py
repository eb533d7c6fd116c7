"""Estimates the value of the game from samples, as a training does."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from keras_gan._checks import InputError
from keras_gan.theory._checks import check_outputs


class Estimate(NamedTuple):
    """A mean over samples, in nats.

    Attributes:
        value: The estimate, in nats.
        standard_error: Its standard deviation in nats, estimated from the same samples;
            it falls as 1/√n.
    """

    value: float
    standard_error: float


def monte_carlo_value(
    discriminator: Callable[[np.ndarray], ArrayLike],
    data_samples: ArrayLike,
    generated_samples: ArrayLike,
) -> Estimate:
    """Estimates V(D, G) by (1/n) Σ log D(xᵢ) + (1/m) Σ log(1 − D(G(zⱼ))).

    Args:
        discriminator: A function from samples to D in [0, 1], `(n,)` or `(n, 1)`.
        data_samples: `(n, ...)` draws from p_data, n ≥ 2.
        generated_samples: `(m, ...)` draws from p_g, m ≥ 2; m may differ from n.

    Returns:
        The estimate, which is unbiased, and its standard error. If D is 0 on a data
        sample or 1 on a generated one, the value is −∞ and the error NaN.

    Raises:
        ValueError: If there are fewer than two samples of either kind, or D has another
            shape or leaves [0, 1].

    Example:
        >>> x, y = np.random.default_rng(0).normal([[0.0], [1.0]], size=(2, 1000))
        >>> monte_carlo_value(lambda x: np.full(len(x), 0.5), x, y)  # −log 4
        Estimate(value=-1.3862943611198906, standard_error=0.0)

    Source: Goodfellow et al. 2014, eq. 1 and Algorithm 1.
    """
    d_real = _outputs("data_samples", discriminator, data_samples)
    d_fake = _outputs("generated_samples", discriminator, generated_samples)
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.log(d_real), np.log1p(-d_fake)
        mean = float(sum(terms.mean() for terms in logs))
        variance = float(sum(terms.var(ddof=1) / len(terms) for terms in logs))
    return Estimate(mean, math.sqrt(variance))


def _outputs(
    argument: str, discriminator: Callable[[np.ndarray], ArrayLike], samples: ArrayLike
) -> np.ndarray:
    """Returns D of the samples, `(n,)` float64."""
    samples = np.asarray(samples)
    if samples.ndim == 0 or len(samples) < 2:
        raise InputError(
            f"`{argument}` must hold at least two samples, one a row; got shape "
            f"{samples.shape}."
        )
    outputs = np.asarray(discriminator(samples))
    if outputs.shape == (len(samples), 1):
        outputs = outputs[:, 0]
    return check_outputs(outputs, (len(samples),))
