"""Chooses the seeds, labels and truncation factors at which artifacts are compared."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from keras_gan import priors
from keras_gan.export.generator_spec import GeneratorSpec

BATCH_SIZES = (1, 7, 64)


@dataclass(frozen=True)
class Requests:
    """The seeds, labels and truncation factors of a batch of images.

    Attributes:
        seeds: `(B,)` int64.
        labels: `(B,)` int32, or None for an unconditional generator.
        truncation: `(B,)` float32.
    """

    seeds: np.ndarray
    labels: np.ndarray | None
    truncation: np.ndarray

    def inputs(self, spec: GeneratorSpec) -> dict[str, np.ndarray]:
        """Returns the generator's inputs: `z` [, `label`]."""
        prior = priors.get(spec.prior)
        z = prior.latents(self.seeds, spec.latent_dim, truncation=self.truncation)
        return {"z": z} if self.labels is None else {"z": z, "label": self.labels}

    def picture_inputs(self) -> dict[str, np.ndarray]:
        """Returns the inputs of the signature `generate`."""
        label = {} if self.labels is None else {"label": self.labels}
        return {"seed": self.seeds, **label, "truncation": self.truncation}

    def first(self, count: int) -> Requests:
        """Returns the first `count` of the requests."""
        return self.between(0, count)

    def between(self, start: int, end: int) -> Requests:
        """Returns the requests from `start` up to `end`."""
        part = slice(start, end)
        labels = None if self.labels is None else self.labels[part]
        return Requests(self.seeds[part], labels, self.truncation[part])


def default_requests(
    num_classes: int | None, count: int = max(BATCH_SIZES)
) -> Requests:
    """Returns `count` requests that are the same for every export.

    Args:
        num_classes: The number of classes, which come in turn; None without classes.
        count: The number of requests; by default the largest of `BATCH_SIZES`.
    """
    order = np.arange(count)
    labels = None if num_classes is None else (order % num_classes).astype(np.int32)
    # Every third latent is truncated, by a factor that float32 holds exactly.
    truncation = np.where(order % 3 == 2, 0.75, 1.0).astype(np.float32)
    return Requests(priors.spawn_seeds(2014, count), labels, truncation)
