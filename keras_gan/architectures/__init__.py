"""Builds pairs of a generator and a discriminator by the name of their architecture."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from typing import Any

import keras
import tensorflow as tf

from keras_gan._checks import (
    InputError,
    check_at_most,
    check_choice,
    check_image_shape,
    check_positive_int,
    check_positive_ints,
    check_value_range,
)
from keras_gan._limits import LIMITS
from keras_gan.architectures._image_size import count_doublings as count_doublings
from keras_gan.architectures._image_size import is_doubled as is_doubled
from keras_gan.architectures.dcgan import dcgan as dcgan
from keras_gan.architectures.goodfellow_conv import goodfellow_conv as goodfellow_conv
from keras_gan.architectures.goodfellow_mlp import goodfellow_mlp as goodfellow_mlp
from keras_gan.architectures.lean_dcgan import lean_dcgan as lean_dcgan
from keras_gan.architectures.lecture_mlp import lecture_mlp as lecture_mlp
from keras_gan.architectures.mlp import mlp as mlp
from keras_gan.architectures.networks import Networks as Networks
from keras_gan.architectures.r3gan import r3gan as r3gan
from keras_gan.architectures.sagan import sagan as sagan
from keras_gan.architectures.sngan_resnet import sngan_resnet as sngan_resnet

_ARCHITECTURES: dict[str, Callable[..., tuple[keras.Model, keras.Model]]] = {
    "dcgan": dcgan,
    "goodfellow_conv": goodfellow_conv,
    "goodfellow_mlp": goodfellow_mlp,
    "lean_dcgan": lean_dcgan,
    "lecture_mlp": lecture_mlp,
    "mlp": mlp,
    "r3gan": r3gan,
    "sagan": sagan,
    "sngan_resnet": sngan_resnet,
}
# Architectures for examples of any shape, with or without a value range.
_FREE_OF_SHAPE = {"mlp"}


def names() -> tuple[str, ...]:
    """Returns the names that `build` knows.

    Example:
        >>> "dcgan" in keras_gan.architectures.names()
        True
    """
    return tuple(_ARCHITECTURES)


def options_of(name: str) -> tuple[str, ...]:
    """Returns the names of the options that an architecture takes.

    Args:
        name: One of `names()`.

    Raises:
        ValueError: If the name is unknown.

    Example:
        >>> keras_gan.architectures.options_of("sagan")
        ('generator_filters', 'discriminator_filters')
    """
    check_choice("architecture", name, _ARCHITECTURES)
    parameters = inspect.signature(_ARCHITECTURES[name]).parameters.values()
    return tuple(p.name for p in parameters if p.kind is p.KEYWORD_ONLY)


def build(
    name: str,
    *,
    image_shape: tuple[int, ...],
    latent_dim: int = 100,
    num_classes: int | None = None,
    value_range: tuple[float, float] | None = (-1.0, 1.0),
    **options: Any,
) -> tuple[keras.Model, keras.Model]:
    """Builds a generator and a discriminator that fit each other.

    Args:
        name: One of `names()`.
        image_shape: (height, width, channels); with "mlp" any shape, such as (2,).
        latent_dim: The numbers of a latent, at least 1.
        num_classes: The number of classes of a conditional pair; None without labels.
        value_range: (low, high) of the images; a symmetric one ends the generator
            with tanh, any other with a sigmoid, and None, which only "mlp" takes,
            linearly.
        **options: The architecture's own, see `options_of(name)`.

    Returns:
        The generator, latents `(B, latent_dim)` [and int32 labels `(B,)`] to images
        `(B, *image_shape)` in `value_range`, and the discriminator, images [and labels]
        to logits `(B, 1)`.

    Raises:
        ValueError: If the architecture or an option is unknown, the architecture cannot
            serve the arguments, or the networks do not fit in memory.

    Example:
        >>> generator, discriminator = keras_gan.architectures.build(
        ...     "dcgan", image_shape=(28, 28, 1), num_classes=10)
        >>> generator, discriminator = keras_gan.architectures.build(
        ...     "mlp", image_shape=(2,), latent_dim=2, value_range=None)
    """
    known = options_of(name)
    for option in options:
        check_choice(f"option of '{name}'", option, known)
    if name in _FREE_OF_SHAPE:
        example = "(2,) or (28, 28, 1)"
        shape = check_positive_ints("image_shape", image_shape, example=example)
    else:
        shape = check_image_shape(image_shape)
        value_range = check_value_range(value_range)
    latent_dim = check_positive_int("latent_dim", latent_dim)
    if num_classes is not None:
        num_classes = check_positive_int("num_classes", num_classes)
    for argument, value, most, what in (
        ("image_shape", math.prod(shape), LIMITS.pixels, "numbers of one image"),
        ("latent_dim", latent_dim, LIMITS.latent_dim, "numbers of a latent"),
        ("num_classes", num_classes or 0, LIMITS.classes, "classes of a GAN"),
    ):
        check_at_most(argument, value, most, what, "make it smaller")
    networks = Networks(
        image_shape=shape,
        latent_dim=latent_dim,
        num_classes=num_classes,
        value_range=None if value_range is None else check_value_range(value_range),
    )
    try:
        return _ARCHITECTURES[name](networks, **options)
    except (MemoryError, tf.errors.ResourceExhaustedError) as error:
        raise InputError(
            f"The networks of {name!r} do not fit in memory: give a smaller "
            f"`image_shape`, `latent_dim` or smaller options ({', '.join(known)})."
        ) from error
