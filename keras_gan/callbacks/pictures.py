"""Draws a picture after each epoch: samples, interpolations, or points in the plane."""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from keras_gan import plotting, priors
from keras_gan._checks import InputError, check_positive_int
from keras_gan.callbacks._gan_callback import GANCallback
from keras_gan.plotting.picture import picture_range
from keras_gan.plotting.points import check_axes
from keras_gan.training import GAN


class PictureCallback(GANCallback):
    """A callback that writes one picture into a folder at the end of an epoch."""

    def __init__(self, directory: str | os.PathLike[str], every: int) -> None:
        super().__init__()
        self.directory = Path(directory)
        self.every = check_positive_int("every", every)

    def set_model(self, model: Any) -> None:
        """Takes a GAN whose samples can be drawn."""
        super().set_model(model)
        self.check_drawable(self.gan)

    def check_drawable(self, gan: GAN) -> None:
        """Refuses a GAN whose samples cannot be drawn.

        Args:
            gan: The GAN.

        Raises:
            ValueError: If it makes no images.
        """
        picture_range(gan.image_shape, gan.value_range)

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Writes `epoch_0001.png` after the first epoch, and so on."""
        if self.writes_files and (epoch + 1) % self.every == 0:
            self.write(self.gan, self.directory / f"epoch_{epoch + 1:04d}.png")

    def write(self, gan: GAN, path: str | os.PathLike[str]) -> None:
        """Writes a picture of the GAN in its present state.

        Args:
            gan: The GAN.
            path: The PNG file; replaced whole or not at all.
        """
        raise NotImplementedError


class SampleGrid(PictureCallback):
    """Writes the samples of the same seeds at the end of each epoch.

    Files are named `epoch_0001.png`, `epoch_0002.png`, … The latents never change, so a
    change between two pictures is one of the generator. The grid of a conditional GAN
    has one class in each column.

    Args:
        directory: The folder, made where it is missing.
        n: The number of images.
        seed: Stands for the n seeds, as in `GAN.sample`.
        every: Epochs between two pictures.

    Raises:
        ValueError: If `n` or `every` is no positive integer, or `fit` trains something
            that is not a GAN of images.

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
        """Writes samples of the GAN in its present state.

        Args:
            gan: The GAN.
            path: The PNG file; replaced whole or not at all.

        Raises:
            ValueError: If the GAN makes no images.
        """
        plotting.save_picture(path, gan.show(self.n, seed=self.seed))


class Interpolation(PictureCallback):
    """Writes images between pairs of samples at the end of each epoch.

    Each row of `epoch_0001.png`, … goes from the sample of one seed to that of another.
    A generator that has learnt the data, and not memorized it, changes one plausible
    image into the next. Each row of a conditional GAN keeps one class.

    Args:
        directory: The folder, made where it is missing.
        seeds: (from, to) pairs of seeds, one per row; None draws 8 pairs from `seed`.
        seed: Stands for the pairs if `seeds` is None.
        steps: Images in a row, at least 2, both ends included.
        kind: "linear" or "spherical", see `plotting.interpolate`.
        every: Epochs between two pictures.

    Raises:
        ValueError: If `seeds` are no pairs, a number is out of its range, `kind` is
            unknown, or `fit` trains something that is not a GAN of images.

    Example:
        >>> strip = keras_gan.callbacks.Interpolation("run/between", seeds=[(1, 5)])
        >>> gan.fit(train, epochs=3, callbacks=[strip])

    Source: Goodfellow et al. 2014, figure 3.
    """

    def __init__(
        self,
        directory: str | os.PathLike[str],
        *,
        seeds: Sequence[tuple[int, int]] | None = None,
        seed: int = 0,
        steps: int = 10,
        kind: str = "linear",
        every: int = 1,
    ) -> None:
        super().__init__(directory, every)
        self.seeds = _check_pairs(seeds, seed)
        self.seed = seed
        self.steps = check_positive_int("steps", steps, minimum=2)
        self.kind = kind
        plotting.interpolate([0.0], [1.0], self.steps, kind)  # refuses an unknown kind

    def write(self, gan: GAN, path: str | os.PathLike[str]) -> None:
        """Writes interpolations of the GAN in its present state.

        Args:
            gan: The GAN.
            path: The PNG file; replaced whole or not at all.

        Raises:
            ValueError: If the GAN makes no images.
        """
        start, end = (gan.latents(self.seeds[:, side]) for side in (0, 1))
        z = plotting.interpolate(start, end, self.steps, self.kind)
        labels = None
        if gan.num_classes is not None:
            labels = np.repeat(np.arange(len(z)) % gan.num_classes, self.steps)
        plotting.save_image_grid(
            path,
            gan.generate(z.reshape(-1, gan.latent_dim), labels),
            value_range=picture_range(gan.image_shape, gan.value_range),
            columns=self.steps,
        )


class PointCloud(PictureCallback):
    """Draws the samples of the same seeds in the plane at the end of each epoch.

    Files are named `epoch_0001.png`, … and show the same part of the plane, so that
    `plotting.save_animation` can make a film of them.

    Args:
        directory: The folder, made where it is missing.
        reference: `(M, F)` points of the data, drawn behind the samples; None draws
            none.
        n: The number of samples.
        seed: Stands for the n seeds, as in `GAN.sample`.
        axes: The two numbers of an example that are drawn.
        every: Epochs between two pictures.

    Raises:
        ValueError: If `n` or `every` is no positive integer, or in `fit` an example has
            no such numbers.

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
        """Refuses a GAN whose samples cannot be drawn.

        Args:
            gan: The GAN.

        Raises:
            ValueError: If `axes` names no two numbers of an example.
        """
        check_axes(self.axes, math.prod(gan.image_shape))

    def write(self, gan: GAN, path: str | os.PathLike[str]) -> None:
        """Draws samples of the GAN in its present state.

        Args:
            gan: The GAN.
            path: The PNG file; replaced whole or not at all.

        Raises:
            ValueError: If `axes` names no two numbers of an example.
        """
        samples = gan.sample(self.n, seed=self.seed, labels=_turns(gan, self.n))
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


def _turns(gan: GAN, n: int) -> np.ndarray | None:
    """Returns labels that take turns through the classes, if there are any."""
    return plotting.class_turns(n, gan.num_classes)[0] if gan.num_classes else None


def _check_pairs(seeds: Sequence[tuple[int, int]] | None, seed: int) -> np.ndarray:
    """Returns `(rows, 2)` seeds."""
    if seeds is None:
        return priors.spawn_seeds(seed, 16).reshape(8, 2)
    pairs = np.asarray(seeds)
    if pairs.ndim != 2 or pairs.shape[1] != 2:
        raise InputError(
            "`seeds` must be (from, to) pairs, such as [(1, 5), (7, 1)]; got "
            f"{seeds!r}."
        )
    return priors.check_seeds(pairs.ravel()).reshape(-1, 2)
