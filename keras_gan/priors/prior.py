"""Defines the priors p_z over the latent space: normal, uniform and on a sphere."""

from __future__ import annotations

import math
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np

from keras_gan._checks import InputError, check_choice
from keras_gan._typing import Tensor
from keras_gan.priors.philox import (
    LATENT,
    NUMPY,
    box_muller,
    keyed_uniforms,
    normals,
    tensorflow_operations,
    uniforms,
)
from keras_gan.priors.seeds import Seeds, check_seeds

# The numbers that are drawn at once: few enough to stay in a cache.
_NUMBERS = 1 << 13


class Prior:
    """A distribution p_z on latent vectors with zero mean and unit variance.

    Attributes:
        name: The name by which `priors.get` finds it.

    Example:
        >>> keras_gan.priors.get("normal").latents([3, 5], latent_dim=2).shape
        (2, 2)
    """

    name: str

    def latents(
        self,
        seeds: Seeds,
        latent_dim: int,
        *,
        truncation: float | Sequence[float] | np.ndarray | None = None,
    ) -> np.ndarray:
        """Returns the latent of each seed.

        Args:
            seeds: `(B,)` 64-bit integers.
            latent_dim: The numbers of a latent.
            truncation: Factor in (0, 1], or `(B,)` one per seed, that moves the latents
                towards the prior's mean; None and 1 leave them unchanged.

        Returns:
            `(B, latent_dim)` float32; row i depends on `seeds[i]` alone.

        Raises:
            ValueError: If the seeds are no integers, or a factor is not in (0, 1].
        """
        seeds = check_seeds(seeds)
        factors = None
        if truncation is not None:
            factors = check_truncation(truncation, len(seeds))[:, np.newaxis]
        z = np.empty((len(seeds), latent_dim), np.float32)
        rows = max(1, _NUMBERS // latent_dim)
        for start in range(0, len(seeds), rows):
            part = slice(start, start + rows)
            drawn = self._latents(seeds[part], latent_dim, NUMPY)
            z[part] = drawn if factors is None else drawn * factors[part]
        return z

    def latents_tf(
        self, seeds: Tensor, latent_dim: int, *, truncation: Tensor | None = None
    ) -> Tensor:
        """Returns the latents as TensorFlow computes them, also inside a graph.

        Args:
            seeds: `(B,)` int64 tensor.
            latent_dim: The numbers of a latent.
            truncation: `(B,)` float32 tensor of factors in (0, 1], or None.

        Returns:
            `(B, latent_dim)` float32 tensor, equal to `latents` within 1e-6.
        """
        import tensorflow as tf

        z = self._latents(seeds, latent_dim, tensorflow_operations())
        if truncation is not None:
            z *= tf.cast(truncation, tf.float64)[:, tf.newaxis]
        return tf.cast(z, tf.float32)

    def latents_in(self, xp: SimpleNamespace, seeds: Any, latent_dim: int) -> Any:
        """Returns float64 latents computed by the array operations `xp`, not truncated.

        Args:
            xp: The operations of `keras_gan.priors.philox.NUMPY`, for any kind of
                arrays.
            seeds: `(B,)` 64-bit integers of that kind.
            latent_dim: The numbers of a latent.

        Returns:
            `(B, latent_dim)` numbers of that kind.
        """
        return self._latents(seeds, latent_dim, xp)

    def noise(self, batch_size: int | Tensor, latent_dim: int, seed: Tensor) -> Tensor:
        """Returns a training minibatch of latents, a pure function of `seed`.

        Row i is the same for every `batch_size` > i, so the noise of an example depends
        on its place in the batch, and not on the rest of the batch.

        Args:
            batch_size: The number of rows, an integer or an integer scalar.
            latent_dim: The numbers of a latent.
            seed: `(2,)` int64 tensor.

        Returns:
            `(batch_size, latent_dim)` float32 tensor.
        """
        raise NotImplementedError

    def _latents(self, seeds: Any, latent_dim: int, xp: SimpleNamespace) -> Any:
        raise NotImplementedError


class Normal(Prior):
    """The normal distribution N(0, I), drawn by the Box-Muller transform.

    Example:
        >>> z = keras_gan.priors.get("normal").latents(range(1000), latent_dim=100)
        >>> round(float(z.std()), 2)
        1.0

    Source: Box and Muller, "A note on the generation of random normal deviates", 1958.
    """

    name = "normal"

    def noise(self, batch_size: int | Tensor, latent_dim: int, seed: Tensor) -> Tensor:
        """See `Prior.noise`."""
        import tensorflow as tf

        return tf.cast(_keyed_normals(batch_size, latent_dim, seed), tf.float32)

    def _latents(self, seeds: Any, latent_dim: int, xp: SimpleNamespace) -> Any:
        return normals(seeds, latent_dim, LATENT, xp)


class Uniform(Prior):
    """U[−√3, √3] in each coordinate: unit variance (the 2014 authors' choice).

    Example:
        >>> z = keras_gan.priors.get("uniform").latents([3, 5], latent_dim=100)
        >>> bool((np.abs(z) <= 3**0.5).all())
        True
    """

    name = "uniform"

    def noise(self, batch_size: int | Tensor, latent_dim: int, seed: Tensor) -> Tensor:
        """See `Prior.noise`."""
        import tensorflow as tf

        u = keyed_uniforms(batch_size, latent_dim, seed)
        return tf.cast(math.sqrt(3.0) * (2.0 * u - 1.0), tf.float32)

    def _latents(self, seeds: Any, latent_dim: int, xp: SimpleNamespace) -> Any:
        return math.sqrt(3.0) * (2.0 * uniforms(seeds, latent_dim, LATENT, xp) - 1.0)


class Sphere(Prior):
    """Uniform on the sphere of radius √latent_dim: unit variance in each coordinate.

    Example:
        >>> z = keras_gan.priors.get("sphere").latents([3, 5], latent_dim=100)
        >>> np.linalg.norm(z, axis=1).round(4)
        array([10., 10.], dtype=float32)
    """

    name = "sphere"

    def noise(self, batch_size: int | Tensor, latent_dim: int, seed: Tensor) -> Tensor:
        """See `Prior.noise`."""
        import tensorflow as tf

        z = _keyed_normals(batch_size, latent_dim, seed)
        norm = tf.sqrt(tf.reduce_sum(z * z, axis=-1, keepdims=True))
        return tf.cast(math.sqrt(latent_dim) * z / norm, tf.float32)

    def _latents(self, seeds: Any, latent_dim: int, xp: SimpleNamespace) -> Any:
        z = normals(seeds, latent_dim, LATENT, xp)
        norm = xp.sqrt(xp.sum(z * z, axis=-1, keepdims=True))
        return math.sqrt(latent_dim) * z / norm


_PRIORS: dict[str, Prior] = {
    prior.name: prior for prior in (Normal(), Uniform(), Sphere())
}


def names() -> tuple[str, ...]:
    """Returns the names that `get` knows.

    Example:
        >>> keras_gan.priors.names()
        ('normal', 'uniform', 'sphere')
    """
    return tuple(_PRIORS)


def get(prior: str | Prior) -> Prior:
    """Returns the prior of that name: "normal", "uniform" or "sphere".

    Args:
        prior: A name, or a `Prior`, which is returned unchanged.

    Raises:
        ValueError: If there is no prior of that name.

    Example:
        >>> keras_gan.priors.get("uniform").name
        'uniform'
    """
    if isinstance(prior, Prior):
        return prior
    return _PRIORS[check_choice("prior", prior, _PRIORS)]


def check_truncation(truncation: object, count: int = 1) -> np.ndarray:
    """Returns `(count,)` factors as float64.

    Args:
        truncation: One number for all, or `(count,)` numbers.
        count: The number of factors.

    Raises:
        ValueError: If the shape differs, or a factor is not in (0, 1].

    Example:
        >>> check_truncation(0.5, count=2)
        array([0.5, 0.5])
    """
    factors = np.asarray(truncation, np.float64)
    if factors.shape not in ((), (count,)):
        raise InputError(
            f"`truncation` must be one number or one per seed ({count}); got shape "
            f"{factors.shape}."
        )
    if not np.all((factors > 0) & (factors <= 1)):
        raise InputError(f"`truncation` must be in (0, 1]; got {truncation!r}.")
    return np.broadcast_to(factors, (count,))


def _keyed_normals(rows: int | Tensor, columns: int, key: Tensor) -> Tensor:
    """Returns `(rows, columns)` float64 normals, a function of the key and the row."""
    u = keyed_uniforms(rows, columns + columns % 2, key)
    return box_muller(u, tensorflow_operations())[:, :columns]
