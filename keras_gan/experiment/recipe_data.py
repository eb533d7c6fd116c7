"""Loads the data of a recipe in the forms that a run needs."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import numpy as np

from keras_gan import data
from keras_gan._checks import InputError, counted
from keras_gan.data.split_slices import shared_rows, split_name
from keras_gan.evaluation.reference_data import ReferenceData
from keras_gan.presets import Recipe

if TYPE_CHECKING:
    import tensorflow as tf


class RecipeData:
    """The data that a recipe names.

    Args:
        recipe: Names the source, the split, the size and the batches.
        data_dir: The folder of tensorflow-datasets; see `data.load`.

    Attributes:
        info: The number, shape and classes of the images in the source.
        batches: The dataset to train on.
        image_shape: The shape of one example in a batch.
        num_classes: The number of classes; None if the recipe does without labels.

    Raises:
        ValueError: If the source is wrong or does not fit the recipe.
    """

    def __init__(
        self, recipe: Recipe, data_dir: str | os.PathLike[str] | None = None
    ) -> None:
        self._recipe = recipe
        self._data_dir = data_dir
        self.info = data.info(recipe.data, split=recipe.split, data_dir=data_dir)
        self._check_held_out()
        self.batches = self._load()
        spec: Any = self.batches.element_spec
        self.image_shape = tuple((spec[0] if recipe.labels else spec).shape[1:])
        self.num_classes = self.info.num_classes if recipe.labels else None

    def _check_held_out(self) -> None:
        """Refuses a `test_split` with images that are trained on.

        The copy test would compare the samples with what the generator has seen.
        """
        recipe = self._recipe
        if recipe.test_split is None:
            return
        whole = split_name(recipe.split)
        count = data.info(recipe.data, split=whole, data_dir=self._data_dir)
        try:
            shared = shared_rows(recipe.split, recipe.test_split, count.num_examples)
        except InputError:  # tensorflow-datasets alone reads this expression
            return
        if shared:
            raise InputError(
                f"`test_split` {recipe.test_split!r} has {counted(shared, 'image')} of "
                "`split` "
                f"{recipe.split!r}, which are trained on; give parts without common "
                "images, such as 'train[~::10]' and 'train[::10]'."
            )

    @property
    def steps_per_epoch(self) -> int:
        """The number of batches in an epoch."""
        return int(self.batches.cardinality())

    def mean_image(self) -> np.ndarray:
        """Returns the mean of the training images, `(H, W, C)` in the value range."""
        batches = self._load(
            labels=False, shuffle=False, mirror=False, passes=1, drop_remainder=False
        )
        total, count = 0.0, 0
        for images in batches.as_numpy_iterator():
            total = total + np.sum(images, axis=0, dtype=np.float64)
            count += len(images)
        return np.asarray(total / count)

    def reference(self) -> ReferenceData:
        """Returns the same data for comparison with samples."""
        recipe = self._recipe
        return ReferenceData(
            recipe.data,
            recipe.split,
            image_shape=self.image_shape,
            value_range=recipe.value_range,
            data_dir=self._data_dir,
            source_range=recipe.source_range,
            resize=recipe.resize,
            test_split=recipe.test_split,
        )

    def _load(self, **changes: Any) -> tf.data.Dataset:
        """Loads batches as the recipe says; `changes` are arguments of `data.load`."""
        recipe = self._recipe
        arguments = {
            "split": recipe.split,
            "batch_size": recipe.batch_size,
            "image_size": recipe.image_size,
            "resize": recipe.resize,
            "channels": recipe.channels,
            "mirror": recipe.mirror,
            "passes": recipe.passes_per_epoch,
            "labels": recipe.labels,
            "value_range": recipe.value_range,
            "source_range": recipe.source_range,
            "seed": recipe.seed,
            "data_dir": self._data_dir,
        }
        return data.load(recipe.data, **(arguments | changes))
