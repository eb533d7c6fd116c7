"""Draws moments of a one-dimensional GAN as figure 1 of the 2014 paper does."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from keras_gan._checks import InputError
from keras_gan.plotting._figures import GREY, INK
from keras_gan.plotting.figure_files import save_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# The colours of the paper: black dots for the data, a green line for the generator,
# blue dashes for D.
_DATA, _GENERATOR, _DISCRIMINATOR = "black", "#1a8a3a", "#1f4fd8"
_DOTTED, _DASHED = (0, (1, 1.6)), (0, (5, 2.5))
# Densities share the axis of D, from 0 to 1; the highest p_data has this height.
_HEIGHT = 0.6
# The lower part has z on a line at 0, x on a line at 1, and this much room around them.
_MARGIN = 0.12


@dataclass(frozen=True, eq=False)
class GameState:
    """Both densities, the discriminator and the generator's mapping at one moment.

    Attributes:
        x: `(N,)` places on the line, ascending, N >= 2.
        p_data: `(N,)` density of the data there.
        p_g: `(N,)` density of the generator there.
        discriminator: `(N,)` D(x) in [0, 1].
        z: `(M,)` latents whose mapping is drawn as arrows.
        generated: `(M,)` their images on the line, G(z).
        title: The text above the picture.

    Raises:
        ValueError: If the arrays do not fit each other.

    Example:
        >>> x = np.linspace(-3, 3, 61)
        >>> p = np.exp(-x**2 / 2) / np.sqrt(2 * np.pi)
        >>> z = np.linspace(-1, 1, 9)
        >>> state = GameState(x, p, p, np.full(61, 0.5), z, z, title="equilibrium")
    """

    x: np.ndarray
    p_data: np.ndarray
    p_g: np.ndarray
    discriminator: np.ndarray
    z: np.ndarray
    generated: np.ndarray
    title: str = ""

    def __post_init__(self) -> None:
        if np.ndim(self.x) != 1 or len(self.x) < 2 or not (np.diff(self.x) > 0).all():
            raise InputError(
                "`x` must be at least two ascending numbers; got an array of shape "
                f"{np.shape(self.x)}."
            )
        for argument in ("p_data", "p_g", "discriminator"):
            shape = np.shape(getattr(self, argument))
            if shape != np.shape(self.x):
                raise InputError(
                    f"`{argument}` must have one value for each of the {len(self.x)} "
                    f"places of `x`; got shape {shape}."
                )
        if np.ndim(self.z) != 1 or np.shape(self.z) != np.shape(self.generated):
            raise InputError(
                "`z` and `generated` must be two vectors of one length; got shapes "
                f"{np.shape(self.z)} and {np.shape(self.generated)}."
            )


def save_game_states(
    path: str | os.PathLike[str], states: Sequence[GameState], *, dpi: int = 120
) -> None:
    """Draws moments of a training side by side, after the paper's figure.

    The upper part has p_data dotted in black, p_g in green, and D dashed in blue on a
    scale from 0 to 1. The densities share one scale in all pictures, on which the
    highest value of the first p_data is 0.6. The lower part has arrows from z to
    x = G(z), which crowd where p_g is high.

    Args:
        path: The `.png`, `.pdf` or `.svg` file; replaced whole or not at all.
        states: The moments, from left to right.
        dpi: Dots per inch of a PNG file; a moment is 3 inches wide.

    Raises:
        ValueError: If there is no state, or the file has another suffix.

    Example:
        >>> save_game_states("convergence.png", [first, second, third, last])

    Source: Goodfellow et al. 2014, figure 1.
    """
    from matplotlib.figure import Figure

    if not states:
        raise InputError("`states` is empty; there is nothing to draw.")
    size = (max(3.0 * len(states), 4.0), 3.7)
    figure = Figure(figsize=size, layout="constrained", facecolor="white")
    rows = figure.subplots(
        2, len(states), squeeze=False, gridspec_kw={"height_ratios": (2.6, 1.0)}
    )
    scale = _HEIGHT / float(np.max(states[0].p_data))
    for column, state in enumerate(states):
        _draw_laws(rows[0, column], state, scale, first=column == 0)
        _draw_mapping(rows[1, column], state, first=column == 0)
    handles, labels = rows[0, 0].get_legend_handles_labels()
    figure.legend(
        handles,
        labels,
        loc="outside lower center",
        ncols=3 if len(states) > 1 else 1,
        frameon=False,
        labelcolor=INK,
        fontsize=10,
        handlelength=3.2,
    )
    save_figure(path, figure, dpi=dpi, synthetic=True)


def _draw_laws(axes: Axes, state: GameState, scale: float, *, first: bool) -> None:
    """Draws D and the two densities over x."""
    axes.axhline(0.5, color=GREY, linewidth=0.8, zorder=1)
    axes.plot(
        state.x,
        np.clip(scale * state.p_g, None, 1.2),
        color=_GENERATOR,
        linewidth=2.0,
        label=r"$p_g$, the generator",
        zorder=2,
    )
    axes.plot(
        state.x,
        scale * state.p_data,
        color=_DATA,
        linewidth=2.2,
        linestyle=_DOTTED,
        label=r"$p_{data}$, the data",
        zorder=3,
    )
    axes.plot(
        state.x,
        state.discriminator,
        color=_DISCRIMINATOR,
        linewidth=1.8,
        linestyle=_DASHED,
        label=r"$D(x)$, the discriminator",
        zorder=4,
    )
    axes.set_title(state.title, loc="left", color=INK, fontsize=10)
    axes.set_xlim(state.x[0], state.x[-1])
    axes.set_ylim(0.0, 1.08)
    axes.set_xticks([])
    axes.set_yticks([0.0, 0.5, 1.0], ["0", "½", "1"] if first else [""] * 3)
    if first:
        axes.set_ylabel("D(x)", color=_DISCRIMINATOR, fontsize=10)
    axes.tick_params(colors=INK, length=0, labelsize=10)
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(GREY)


def _draw_mapping(axes: Axes, state: GameState, *, first: bool) -> None:
    """Draws z below, x above, and arrows from each z to its G(z)."""
    low, high = state.x[0], state.x[-1]
    span = high - low
    # The latents have their own scale: they fill three quarters of the width.
    width = max(float(np.ptp(state.z)), np.finfo(np.float32).tiny)
    middle = (float(state.z.max()) + float(state.z.min())) / 2
    starts = (low + high) / 2 + (state.z - middle) * 0.75 * span / width
    for start, end in zip(starts, state.generated, strict=True):
        if low <= end <= high:
            axes.annotate(
                "",
                xy=(end, 1.0),
                xytext=(start, 0.0),
                arrowprops={
                    "arrowstyle": "-|>,head_length=0.35,head_width=0.13",
                    "color": INK,
                    "linewidth": 0.7,
                    "shrinkA": 0,
                    "shrinkB": 0,
                },
            )
    axes.plot([low, high], [1, 1], color=INK, linewidth=1.2, clip_on=False)
    ends = starts.min() - 0.02 * span, starts.max() + 0.02 * span
    axes.plot(ends, [0, 0], color=INK, linewidth=1.2)
    axes.set_xlim(low, high)
    axes.set_ylim(-_MARGIN, 1.0 + _MARGIN)
    axes.set_xticks([])
    axes.set_yticks([0.0, 1.0], ["z", "x"] if first else ["", ""], style="italic")
    axes.tick_params(colors=INK, length=0, labelsize=12)
    axes.spines[:].set_visible(False)
