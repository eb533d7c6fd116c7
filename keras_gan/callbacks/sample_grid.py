"""The picture by which one watches a GAN train."""

from __future__ import annotations

import os

from keras_gan import plotting
from keras_gan._checks import check_positive_int
from keras_gan.callbacks._base import PictureCallback, value_range_of
from keras_gan.callbacks._samples import fixed_samples
from keras_gan.training import GAN


class SampleGrid(PictureCallback):
    """Writes the samples of the same seeds at the end of each epoch.

    Files are named `epoch_0001.png`, `epoch_0002.png`, … The latents never change, so
    that what changes between the pictures is the generator. Of a conditional GAN each
    column is one class.

    Args:
        directory: The folder, made where it is missing.
        n: How many images.
        seed: Stands for the n seeds, as in `GAN.sample`.
        every: Epochs between two pictures.

    Raises:
        ValueError: If an argument cannot be used, or `fit` trains something that is
            not a GAN of images.

    Example:
        >>> gan.fit(train, epochs=3,
        ...         callbacks=[keras_gan.callbacks.SampleGrid("run/samples")])
    """

    def __init__(
        self,
        directory: str | os.PathLike[str],
        *,
        n: int = 64,
        seed: int = 0,
        every: int = 1,
    ) -> None:
        super().__init__(directory, every)
        self.n = check_positive_int("n", n)
        self.seed = seed

    def write(self, gan: GAN, path: str | os.PathLike[str]) -> None:
        """Writes the samples of `gan` as it is now."""
        images, columns = fixed_samples(gan, self.n, self.seed)
        plotting.save_image_grid(
            path,
            images,
            value_range=value_range_of(gan),
            columns=columns,
            scale=None,
        )
