"""Draws images with an exported SavedModel."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from keras_gan import priors
from keras_gan._process import import_tensorflow
from keras_gan.export.arrays import batches_of
from keras_gan.export.verification import unchanged
from keras_gan.priors.sample_arguments import (
    check_drawing,
    check_latents,
    resolve_request,
)


class SavedModelGenerator:
    """A generator that runs through the `serving_default` signature of a SavedModel.

    Args:
        folder: The version folder, with its manifest.

    Raises:
        ValueError: If a file is missing, changed or not safe to load.
    """

    def __init__(self, folder: Path) -> None:
        _, recorded, _ = unchanged(folder)
        spec = recorded.generator
        self.latent_dim = spec.latent_dim
        self.image_shape = spec.image_shape
        self.num_classes = spec.num_classes
        self.value_range = spec.value_range
        self.prior = priors.get(spec.prior)
        import_tensorflow()
        from keras_gan.export.parity.saved_model_reader import LoadedSavedModel

        self._model = LoadedSavedModel(folder)

    def sample(
        self,
        n: int | None = None,
        *,
        seed: int | None = None,
        seeds: priors.Seeds | None = None,
        labels: Any = None,
        truncation: float | None = None,
    ) -> np.ndarray:
        """Draws images; see `GAN.sample`."""
        resolved, drawn = resolve_request(n, seed, seeds, labels, self.num_classes)
        check_drawing(self, len(resolved))
        z = self.prior.latents(resolved, self.latent_dim, truncation=truncation)
        return self.generate(z, drawn)

    def generate(
        self, z: np.ndarray, labels: Any = None, *, batch_size: int = 256
    ) -> np.ndarray:
        """Returns the images of latents; see `GAN.generate`."""
        z, labels = check_latents(z, labels, self.latent_dim, self.num_classes)
        inputs = {"z": z} if labels is None else {"z": z, "label": labels}
        return np.concatenate(
            [
                self._model.run("serving_default", part)["image"]
                for part in batches_of(inputs, batch_size)
            ]
        )
