"""Spectral normalization on CIFAR-10."""

from __future__ import annotations

from typing import Any

from keras_gan.presets.preset import Preset
from keras_gan.presets.recipe import Recipe

# Images of an epoch's 50,000, of which a step takes five minibatches of 64.
_DISCRIMINATOR_STEPS, _MINIBATCH = 5, 64
_BATCH_SIZE = _DISCRIMINATOR_STEPS * _MINIBATCH
_EPOCHS = 320
_STEPS = _EPOCHS * (50_000 // _BATCH_SIZE)


def _adam(updates: int) -> dict[str, Any]:
    """Adam whose rate falls linearly to zero over so many updates."""
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


PRESET = Preset(
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
        generator_optimizer=_adam(_STEPS),
        discriminator_optimizer=_adam(_DISCRIMINATOR_STEPS * _STEPS),
        data="cifar10",
        loss="hinge",
        latent_dim=128,
        discriminator_steps=_DISCRIMINATOR_STEPS,
        batch_size=_BATCH_SIZE,
        epochs=_EPOCHS,
    ),
)
