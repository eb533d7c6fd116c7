"""Writes the pictures and numbers of `keras-gan theory`."""

from __future__ import annotations

import dataclasses
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from keras_gan import plotting
from keras_gan._files import write_json

if TYPE_CHECKING:
    from keras_gan.convergence.training import Convergence

_TITLES = (
    "(a) near convergence",
    "(b) D updated: D ≈ D*",
    "(c) G moved to where D is high",
    "(d) equilibrium: D = ½",
)
_FRAMES = 40
_FRAME_SECONDS = 0.15


def write_pictures(result: Convergence, folder: Path, *, seed: int) -> None:
    """Writes the paper's figure, the film, the curves and the numbers.

    Args:
        result: The training.
        folder: Made where it is missing; gets `convergence.png`, `convergence.gif`,
            `equilibrium.png` and `convergence.json`.
        seed: The seed of the training.
    """
    moments = [
        dataclasses.replace(state, title=f"{title}\n{state.title}")
        for title, state in zip(
            _TITLES, (result.states[index] for index in result.moments), strict=True
        )
    ]
    plotting.save_game_states(folder / "convergence.png", moments)
    records = result.records
    plotting.save_equilibrium(
        folder / "equilibrium.png",
        [record.step for record in records],
        d_real=[record.d_real for record in records],
        d_fake=[record.d_fake for record in records],
        value=[record.value for record in records],
        criterion=[record.criterion for record in records],
    )
    _write_film(result, folder / "convergence.gif")
    figures = {"seed": seed, **result.figures()}
    write_json(folder / "convergence.json", figures)


def _write_film(result: Convergence, path: Path) -> None:
    """Writes the film of the training; its frames are densest at the first steps."""
    last = len(result.states) - 1
    chosen = np.round(np.linspace(0.0, 1.0, _FRAMES) ** 2 * last).astype(int)
    with tempfile.TemporaryDirectory() as folder:
        frames = []
        for index in sorted({*chosen.tolist(), *result.moments}):
            frames.append(Path(folder) / f"{index:06d}.png")
            plotting.save_game_states(frames[-1], [result.states[index]], dpi=90)
        plotting.save_animation(path, frames, seconds=_FRAME_SECONDS)
