"""A scatter plot of samples in the plane, drawn over points of the data."""

from __future__ import annotations

import os

import numpy as np
import numpy.typing as npt

from keras_gan._checks import InputError
from keras_gan.plotting._figures import INK, ORANGE, draw_frame
from keras_gan.plotting.figure_files import save_figure

_PALE_BLUE = "#8db4d9"
# The room around the data, as a share of its width.
_MARGIN = 0.15


def save_points(
    path: str | os.PathLike[str],
    points: npt.ArrayLike,
    *,
    reference: npt.ArrayLike | None = None,
    axes: tuple[int, int] = (0, 1),
    title: str = "",
) -> None:
    """Draws samples in the plane over points of the data.

    Args:
        path: The `.png`, `.pdf` or `.svg` file; replaced whole or not at all.
        points: `(N, F)` samples, F ≥ 2. Those that are not finite are left out.
        reference: `(M, F)` points of the data. Their extent is that of the picture, so
            that pictures of one training can be compared; None takes the samples'.
        axes: The two of the F numbers, from 0, that are drawn, across and up.
        title: The text at the top of the picture.

    Raises:
        ValueError: If an array has another shape, `axes` names no two numbers of it, or
            the file has another suffix.

    Example:
        >>> ring = keras_gan.data.mixture("ring")
        >>> save_points("ring.png", gan.sample(2500, seed=0),
        ...             reference=ring.draw(2500, seed=0)[0])
    """
    from matplotlib.figure import Figure

    samples = _columns("points", points, axes)
    data = None if reference is None else _columns("reference", reference, axes)
    figure = Figure(figsize=(5, 5), layout="constrained", facecolor="white")
    plot = figure.subplots()
    for cloud, label, colour in (
        (data, "data", _PALE_BLUE),
        (samples, "samples", ORANGE),
    ):
        if cloud is not None:
            plot.scatter(*cloud.T, s=4, c=colour, label=label, linewidths=0, alpha=0.6)
    (left, right), (bottom, top) = _limits(samples if data is None else data)
    plot.set_xlim(left, right)
    plot.set_ylim(bottom, top)
    plot.set_aspect("equal")
    plot.set_title(title, loc="left", color=INK, fontsize=10)
    plot.legend(loc="upper right", labelcolor=INK, fontsize=8, markerscale=3)
    draw_frame(plot)
    save_figure(path, figure, dpi=100, synthetic=True)


def _columns(argument: str, array: npt.ArrayLike, axes: tuple[int, int]) -> np.ndarray:
    """Returns two columns of the points, without rows that are not finite."""
    cloud = np.asarray(array, np.float64)
    if cloud.ndim != 2 or cloud.shape[1] < 2 or len(cloud) == 0:
        raise InputError(
            f"`{argument}` must be points (N, F) with F >= 2; got shape {cloud.shape}."
        )
    check_axes(axes, cloud.shape[1])
    cloud = cloud[:, list(axes)]
    return cloud[np.isfinite(cloud).all(axis=1)]


def check_axes(axes: object, count: int) -> tuple[int, int]:
    """Returns `axes` as two of the numbers 0..count-1.

    Raises:
        ValueError: If `axes` is something else.
    """
    pair = tuple(axes) if isinstance(axes, (tuple, list)) else ()
    if len(pair) != 2 or not all(axis in range(count) for axis in pair):
        raise InputError(
            f"`axes` must be two of the numbers 0..{count - 1} of an example, such as "
            f"(0, 1); got {axes!r}."
        )
    return pair


def _limits(cloud: np.ndarray) -> np.ndarray:
    """Returns ((left, right), (bottom, top)), a square around the points."""
    if len(cloud) == 0:
        return np.array([[-1.0, 1.0]] * 2)
    low, high = cloud.min(axis=0), cloud.max(axis=0)
    half = max((high - low).max(), 1e-6) * (0.5 + _MARGIN)
    middle = (low + high) / 2
    return np.stack([middle - half, middle + half], axis=1)
