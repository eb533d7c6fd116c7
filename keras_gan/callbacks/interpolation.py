"""The generator along straight and round ways through the latent space."""

from __future__ import annotations

import os
from collections.abc import Sequence

import numpy as np

from keras_gan import plotting, priors
from keras_gan._checks import InputError, check_positive_int
from keras_gan.callbacks._base import PictureCallback, value_range_of
from keras_gan.training import GAN


class Interpolation(PictureCallback):
    """Writes what lies between pairs of samples at the end of each epoch.

    Each row of `epoch_0001.png`, … goes from the sample of one seed to that of
    another. A generator that has learnt the data, not learnt it by heart, changes one
    plausible image into the next. Of a conditional GAN each row keeps one class.

    Args:
        directory: The folder, made where it is missing.
        seeds: (from, to) pairs of seeds, one per row; None draws 8 pairs from `seed`.
        seed: Stands for the pairs where `seeds` is None.
        steps: Images in a row, both ends included.
        kind: "linear" or "spherical", see `plotting.interpolate`.
        every: Epochs between two pictures.

    Raises:
        ValueError: If an argument cannot be used, or `fit` trains something that is
            not a GAN of images.

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
        """Writes the rows of `gan` as it is now."""
        start, end = (gan.latents(self.seeds[:, side]) for side in (0, 1))
        z = plotting.interpolate(start, end, self.steps, self.kind)
        labels = None
        if gan.num_classes is not None:
            labels = np.repeat(np.arange(len(z)) % gan.num_classes, self.steps)
        plotting.save_image_grid(
            path,
            gan.generate(z.reshape(-1, gan.latent_dim), labels),
            value_range=value_range_of(gan),
            columns=self.steps,
            scale=None,
        )


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
