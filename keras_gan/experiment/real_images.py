"""Draws training images, to be shown beside as many samples."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import numpy as np

from keras_gan import plotting
from keras_gan.callbacks import SampleGrid
from keras_gan.experiment.recipe_data import RecipeData
from keras_gan.presets import Recipe

if TYPE_CHECKING:
    import tensorflow as tf

# Some of each class are looked for among so many times the images that are drawn.
_LOOKED_AT = 16


def draw_real_images(
    path: str | os.PathLike[str], recipe: Recipe, data: RecipeData
) -> None:
    """Writes the picture of a run's data, if they are images with a value range.

    Args:
        path: The PNG file.
        recipe: The recipe of the run.
        data: Its data.
    """
    if recipe.value_range is None or len(data.image_shape) != 3:
        return
    save_real_images(
        path,
        data.batches,
        n=SampleGrid(os.path.dirname(path)).n,
        num_classes=data.num_classes,
        value_range=recipe.value_range,
    )


def save_real_images(
    path: str | os.PathLike[str],
    batches: tf.data.Dataset,
    *,
    n: int,
    num_classes: int | None,
    value_range: tuple[float, float],
) -> None:
    """Writes a grid of the first training images, arranged like a grid of samples.

    With many classes none of those that are wanted may be among the images that are
    looked at: then there is no picture.

    Args:
        path: The PNG file; it says that the images are real.
        batches: Images `(B, H, W, C)`, or pairs of them and labels `(B,)`.
        n: The number of images, if there are so many.
        num_classes: Gives each column one class; None for images without labels.
        value_range: (low, high), drawn as black and white.
    """
    wanted, columns = np.zeros(n, np.int64), None
    if num_classes is not None:
        wanted, columns = plotting.class_turns(n, num_classes)
    found = _first_of(batches, wanted)
    if not found:
        return
    # A class that is too rare to be found leaves gaps, which would mix the columns.
    has_gaps = max(found) >= len(found)
    plotting.save_image_grid(
        path,
        np.stack([found[place] for place in sorted(found)]),
        value_range=value_range,
        columns=None if has_gaps else columns,
        scale=None,
        metadata={"Source": plotting.REAL},
    )


def _first_of(batches: tf.data.Dataset, wanted: np.ndarray) -> dict[int, np.ndarray]:
    """Returns an image for each wanted label, by its place, as far as found."""
    places = {label: np.flatnonzero(wanted == label).tolist() for label in set(wanted)}
    found: dict[int, np.ndarray] = {}
    looked_at = 0
    for batch in batches.as_numpy_iterator():
        images, labels = _columns(batch)
        for image, label in zip(images, labels, strict=True):
            if places.get(label):
                found[places[label].pop(0)] = image
        looked_at += len(images)
        if len(found) == len(wanted) or looked_at >= _LOOKED_AT * len(wanted):
            break
    return found


def _columns(batch: Any) -> tuple[np.ndarray, np.ndarray]:
    """Returns the images and the labels of a batch; labels 0 where it has none."""
    if isinstance(batch, tuple):
        return batch
    return batch, np.zeros(len(batch), np.int64)
