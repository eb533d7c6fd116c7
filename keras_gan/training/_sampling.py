"""From latents to images, through a cached `tf.function`."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import tensorflow as tf

from keras_gan import priors
from keras_gan._checks import check_positive_int
from keras_gan._typing import Tensor
from keras_gan.priors.sample_arguments import check_latents, resolve_request
from keras_gan.training._networks import join


class Sampler:
    """Runs a generator on NumPy latents in chunks.

    `predict` sets up a data pipeline at each call, which takes longer than most
    generators do; a function with an open batch dimension is traced once.
    """

    def __init__(self, network: keras.Model) -> None:
        self.network = network
        self._run: Any = None

    def __call__(
        self, z: np.ndarray, labels: np.ndarray | None, batch_size: int
    ) -> np.ndarray:
        """Returns float32 images of the latents `(B, latent_dim)`."""
        batch_size = check_positive_int("batch_size", batch_size)
        inputs = [z] if labels is None else [z, labels]
        # As NumPy arrays are cut, and one is called without looking for its trace, a
        # twentieth of the time of a small generator is saved each.
        run = self._run or self._trace(inputs)
        chunks = [
            run(*(tf.constant(part[start : start + batch_size]) for part in inputs))
            for start in range(0, len(z), batch_size)
        ]
        images = [chunk.numpy() for chunk in chunks]
        return images[0] if len(images) == 1 else np.concatenate(images)

    def _trace(self, inputs: list[np.ndarray]) -> Any:
        """Makes the function, of any number of rows."""

        @tf.function
        def run(*parts: Tensor) -> Tensor:
            images = self.network(join(list(parts)), training=False)
            return tf.cast(images, tf.float32)

        self._run = run.get_concrete_function(
            *(tf.TensorSpec((None, *part.shape[1:]), part.dtype) for part in inputs)
        )
        return self._run


class Sampling:
    """The ways to draw from a GAN, whose attributes they use."""

    generator: keras.Model
    sampler: Any
    prior: priors.Prior
    latent_dim: int
    num_classes: int | None
    _samplers: dict[bool, Sampler]

    def latents(
        self, seeds: priors.Seeds, truncation: float | np.ndarray | None = None
    ) -> np.ndarray:
        """Returns the latent of each seed, `(B, latent_dim)` float32."""
        return self.prior.latents(seeds, self.latent_dim, truncation=truncation)

    def sample(
        self,
        n: int | None = None,
        *,
        seed: int | None = None,
        seeds: priors.Seeds | None = None,
        labels: Any = None,
        truncation: float | None = None,
        batch_size: int = 256,
        ema: bool = True,
    ) -> np.ndarray:
        """Draws images; the same seed is the same image in any batch.

        Args:
            n: How many images; one, if neither `seeds` nor `labels` tell.
            seed: One seed for all of them; None draws a fresh one.
            seeds: One seed per image, instead of `n` and `seed`.
            labels: The class of all, or of each; None lets the seeds draw it.
            truncation: Factor in (0, 1] on the latents: more typical, less varied.
            batch_size: How many are computed at once.
            ema: Whether to use the moving average of the generator, where there is one.

        Returns:
            `(n, ...)` float32 images in `value_range`.

        Raises:
            ValueError: If the arguments contradict each other, or a label is no class.

        Example:
            >>> gan.sample(seeds=[3, 5, 8]).shape
            (3, 28, 28, 1)
        """
        seeds, label = resolve_request(n, seed, seeds, labels, self.num_classes)
        z = self.latents(seeds, truncation)
        return self._sampler(ema)(z, label, batch_size)

    def generate(
        self,
        z: np.ndarray,
        labels: Any = None,
        *,
        batch_size: int = 256,
        ema: bool = True,
    ) -> np.ndarray:
        """Returns the images of given latents.

        Args:
            z: `(B, latent_dim)` latents.
            labels: The class of all, or of each; needed by a conditional GAN.
            batch_size: How many are computed at once.
            ema: Whether to use the moving average of the generator, where there is one.

        Returns:
            `(B, ...)` float32 images in `value_range`.

        Raises:
            ValueError: If the latents have another shape, or the labels do not fit.
        """
        z, labels = check_latents(z, labels, self.latent_dim, self.num_classes)
        return self._sampler(ema)(z, labels, batch_size)

    def _sampler(self, ema: bool) -> Sampler:
        network = self.sampler if ema else self.generator
        if ema not in self._samplers or self._samplers[ema].network is not network:
            self._samplers[ema] = Sampler(network)
        return self._samplers[ema]
