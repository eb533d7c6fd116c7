"""The samples that show how a generator changes: the same latents every time."""

from __future__ import annotations

import math

import numpy as np

from keras_gan import priors
from keras_gan.training import GAN


def fixed_samples(gan: GAN, n: int, seed: int) -> tuple[np.ndarray, int | None]:
    """Draws the samples of the same n seeds, of a conditional GAN in turns by class.

    Returns:
        `(n, ...)` images, and how many to draw in a row, so that each column is one
        class; None where there are no classes.
    """
    labels = columns = None
    if gan.num_classes is not None:
        labels = np.arange(n) % gan.num_classes
        # As many columns as make a square, in whole turns through the classes.
        turns = round(math.sqrt(n) / gan.num_classes)
        columns = gan.num_classes * max(1, turns)
    return gan.sample(seeds=priors.spawn_seeds(seed, n), labels=labels), columns
