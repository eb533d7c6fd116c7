"""Draws images with an exported SavedModel."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from keras_gan import priors
from keras_gan._checks import InputError, one_line
from keras_gan._process import import_tensorflow
from keras_gan.export.verification import unchanged
from keras_gan.priors.sample_arguments import check_latents, resolve_request
from keras_gan.safety.saved_model import examine_saved_model

_SIGNATURE = "serving_default"


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
        self._loaded = _load(folder)

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
        z = self.prior.latents(resolved, self.latent_dim, truncation=truncation)
        return self.generate(z, drawn)

    def generate(
        self, z: np.ndarray, labels: Any = None, *, batch_size: int = 256
    ) -> np.ndarray:
        """Returns the images of latents; see `GAN.generate`."""
        import tensorflow as tf

        z, labels = check_latents(z, labels, self.latent_dim, self.num_classes)
        serve = self._loaded.signatures[_SIGNATURE]
        images = []
        for start in range(0, len(z), batch_size):
            part = slice(start, start + batch_size)
            inputs = {"z": tf.constant(z[part])}
            if labels is not None:
                inputs["label"] = tf.constant(labels[part])
            images.append(serve(**inputs)["image"].numpy())
        return np.concatenate(images)


def _load(folder: Path) -> Any:
    """Examines and loads a SavedModel."""
    examine_saved_model(folder).check()
    import_tensorflow()
    import tensorflow as tf

    try:
        loaded = tf.saved_model.load(str(folder))
        loaded.signatures[_SIGNATURE]  # raises where it is missing
    except Exception as error:  # TensorFlow raises many kinds for a damaged file
        raise InputError(
            f"'{folder}': TensorFlow cannot load it ({one_line(error)})."
        ) from error
    return loaded
