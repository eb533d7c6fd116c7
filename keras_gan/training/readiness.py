"""Refuses to train or evaluate a GAN that would give a wrong result."""

from __future__ import annotations

from typing import Any

from keras_gan._checks import InputError
from keras_gan.distribution.scope import check_current_strategy
from keras_gan.training.network_ends import check_images, check_logits
from keras_gan.training.optimizers.two_optimizers import check_variables
from keras_gan.training.random_operations import check_random_numbers


def check_ready(gan: Any, method: str) -> None:
    """Refuses a GAN without optimizers, in another scope, or with wrong networks.

    Args:
        gan: The GAN.
        method: The method that is called.

    Raises:
        ValueError: If `method` would fail, or silently give a wrong result.
    """
    if not gan.compiled:
        raise InputError(f"Call `compile` with two optimizers before `{method}`.")
    check_current_strategy(gan.generator.variables, method)
    for name in ("generator", "discriminator"):
        optimizer = getattr(gan, f"{name}_optimizer")
        check_variables(name, getattr(gan, name), optimizer)
    check_random_numbers(gan.generator, gan.discriminator, gan.interface)
    check_logits(gan)
    check_images(gan)
