"""Presets for CIFAR-10 and a GPU: SNGAN and R3GAN."""

from __future__ import annotations

from typing import Any

from keras_gan.presets.preset import Preset
from keras_gan.presets.recipe import Recipe

# A step takes five minibatches of 64 from the 50,000 images of an epoch.
_DISCRIMINATOR_STEPS, _MINIBATCH = 5, 64
_BATCH_SIZE = _DISCRIMINATOR_STEPS * _MINIBATCH
_EPOCHS = 320
_STEPS = _EPOCHS * (50_000 // _BATCH_SIZE)


def _linear_adam(updates: int) -> dict[str, Any]:
    """Describes Adam with a rate that falls linearly to zero over so many updates."""
    return {
        "name": "adam",
        "learning_rate": {
            "name": "PolynomialDecay",
            "initial_learning_rate": 2e-4,
            "decay_steps": updates,
            "end_learning_rate": 0.0,
            "power": 1.0,
        },
        "beta_1": 0.0,
        "beta_2": 0.9,
    }


SNGAN_CIFAR10 = Preset(
    name="sngan_cifar10",
    summary="Spectrally normalized residual networks on CIFAR-10, hinge loss, k = 5",
    reproduces=(
        "Miyato et al. 2018, the unsupervised ResNet: 50,000 generator updates of 64 "
        "images, five discriminator steps each, Adam (0, 0.9)."
    ),
    expected=(
        "Published: Inception score 8.22 ± 0.05, FID 21.7 ± 0.21. This preset has no "
        "figure of its own yet."
    ),
    duration="for a GPU; days on two CPU cores",
    recipe=Recipe(
        architecture="sngan_resnet",
        generator_optimizer=_linear_adam(_STEPS),
        discriminator_optimizer=_linear_adam(_DISCRIMINATOR_STEPS * _STEPS),
        data="cifar10",
        loss="hinge",
        latent_dim=128,
        discriminator_steps=_DISCRIMINATOR_STEPS,
        batch_size=_BATCH_SIZE,
        epochs=_EPOCHS,
    ),
)

_R3GAN_ADAM = {"name": "adam", "learning_rate": 2e-4, "beta_1": 0.0, "beta_2": 0.99}
_R3GAN_GAMMA = 0.05

R3GAN_CIFAR10 = Preset(
    name="r3gan_cifar10",
    summary="R3GAN on CIFAR-10: relativistic pairs, R1 and R2, no normalization",
    reproduces=(
        "Huang et al. 2024, with constant rates and penalties in place of the paper's "
        "schedules, with labels, and with smaller networks."
    ),
    expected=(
        "Published, with larger networks: FID 1.96. This preset has no figure of its "
        "own yet."
    ),
    duration="for a GPU; weeks on two CPU cores",
    recipe=Recipe(
        architecture="r3gan",
        generator_optimizer=_R3GAN_ADAM,
        discriminator_optimizer=_R3GAN_ADAM,
        data="cifar10",
        labels=True,
        loss="relativistic",
        penalties=(
            {"name": "R1", "gamma": _R3GAN_GAMMA},
            {"name": "R2", "gamma": _R3GAN_GAMMA},
        ),
        ema_decay=0.999,
        latent_dim=64,
        batch_size=512,
        epochs=2000,
    ),
)
