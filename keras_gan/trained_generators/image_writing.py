"""Writes drawn images as a grid, as arrays, or as one file each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from keras_gan import plotting, priors
from keras_gan._checks import InputError
from keras_gan._files import atomic_path
from keras_gan.plotting.picture import range_of_pictures, shown_channels, to_pixels
from keras_gan.priors.generator_protocol import Generator
from keras_gan.priors.sample_arguments import check_drawing, resolve_labels


class Layout(NamedTuple):
    """The shape of a grid of images, or the names of their files in a folder.

    Attributes:
        columns: The images in a row; None for about a square.
        scale: The side of the square that each pixel becomes; None for a legible one.
        by_seed: Names files by the seeds, "seed_7.png", and by given classes, instead
            of by their place.
    """

    columns: int | None = None
    scale: int | None = None
    by_seed: bool = False


def check_destination(path: Path) -> None:
    """Raises `InputError` if images could not be written to `path`."""
    if path.suffix.lower() not in (".png", ".pdf", ".svg", ".npz", ""):
        raise InputError(
            f"`--out` must be a .png, .pdf, .svg or .npz file, or a folder; got "
            f"'{path}'."
        )
    if path.suffix == "" and path.is_dir() and any(path.iterdir()):
        raise InputError(f"'{path}': the folder is not empty; give a new one.")


def left_out(path: Path, image_shape: Sequence[int]) -> str:
    """Returns the words that tell which channels `path` shows, "" if it has all."""
    shown = "" if path.suffix.lower() == ".npz" else shown_channels(image_shape)
    return shown and f", {shown} as colours; `--out FILE.npz` writes all"


def write_samples(
    path: Path,
    generator: Generator,
    seeds: np.ndarray,
    *,
    labels: Any = None,
    truncation: float | None = None,
    name: str,
    layout: Layout | None = None,
) -> None:
    """Draws an image for each seed, and writes them with notes to draw them again.

    Args:
        path: The destination; see `write_images`.
        generator: Draws the images.
        seeds: `(N,)` int64 seeds.
        labels: The class of all, or of each; None lets the seeds draw it.
        truncation: The factor in (0, 1] on the latents; None for none.
        name: The name of the generator in the notes.
        layout: The columns and the scale of a grid, or the names of files; None for
            the usual ones.
    """
    check_drawing(generator, len(seeds))
    drawn = resolve_labels(labels, seeds, generator.num_classes)
    images = generator.sample(seeds=seeds, labels=drawn, truncation=truncation)
    notes = [f"generator {name}, seed {seed}" for seed in seeds]
    if drawn is not None:
        notes = [f"{a}, label {b}" for a, b in zip(notes, drawn, strict=True)]
    if truncation is not None:
        notes = [f"{note}, truncation {truncation:g}" for note in notes]
    arrays = {"seeds": seeds, "labels": drawn}
    names = None
    if layout is not None and layout.by_seed:
        names = _names_of(seeds, None if labels is None else drawn)
    write_images(
        path,
        images,
        generator.value_range,
        arrays,
        layout=layout,
        notes=notes,
        names=names,
    )


def write_interpolation(
    path: Path,
    generator: Generator,
    ends: tuple[int, int],
    *,
    steps: int,
    kind: str,
    label: int | None = None,
) -> None:
    """Draws the images between the samples of two seeds and writes them in a row.

    Args:
        path: The destination; see `write_images`.
        generator: Draws the images.
        ends: The seeds of the first and of the last image.
        steps: The number of images.
        kind: "linear" or "spherical"; see `plotting.interpolate`.
        label: The class of all; None lets the first seed draw it.
    """
    check_drawing(generator, steps)
    seeds = priors.check_seeds(ends)
    first, last = generator.prior.latents(seeds, generator.latent_dim)
    z = plotting.interpolate(first, last, steps, kind)
    labels = resolve_labels(label, seeds[:1], generator.num_classes)
    if labels is not None:
        labels = labels.repeat(steps)
    images = generator.generate(z, labels)
    arrays = {"z": z, "labels": labels}
    row = Layout(columns=steps)
    write_images(path, images, generator.value_range, arrays, layout=row)


def write_images(
    path: Path,
    images: np.ndarray,
    value_range: tuple[float, float] | None,
    arrays: Mapping[str, np.ndarray | None],
    *,
    layout: Layout | None = None,
    notes: Sequence[str] | None = None,
    names: Sequence[str] | None = None,
) -> None:
    """Writes images to `path` by its suffix.

    Args:
        path: `.png`, `.pdf` or `.svg` for one grid (of points: a plot of their first
            two numbers), `.npz` for arrays, without suffix a folder with one PNG file
            per image. PNG files keep the alpha of images with 2 or 4 channels, and hold
            the first three of more than four.
        images: `(N, ...)` in `value_range`, or uint8.
        value_range: (low, high) of float images; None for points.
        arrays: Arrays to store beside `images` in an `.npz` file; None is left out.
        layout: The columns and the scale of the grid; None for the usual ones.
        notes: The "Comment" of each image in PNG files.
        names: The name of each image's file in a folder, without suffix; None for
            its place.
    """
    if path.suffix.lower() == ".npz":
        given: dict[str, Any] = {
            key: value for key, value in arrays.items() if value is not None
        }
        with atomic_path(path) as temporary:
            np.savez_compressed(temporary, images=images, **given)
    elif images.ndim == 2 and images.shape[1] >= 2 and path.suffix:
        plotting.save_points(path, images)
    elif path.suffix:
        plotting.save_image_grid(
            path,
            images,
            value_range=_range_of(images, value_range),
            columns=None if layout is None else layout.columns,
            scale=None if layout is None else layout.scale,
            metadata=_metadata(None if notes is None else "; ".join(notes)),
        )
    else:
        _write_each(path, images, _range_of(images, value_range), notes, names)


def _names_of(seeds: np.ndarray, labels: np.ndarray | None) -> list[str]:
    """Returns the names that files have on the browser page, each once."""
    names = [f"seed_{seed}" for seed in seeds]
    if labels is not None:
        names = [f"{a}_class_{b}" for a, b in zip(names, labels, strict=True)]
    seen: Counter[str] = Counter()
    for index, name in enumerate(names):
        seen[name] += 1
        if seen[name] > 1:
            names[index] = f"{name}_again_{seen[name]}"
    return names


def _range_of(
    images: np.ndarray, value_range: tuple[float, float] | None
) -> tuple[float, float]:
    """Returns the range of pictures; refuses other images, and names `.npz` instead."""
    try:
        return range_of_pictures(images, value_range)
    except InputError as error:
        raise InputError(f"{error} `--out FILE.npz` writes arrays.") from None


def _write_each(
    folder: Path,
    images: np.ndarray,
    value_range: tuple[float, float],
    notes: Sequence[str] | None,
    names: Sequence[str] | None,
) -> None:
    """Writes each image to a PNG file of its own in a new folder."""
    shown = shown_channels(images.shape[1:])
    with atomic_path(folder) as temporary:
        temporary.mkdir()
        digits = len(str(len(images) - 1))
        for index, image in enumerate(images):
            name = f"{index:0{digits}d}" if names is None else names[index]
            note = None if notes is None else notes[index]
            plotting.save_image_grid(
                temporary / f"{name}.png",
                # The file has the size of the image: the note stands in its text alone.
                to_pixels(image[np.newaxis], value_range),
                value_range=(0, 255),
                padding=0,
                scale=1,
                metadata=_metadata(", ".join(filter(None, (note, shown))) or None),
            )


def _metadata(note: str | None) -> dict[str, str]:
    """Returns the text chunks of a picture of samples."""
    known = {"Source": plotting.SYNTHETIC}
    return known if note is None else known | {"Comment": note}
