"""Computes metrics by their definitions in high precision.

For `record_golden_metrics.py`: with 60 digits of mpmath, in whole numbers, or in
extended precision. Slow, therefore for few samples only.
"""

import math

import mpmath
import numpy as np

mpmath.mp.dps = 60
SMALL = 12  # the largest matrix whose singular values are found here


def frechet(real, fake):
    """Computes ‖μ₁−μ₂‖² + ‖X‖² + ‖Y‖² − 2‖XYᵀ‖₊ of centred samples in 60 digits.

    ‖·‖₊ is the sum of singular values. If there are many samples in few dimensions, the
    D × D root of the scatter of X takes the place of X.
    """
    means, roots, traces = [], [], []
    for x in (real, fake):
        n = len(x)
        matrix = mpmath.matrix(x.tolist())
        mean = [mpmath.fsum(matrix[:, j]) / n for j in range(matrix.cols)]
        for i in range(n):
            for j in range(matrix.cols):
                matrix[i, j] = (matrix[i, j] - mean[j]) / mpmath.sqrt(n - 1)
        means.append(mean)
        traces.append(mpmath.fsum(entry**2 for entry in matrix))
        roots.append(matrix if n <= SMALL else _root(matrix.T * matrix))
    shift = mpmath.fsum((a - b) ** 2 for a, b in zip(*means, strict=True))
    singular = mpmath.svd_r(roots[0] * roots[1].T, compute_uv=False)
    return float(shift + sum(traces) - 2 * mpmath.fsum(singular))


def _root(covariance):
    values, vectors = mpmath.eigsy(covariance)
    for j in range(len(values)):
        scale = mpmath.sqrt(max(values[j], 0))
        for i in range(vectors.rows):
            vectors[i, j] *= scale
    return vectors.T


def kernel(real, fake):
    """Computes it in whole numbers: features are multiples of a power of two."""

    def mean(x, y, *, other):
        total = 0
        for i, a in enumerate(x):
            for j, b in enumerate(y):
                if other or i != j:
                    dot = sum(p * q for p, q in zip(a, b, strict=True))
                    total += (dot + one) ** 3
        return mpmath.mpf(total) / (len(x) * (len(y) if other else len(y) - 1))

    finest = min(math.frexp(v)[1] for v in np.abs([*real.ravel(), *fake.ravel()]) if v)
    bits = 53 - finest
    rows = [
        [[int(mpmath.ldexp(mpmath.mpf(v), bits)) for v in row] for row in x.tolist()]
        for x in (real, fake)
    ]
    one = real.shape[1] << (2 * bits) if bits >= 0 else 0
    difference = (
        mean(rows[0], rows[0], other=False)
        + mean(rows[1], rows[1], other=False)
        - 2 * mean(*rows, other=True)
    )
    return float(difference / mpmath.mpf(one) ** 3)


def manifolds(real, fake, k):
    """Computes them from x − y in extended precision; whole numbers stay exact."""
    real, fake = real.astype(np.longdouble), fake.astype(np.longdouble)

    def distances(x, y):
        return np.array([((row - y) ** 2).sum(axis=1) for row in x])

    radii = [np.sort(distances(x, x), axis=1)[:, k] for x in (real, fake)]
    between = distances(real, fake)
    open_balls = between < radii[0][:, None]
    return {
        "precision": float((between <= radii[0][:, None]).any(axis=0).mean()),
        "recall": float((between <= radii[1]).any(axis=1).mean()),
        "density": float(open_balls.sum() / (k * len(fake))),
        "coverage": float(open_balls.any(axis=1).mean()),
    }


def inception(logits, splits):
    """Computes the inception score in 60 digits, for few classes."""
    rows = []
    for row in logits.tolist():
        powers = [mpmath.exp(mpmath.mpf(value)) for value in row]
        rows.append([power / mpmath.fsum(powers) for power in powers])
    n, scores = len(rows), []
    for split in range(splits):
        part = rows[split * n // splits : (split + 1) * n // splits]
        marginal = [
            mpmath.fsum(column) / len(part) for column in zip(*part, strict=True)
        ]
        terms = [
            p * mpmath.log(p / q)
            for row in part
            for p, q in zip(row, marginal, strict=True)
        ]
        scores.append(mpmath.exp(mpmath.fsum(terms) / len(part)))
    mean = mpmath.fsum(scores) / splits
    variance = mpmath.fsum((score - mean) ** 2 for score in scores) / splits
    return [float(mean), float(mpmath.sqrt(variance))]
