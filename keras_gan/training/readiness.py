"""Refuses to train or evaluate a GAN that would give a wrong result."""

from __future__ import annotations

from typing import Any

from keras_gan._checks import InputError
from keras_gan._keras_private import are_same, parts_of
from keras_gan.distribution.scope import check_current_strategy
from keras_gan.training.network_ends import check_images, check_logits
from keras_gan.training.optimizers.two_optimizers import check_variables
from keras_gan.training.random_operations import check_random_numbers


class Readiness:
    """Looks at the networks of a GAN once, and again where they were changed.

    Networks of a user's own code are traced for it, which takes longer than a step, and
    `train_on_batch` asks at each step.
    """

    def __init__(self) -> None:
        self._parts: list[Any] = []

    def check(self, gan: Any, method: str) -> None:
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
        parts = [*parts_of(gan.generator), *parts_of(gan.discriminator)]
        if not are_same(parts, self._parts):
            check_random_numbers(gan.generator, gan.discriminator, gan.interface)
            check_logits(gan)
            check_images(gan)
            self._parts = parts
