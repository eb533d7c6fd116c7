"""Draws a game that ends: D(x) and D(G(z)) meet at 1/2, and V is −log 4."""

from __future__ import annotations

import math
import os
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from keras_gan._checks import InputError
from keras_gan.plotting._figures import (
    BLUE,
    INK,
    ORANGE,
    draw_frame,
    draw_limit,
    two_panels,
)
from keras_gan.plotting.figure_files import save_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def save_equilibrium(
    path: str | os.PathLike[str],
    steps: npt.ArrayLike,
    *,
    d_real: npt.ArrayLike,
    d_fake: npt.ArrayLike,
    value: npt.ArrayLike,
    criterion: npt.ArrayLike,
) -> None:
    """Draws the two means of D, which meet at 1/2, and V and C(G), which end at −log 4.

    Args:
        path: The `.png`, `.pdf` or `.svg` file; replaced whole or not at all.
        steps: `(N,)` training steps.
        d_real: `(N,)` E D(x), from 0 to 1.
        d_fake: `(N,)` E D(G(z)), from 0 to 1.
        value: `(N,)` V(D, G) in nats.
        criterion: `(N,)` C(G) in nats, the value of the game for the best D.

    Raises:
        ValueError: If the arrays are empty or of different lengths, or the file has
            another suffix.

    Example:
        >>> save_equilibrium("game.png", [10, 20], d_real=[0.7, 0.5], d_fake=[0.3, 0.5],
        ...                  value=[-0.9, -1.386], criterion=[-1.1, -1.386])

    Source: Goodfellow et al. 2014, Theorem 1: p_g = p_data, D = 1/2, C(G) = −log 4.
    """
    across = np.asarray(steps, np.float64)
    lines = {"d_real": d_real, "d_fake": d_fake, "value": value, "criterion": criterion}
    arrays = {name: np.asarray(line, np.float64) for name, line in lines.items()}
    for name, line in arrays.items():
        if across.ndim != 1 or not len(across) or line.shape != across.shape:
            raise InputError(
                f"`steps` and `{name}` must be vectors of one length, not empty; got "
                f"shapes {across.shape} and {line.shape}."
            )
    figure, left, right = two_panels()
    _draw(left, across, arrays["d_real"], BLUE, "on data, E D(x)")
    _draw(left, across, arrays["d_fake"], ORANGE, "on samples, E D(G(z))")
    _finish(left, "Discriminator's output, mean", 0.5, "½")
    left.set_ylim(0, 1)
    _draw(right, across, arrays["criterion"], ORANGE, "C(G), of the best D")
    _draw(right, across, arrays["value"], BLUE, "V(D, G), of this D")
    _finish(right, "Value of the game, in nats", -math.log(4.0), "−log 4")
    save_figure(path, figure, dpi=120)


def _draw(
    axes: Axes, steps: np.ndarray, values: np.ndarray, colour: str, label: str
) -> None:
    axes.plot(steps, values, color=colour, label=label, linewidth=1.6)


def _finish(axes: Axes, title: str, limit: float, name: str) -> None:
    """Draws the limit of the lines, the title, the legend and the frame."""
    draw_limit(axes, limit, name)
    axes.set_title(title, loc="left", color=INK)
    axes.set_xlabel("training step", color=INK)
    axes.legend(frameon=False, labelcolor=INK, fontsize=9)
    draw_frame(axes)
