"""The two optimizers of a GAN, one for each network."""

from __future__ import annotations

import keras

from keras_gan._checks import InputError

Optimizer = keras.optimizers.Optimizer


def two_optimizers(
    generator_optimizer: Optimizer | str, discriminator_optimizer: Optimizer | str
) -> tuple[Optimizer, Optimizer]:
    """Returns both as optimizers, if they are two.

    Raises:
        ValueError: If one is no optimizer, or both are the same object.
    """
    if generator_optimizer is discriminator_optimizer and isinstance(
        generator_optimizer, Optimizer
    ):
        raise InputError(
            "`generator_optimizer` and `discriminator_optimizer` are one object; give "
            "each network an optimizer of its own."
        )
    return (
        _optimizer("generator_optimizer", generator_optimizer),
        _optimizer("discriminator_optimizer", discriminator_optimizer),
    )


def _optimizer(argument: str, optimizer: Optimizer | str) -> Optimizer:
    if not isinstance(optimizer, (str, dict, Optimizer)):
        raise InputError(
            f"`{argument}` must be a Keras optimizer, such as "
            f"keras.optimizers.Adam(2e-4, beta_1=0.5); got {optimizer!r}."
        )
    return keras.optimizers.get(optimizer)
