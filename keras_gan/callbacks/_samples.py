"""The samples that show how a generator changes: the same latents every time."""

from __future__ import annotations

import numpy as np

from keras_gan import plotting, priors
from keras_gan.training import GAN


def fixed_samples(gan: GAN, n: int, seed: int) -> tuple[np.ndarray, int | None]:
    """Draws the samples of the same n seeds, of a conditional GAN in turns by class.

    Returns:
        `(n, ...)` images, and how many to draw in a row, so that each column is one
        class; None where there are no classes.
    """
    labels = columns = None
    if gan.num_classes is not None:
        labels, columns = plotting.class_turns(n, gan.num_classes)
    return gan.sample(seeds=priors.spawn_seeds(seed, n), labels=labels), columns
