"""Draws points from mixtures of Gaussians in the plane, whose modes are known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from keras_gan._checks import check_choice
from keras_gan.data.arrays import PointSource

# Number of points in each split.
SPLIT_SIZES = {"train": 100_000, "test": 10_000}


@dataclass(frozen=True, eq=False)
class Mixture:
    """A mixture of equally likely isotropic Gaussians.

    Attributes:
        name: The name of the mixture as a source of `data.load`.
        centres: `(K, D)` float64 centres of the modes.
        std: Their standard deviation in each coordinate.

    Source: the ring and the grid of Lin et al., "PacGAN", 2018, §4.1, after Srivastava
    et al., "VEEGAN", 2017.
    """

    name: str
    centres: np.ndarray
    std: float

    def draw(self, n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
        """Returns `(n, D)` float32 points and their `(n,)` int32 modes.

        Args:
            n: The number of points.
            seed: A non-negative integer; equal seeds give equal points.
        """
        rng = np.random.default_rng(seed)
        modes = rng.integers(0, len(self.centres), n)
        noise = rng.normal(0.0, self.std, (n, self.centres.shape[1]))
        points = (self.centres[modes] + noise).astype(np.float32)
        return points, modes.astype(np.int32)


def ring() -> Mixture:
    """Returns eight modes on the unit circle, of standard deviation 0.01."""
    angles = 2 * np.pi * np.arange(8) / 8
    return Mixture("ring", np.stack([np.cos(angles), np.sin(angles)], axis=1), 0.01)


def grid() -> Mixture:
    """Returns 5 x 5 modes at a spacing of 2, of standard deviation 0.05."""
    ticks = np.arange(-4.0, 5.0, 2.0)
    centres = np.stack(np.meshgrid(ticks, ticks), axis=-1).reshape(-1, 2)
    return Mixture("grid", centres, 0.05)


_MIXTURES = {"ring": ring, "grid": grid}
NAMES = tuple(_MIXTURES)


def mixture(source: object) -> Mixture | None:
    """Returns the mixture that a source of `data.load` draws from, or None.

    Args:
        source: "ring", "grid", or any other source.

    Example:
        >>> data.mixture("ring").centres.shape
        (8, 2)
    """
    known = isinstance(source, str) and source in _MIXTURES
    return _MIXTURES[str(source)]() if known else None


def mixture_source(name: str, split: str) -> PointSource:
    """Draws the points of a split, the same ones every time; labels are the modes.

    Raises:
        InputError: If the split is unknown.
    """
    check_choice("split", split, SPLIT_SIZES)
    seed = list(SPLIT_SIZES).index(split)
    points, modes = _MIXTURES[name]().draw(SPLIT_SIZES[split], seed)
    return PointSource(name, points, modes)
