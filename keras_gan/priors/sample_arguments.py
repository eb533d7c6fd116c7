"""Checks the arguments of `sample` and `generate`: seeds, labels and latents.

Training, export and serving share these checks. Imports NumPy alone.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from keras_gan import priors
from keras_gan._checks import InputError, check_memory, counted
from keras_gan._limits import LIMITS
from keras_gan.priors.generator_protocol import Generator


def resolve_request(
    n: int | None,
    seed: int | None,
    seeds: object | None,
    labels: Any,
    num_classes: int | None,
) -> tuple[np.ndarray, np.ndarray | None]:
    """Returns the seed and the label of each image of a call of `sample`.

    Args:
        n: The number of images; None for as many as `seeds` or `labels`, else one.
        seed: One seed for all images; None draws one from NumPy's global generator, so
            that `keras.utils.set_random_seed` makes it repeatable.
        seeds: One seed per image, instead of `n` and `seed`.
        labels: One class for all images, or one per image.
        num_classes: The number of classes; None for an unconditional generator.

    Returns:
        `(B,)` int64 seeds and `(B,)` int32 labels; None without classes.

    Raises:
        ValueError: If the arguments contradict each other, or a label is no class.
    """
    if seeds is not None:
        if seed is not None:
            raise InputError("Give either `seed` or `seeds`, not both.")
        resolved = priors.check_seeds(seeds)
        if n is not None and n != len(resolved):
            raise InputError(
                f"`n` is {n}, but `seeds` holds {counted(len(resolved), 'seed')}; "
                "leave `n` out."
            )
    else:
        if n is None:
            n = 1 if labels is None or np.ndim(labels) == 0 else len(np.asarray(labels))
        if seed is None:
            seed = int(np.random.randint(2**31))
        resolved = priors.spawn_seeds(seed, n)
    return resolved, resolve_labels(labels, resolved, num_classes)


def check_drawing(generator: Generator, count: int) -> None:
    """Raises `InputError` if so many images of a generator do not fit in memory."""
    shape = generator.image_shape
    # Images in float32, in parts and as a whole, and latents in float64.
    needed = 8 * count * (math.prod(shape) + generator.latent_dim)
    what = f"{counted(count, 'image')} of {shape}"
    check_memory(what, needed, LIMITS.memory_bytes, "draw fewer at once, with seeds")


def resolve_labels(
    labels: Any, seeds: np.ndarray, num_classes: int | None
) -> np.ndarray | None:
    """Returns `(B,)` int32 labels: the given ones, or else ones that the seeds draw."""
    if num_classes is None:
        if labels is not None:
            raise InputError(
                "`labels` were given, but the generator takes none; leave them out, "
                "or train with `num_classes`."
            )
        return None
    if labels is None:
        return priors.labels(seeds, num_classes)
    return check_labels(labels, len(seeds), num_classes)


def check_labels(labels: object, count: int, num_classes: int) -> np.ndarray:
    """Returns `labels` as `(count,)` int32; a single label stands for all."""
    try:
        array = np.asarray(labels)
    except ValueError:  # lists of several lengths
        array = np.asarray(None)
    if array.ndim == 0:
        array = np.repeat(array, count)
    if array.dtype.kind == "b" or (array.dtype.kind == "f" and _are_whole(array)):
        array = array.astype(np.int64)
    if array.dtype.kind not in "iu" or array.shape != (count,):
        raise InputError(
            f"`labels` must be {counted(count, 'integer')}, one per image, or a single "
            f"one; got {array.dtype} values of shape {array.shape}."
        )
    if array.min() < 0 or array.max() >= num_classes:
        raise InputError(
            f"`labels` must be in 0..{num_classes - 1}; got values from "
            f"{array.min()} to {array.max()}.{_from_one(array, num_classes)}"
        )
    return array.astype(np.int32)


def _from_one(labels: np.ndarray, num_classes: int) -> str:
    """Returns a remedy for labels that begin with 1; else nothing."""
    if labels.min() != 1 or labels.max() != num_classes:
        return ""
    return " They begin with 1: give `labels - 1`."


def _are_whole(array: np.ndarray) -> bool:
    """Returns whether all floats are whole numbers, as labels read from a table."""
    return bool(np.all(np.isfinite(array) & (array == np.round(array))))


def check_latents(
    z: Any, labels: Any, latent_dim: int, num_classes: int | None
) -> tuple[np.ndarray, np.ndarray | None]:
    """Returns the latents and the labels of a call of `generate`, as arrays.

    Args:
        z: `(B, latent_dim)` latents, at least one.
        labels: One class for all latents, or one per latent; None without classes.
        latent_dim: The size of a latent.
        num_classes: The number of classes; None for an unconditional generator.

    Returns:
        `(B, latent_dim)` float32 latents and `(B,)` int32 labels; None without classes.

    Raises:
        ValueError: If the latents have another shape, or the labels do not fit.
    """
    z = np.asarray(z, np.float32)
    if z.ndim != 2 or z.shape[1] != latent_dim or len(z) == 0:
        raise InputError(
            f"`z` must be at least one latent, (batch, {latent_dim}); got shape "
            f"{z.shape}."
        )
    if num_classes is not None and labels is None:
        raise InputError(
            f"`labels` are missing: the generator has {num_classes} classes."
        )
    return z, resolve_labels(labels, np.zeros(len(z), np.int64), num_classes)
