"""The convergence of the game as the 2014 paper draws it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from keras_gan._checks import InputError
from keras_gan._files import atomic_path
from keras_gan.plotting._png import SOFTWARE, SYNTHETIC
from keras_gan.plotting.game_state import GameState

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_INK, _FAINT = "#333333", "#888888"
# The paper's: black dots the data, a green line the generator, blue dashes D.
_DATA, _GENERATOR, _DISCRIMINATOR = "black", "#1a8a3a", "#1f4fd8"
_DOTTED, _DASHED = (0, (1, 1.6)), (0, (5, 2.5))
# Densities stand between 0 and 1 beside D; the highest p_data reaches this far.
_HEIGHT = 0.6
# The lower part: z on the line at 0, x on that at 1, arrows between.
_MARGIN = 0.12


def save_game_states(
    path: str | os.PathLike[str], states: Sequence[GameState], *, dpi: int = 120
) -> None:
    """Draws moments of a training side by side to a PNG file, after the paper's figure.

    Above: p_data dotted in black, p_g in green, D dashed in blue on a scale from 0 to
    1. The densities share one scale in all pictures, on which the highest value of the
    first p_data is 0.6. Below: arrows from z to x = G(z); they crowd where p_g is high.

    Args:
        path: The file; replaced whole or not at all.
        states: The moments, from left to right.
        dpi: Dots per inch; a moment is 3 inches wide.

    Raises:
        ValueError: If there is no state.

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
        labelcolor=_INK,
        fontsize=10,
        handlelength=3.2,
    )
    with atomic_path(path) as temporary:
        figure.savefig(
            temporary,
            format="png",
            dpi=dpi,
            metadata={"Software": SOFTWARE, "Source": SYNTHETIC},
        )


def _draw_laws(axes: Axes, state: GameState, scale: float, *, first: bool) -> None:
    """Draws D and the two densities over x."""
    axes.axhline(0.5, color=_FAINT, linewidth=0.8, zorder=1)
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
    axes.set_title(state.title, loc="left", color=_INK, fontsize=10)
    axes.set_xlim(state.x[0], state.x[-1])
    axes.set_ylim(0.0, 1.08)
    axes.set_xticks([])
    axes.set_yticks([0.0, 0.5, 1.0], ["0", "½", "1"] if first else [""] * 3)
    if first:
        axes.set_ylabel("D(x)", color=_DISCRIMINATOR, fontsize=10)
    axes.tick_params(colors=_INK, length=0, labelsize=10)
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(_FAINT)


def _draw_mapping(axes: Axes, state: GameState, *, first: bool) -> None:
    """Draws z below, x above, and arrows from each z to its G(z)."""
    low, high = state.x[0], state.x[-1]
    span = high - low
    # z has a scale of its own: its line is as wide as three quarters of the picture.
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
                    "color": _INK,
                    "linewidth": 0.7,
                    "shrinkA": 0,
                    "shrinkB": 0,
                },
            )
    axes.plot([low, high], [1, 1], color=_INK, linewidth=1.2, clip_on=False)
    ends = starts.min() - 0.02 * span, starts.max() + 0.02 * span
    axes.plot(ends, [0, 0], color=_INK, linewidth=1.2)
    axes.set_xlim(low, high)
    axes.set_ylim(-_MARGIN, 1.0 + _MARGIN)
    axes.set_xticks([])
    axes.set_yticks([0.0, 1.0], ["z", "x"] if first else ["", ""], style="italic")
    axes.tick_params(colors=_INK, length=0, labelsize=12)
    axes.spines[:].set_visible(False)
