"""How the game of 2014 ends: D cannot tell, and its value is −log 4."""

from __future__ import annotations

import math
import os
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from keras_gan._checks import InputError
from keras_gan._files import atomic_path
from keras_gan.plotting._png import SOFTWARE

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_INK, _GRID, _LIMIT = "#333333", "#e4e4e4", "#888888"
# As in the curves: blue is the data and its judge, orange the forger.
_BLUE, _ORANGE = "#2a6fb0", "#d9731a"


def save_equilibrium(
    path: str | os.PathLike[str],
    steps: npt.ArrayLike,
    *,
    d_real: npt.ArrayLike,
    d_fake: npt.ArrayLike,
    value: npt.ArrayLike,
    criterion: npt.ArrayLike,
) -> None:
    """Draws D's two means, which meet at 1/2, and V below C(G), which end at −log 4.

    Args:
        path: The PNG file; replaced whole or not at all.
        steps: `(N,)` training steps.
        d_real: `(N,)` E D(x).
        d_fake: `(N,)` E D(G(z)).
        value: `(N,)` V(D, G) in nats.
        criterion: `(N,)` C(G) in nats, the value that the best D would have.

    Raises:
        ValueError: If the arrays are empty or of different lengths.

    Source: Goodfellow et al. 2014, Theorem 1: p_g = p_data, D = 1/2, C(G) = −log 4.
    """
    from matplotlib.figure import Figure

    across = np.asarray(steps, np.float64)
    lines = {"d_real": d_real, "d_fake": d_fake, "value": value, "criterion": criterion}
    arrays = {name: np.asarray(line, np.float64) for name, line in lines.items()}
    for name, line in arrays.items():
        if across.ndim != 1 or not len(across) or line.shape != across.shape:
            raise InputError(
                f"`steps` and `{name}` must be vectors of one length, not empty; got "
                f"shapes {across.shape} and {line.shape}."
            )
    figure = Figure(figsize=(10, 3.6), layout="constrained", facecolor="white")
    left, right = figure.subplots(1, 2)
    _draw(left, across, arrays["d_real"], _BLUE, "on data, E D(x)")
    _draw(left, across, arrays["d_fake"], _ORANGE, "on samples, E D(G(z))")
    _finish(left, "Discriminator's output, mean", 0.5, "½")
    left.set_ylim(0, 1)
    _draw(right, across, arrays["criterion"], _ORANGE, "C(G), of the best D")
    _draw(right, across, arrays["value"], _BLUE, "V(D, G), of this D")
    _finish(right, "Value of the game, in nats", -math.log(4.0), "−log 4")
    with atomic_path(path) as temporary:
        figure.savefig(
            temporary, format="png", dpi=120, metadata={"Software": SOFTWARE}
        )


def _draw(
    axes: Axes, steps: np.ndarray, values: np.ndarray, colour: str, label: str
) -> None:
    axes.plot(steps, values, color=colour, label=label, linewidth=1.6)


def _finish(axes: Axes, title: str, limit: float, name: str) -> None:
    """Draws where the lines must end, and what surrounds them."""
    axes.axhline(limit, color=_LIMIT, linewidth=1, linestyle=(0, (4, 3)), zorder=1)
    axes.annotate(
        name,
        (1, limit),
        xycoords=("axes fraction", "data"),
        xytext=(4, 0),
        textcoords="offset points",
        va="center",
        color=_LIMIT,
    )
    axes.set_title(title, loc="left", color=_INK)
    axes.set_xlabel("training step", color=_INK)
    axes.legend(frameon=False, labelcolor=_INK, fontsize=9)
    axes.grid(color=_GRID, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.tick_params(colors=_INK, length=0)
    axes.spines[:].set_visible(False)
