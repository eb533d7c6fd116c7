"""The samples of a GAN of points, drawn in the plane."""

from __future__ import annotations

import math
import os

import numpy as np
import numpy.typing as npt

from keras_gan import plotting
from keras_gan._checks import check_positive_int
from keras_gan.callbacks._base import PictureCallback
from keras_gan.callbacks._samples import fixed_samples
from keras_gan.plotting.points import check_axes
from keras_gan.training import GAN


class PointCloud(PictureCallback):
    """Draws the samples of the same seeds in the plane at the end of each epoch.

    Files are named `epoch_0001.png`, … and show the same part of the plane, so that
    `plotting.save_animation` makes a film of them.

    Args:
        directory: The folder, made where it is missing.
        reference: `(M, F)` points of the data, drawn behind the samples; None draws
            none.
        n: How many samples.
        seed: Stands for the n seeds, as in `GAN.sample`.
        axes: Which two of the numbers of an example are drawn.
        every: Epochs between two pictures.

    Raises:
        ValueError: If an argument cannot be used, or an example has no such numbers.

    Example:
        >>> points, _ = keras_gan.data.mixture("ring").draw(2500, seed=0)
        >>> gan.fit(train, epochs=9,
        ...         callbacks=[keras_gan.callbacks.PointCloud("run/samples", points)])
    """

    def __init__(
        self,
        directory: str | os.PathLike[str],
        reference: npt.ArrayLike | None = None,
        *,
        n: int = 2500,
        seed: int = 0,
        axes: tuple[int, int] = (0, 1),
        every: int = 1,
    ) -> None:
        super().__init__(directory, every)
        self.reference = reference
        self.n = check_positive_int("n", n)
        self.seed = seed
        self.axes = axes

    def check_drawable(self, gan: GAN) -> None:
        """Raises `InputError` if an example has no two numbers of these names."""
        check_axes(self.axes, math.prod(gan.image_shape))

    def write(self, gan: GAN, path: str | os.PathLike[str]) -> None:
        """Draws the samples of `gan` as it is now."""
        samples, _ = fixed_samples(gan, self.n, self.seed)
        reference = self.reference
        if reference is not None:
            reference = np.reshape(reference, (len(np.asarray(reference)), -1))
        plotting.save_points(
            path,
            samples.reshape(len(samples), -1),
            reference=reference,
            axes=self.axes,
            title=f"step {int(gan.step)}",
        )
