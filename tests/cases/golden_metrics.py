"""Seeded features on which other libraries were run: random ones and degenerate ones.

Read by `scripts/record_golden_metrics.py`, which writes golden.json, and by the tests.
"""

import numpy as np


def correlated(rng, n, m, dimension):
    mixing = rng.standard_normal((dimension, dimension)) / np.sqrt(dimension)
    real = rng.standard_normal((n, dimension))
    return real, 0.2 + rng.standard_normal((m, dimension)) @ mixing


def shifted(rng, n, m, dimension):
    real = rng.standard_normal((n, dimension))
    return real, 0.3 + 1.2 * rng.standard_normal((m, dimension))


def rectified(rng, n, m, dimension):
    """Non-negative with many exact zeros, as after a ReLU, in float32."""
    real, fake = shifted(rng, n, m, dimension)
    return (np.maximum(x, 0).astype(np.float32) for x in (real, fake))


def singular(rng, n, m, dimension):
    """Both in a subspace of half the dimensions, one of them shared."""
    half = dimension // 2
    real, fake = np.zeros((n, dimension)), np.zeros((m, dimension))
    real[:, :half] = rng.standard_normal((n, half))
    fake[:, half - 1 : 2 * half - 1] = 2.0 * rng.standard_normal((m, half))
    rotation = np.linalg.qr(rng.standard_normal((dimension, dimension)))[0]
    return real @ rotation, fake @ rotation


def duplicates(rng, n, m, dimension):
    """Small whole numbers, so that most distances tie, and half of the rows repeat."""
    real = rng.integers(-2, 3, (n, dimension)).astype(np.float64)
    fake = rng.integers(-2, 4, (m, dimension)).astype(np.float64)
    real[n // 2 :] = real[: n - n // 2]
    fake[m // 2 :] = fake[0]
    return real, fake


def large_means(rng, n, m, dimension):
    real, fake = shifted(rng, n, m, dimension)
    return (1e4 + real).astype(np.float32), (1e4 + fake).astype(np.float32)


def one_point(rng, n, m, dimension):
    """A generator that always draws the same image."""
    real = rng.standard_normal((n, dimension))
    return real, np.tile(rng.standard_normal((1, dimension)), (m, 1))


# Name: (maker, seed, N, M, D, k). The kernel distances of other libraries need N = M.
# Where the smaller of D and of N, M is at most 12, high precision is quick.
CASES = {
    "shifted": (shifted, 1, 300, 300, 16, 3),
    "correlated": (correlated, 2, 400, 400, 64, 5),
    "rectified float32": (rectified, 3, 256, 256, 100, 5),
    "fewer samples than dimensions": (shifted, 4, 12, 12, 96, 3),
    "two samples": (shifted, 5, 2, 2, 2048, 1),
    "two samples in the plane": (shifted, 6, 2, 2, 2, 1),
    "singular covariances": (singular, 7, 60, 60, 10, 3),
    "duplicates": (duplicates, 8, 40, 40, 6, 3),
    "float32 with large means": (large_means, 9, 60, 60, 8, 3),
    "few float32 with large means": (large_means, 10, 10, 10, 64, 2),
    "one point": (one_point, 11, 30, 30, 5, 3),
}

# Name: (seed, N, classes, scale of the logits, splits).
LOGITS = {
    "ten splits": (21, 200, 10, 3.0, 10),
    "uneven splits": (22, 103, 12, 2.0, 10),
    "one split": (23, 64, 1000, 4.0, 1),
    "sure": (24, 60, 5, 200.0, 3),
    "unsure": (25, 60, 5, 1e-3, 3),
}


def features(name):
    """Returns (real, fake) of a case."""
    maker, seed, n, m, dimension, _ = CASES[name]
    real, fake = maker(np.random.default_rng(seed), n, m, dimension)
    return real, fake


def logits(name):
    """Returns the float64 logits of a case: `(N, classes)`."""
    seed, n, classes, scale, _ = LOGITS[name]
    return scale * np.random.default_rng(seed).standard_normal((n, classes))


def checksum(*arrays):
    """Tells other random numbers from other metrics."""
    return [float(np.abs(array, dtype=np.float64).sum()) for array in arrays]
