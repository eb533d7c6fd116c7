"""The kernel distance: squared maximum mean discrepancy with a cubic kernel."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from keras_gan.metrics._features import check_pair_float64, chunks

_BLOCK_ENTRIES = 1 << 22  # float64 entries of the kernel matrix at once: 32 MiB


def kernel_distance(real: ArrayLike, fake: ArrayLike) -> float:
    """Returns the unbiased estimate of MMD² with the kernel (x·y / D + 1)³.

    The mean of k over pairs of different real samples, plus the same over fake samples,
    minus twice the mean over real-fake pairs, all samples at once. On the features of
    the reference Inception network this is the KID.

    Args:
        real: `(N, D)` features of data, N >= 2.
        fake: `(M, D)` features of samples, M >= 2.

    Returns:
        The estimate, 0 on average for equal distributions whatever N and M, and so
        negative at times.

    Raises:
        ValueError: If the features are not finite `(N, D)`, too few, or of unequal D.

    Example:
        >>> kernel_distance([[0.0], [1.0]], [[3.0], [4.0]])  # 1 + 13³ − 191/2
        2102.5

    Source: Bińkowski et al., "Demystifying MMD GANs", 2018, §4; Gretton 2012, eq. 3.
    """
    real, fake = check_pair_float64(("real", "fake"), real, fake, minimum=(2, 2))
    centre = (real.mean(axis=0) + fake.mean(axis=0)) / 2
    n, m = len(real), len(fake)
    within_real = _kernel_sum(real, real, centre, skip_diagonal=True)
    within_fake = _kernel_sum(fake, fake, centre, skip_diagonal=True)
    between = _kernel_sum(real, fake, centre, skip_diagonal=False)
    return float(
        within_real / (n * (n - 1))
        + within_fake / (m * (m - 1))
        - 2.0 * between / (n * m)
    )


def _kernel_sum(
    x: np.ndarray, y: np.ndarray, centre: np.ndarray, *, skip_diagonal: bool
) -> float:
    """Sums (x·y / D + 1)³ over pairs, less all terms in x alone or in y alone.

    Those terms cancel in MMD², but with features of large means they are so much
    larger than the rest that it would drown in their rounding. Around the centre c,
    with t = (x−c)·(y−c)/D, u = c·(x−c)/D, v = c·(y−c)/D and s = c·c/D + 1, the kernel
    is (w + t)³ with w = s + u + v, and what is left of it is
    t(3w² + 3wt + t²) + 3uv(w + s).
    """
    dimension = len(centre)
    x, y = x - centre, y - centre
    u, v = x @ centre / dimension, y @ centre / dimension
    s = centre @ centre / dimension + 1.0
    total = 0.0
    for rows in chunks(len(x), _BLOCK_ENTRIES // len(y)):
        t = x[rows] @ y.T / dimension
        w = s + u[rows, np.newaxis] + v
        kernel = t * (3.0 * w * (w + t) + t * t)
        kernel += 3.0 * u[rows, np.newaxis] * v * (w + s)
        if skip_diagonal:
            kernel[np.arange(len(kernel)), np.arange(rows.start, rows.stop)] = 0.0
        total += float(kernel.sum())
    return total
