"""Writes drawn images as a grid, as arrays, or as one file each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from keras_gan import plotting
from keras_gan._checks import InputError
from keras_gan._files import atomic_path


def check_destination(path: Path) -> None:
    """Raises `InputError` if `write_images` could not write there."""
    if path.suffix.lower() not in (".png", ".npz", ""):
        raise InputError(
            f"`--out` must be a .png or .npz file, or a folder; got '{path}'."
        )
    if path.suffix == "" and path.is_dir() and any(path.iterdir()):
        raise InputError(f"'{path}': the folder is not empty; give a new one.")


def notes_of(
    generator: str,
    seeds: np.ndarray,
    labels: np.ndarray | None,
    truncation: float | None,
) -> list[str]:
    """Says of each image how it is drawn again."""
    rest = "" if truncation is None else f", truncation {truncation:g}"
    notes = [f"generator {generator}, seed {seed}" for seed in seeds]
    if labels is not None:
        notes = [f"{a}, label {b}" for a, b in zip(notes, labels, strict=True)]
    return [note + rest for note in notes]


def write_images(
    path: Path,
    images: np.ndarray,
    value_range: tuple[float, float] | None,
    arrays: Mapping[str, np.ndarray | None],
    *,
    columns: int | None = None,
    notes: Sequence[str] | None = None,
) -> None:
    """Writes images to `path` by its suffix.

    Args:
        path: `.png` for one grid (of points: a plot of their first two numbers), `.npz`
            for arrays, without suffix a folder with one PNG file per image.
        images: `(N, ...)` in `value_range`, or uint8.
        value_range: (low, high) of float images; None if they have none.
        arrays: What goes into an `.npz` file beside `images`; None is left out.
        columns: Images in a row of the grid.
        notes: What the PNG files say of each image as their "Comment".
    """
    if path.suffix.lower() == ".npz":
        given: dict[str, Any] = {
            key: value for key, value in arrays.items() if value is not None
        }
        with atomic_path(path) as temporary:
            np.savez_compressed(temporary, images=images, **given)
        return
    if images.dtype == np.uint8:
        value_range = (0.0, 255.0)
    if images.ndim == 2 and images.shape[1] >= 2 and path.suffix:
        plotting.save_points(path, images)
        return
    if value_range is None or images.ndim != 4:
        raise InputError(
            f"A generator of {images.shape[1:]} in the range {value_range} draws no "
            "pictures; write arrays with `--out FILE.npz`."
        )
    if path.suffix:
        plotting.save_image_grid(
            path,
            images,
            value_range=value_range,
            columns=columns,
            scale=None,
            metadata=_metadata(None if notes is None else "; ".join(notes)),
        )
        return
    with atomic_path(path) as temporary:
        temporary.mkdir()
        digits = len(str(len(images) - 1))
        for index, image in enumerate(images):
            plotting.save_image_grid(
                temporary / f"{index:0{digits}d}.png",
                image[np.newaxis],
                value_range=value_range,
                padding=0,
                metadata=_metadata(None if notes is None else notes[index]),
            )


def _metadata(note: str | None) -> dict[str, str]:
    """The text chunks of a picture of samples."""
    known = {"Source": plotting.SYNTHETIC}
    return known if note is None else known | {"Comment": note}
