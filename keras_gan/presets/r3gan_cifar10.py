"""The modern baseline on CIFAR-10."""

from __future__ import annotations

from keras_gan.presets.preset import Preset
from keras_gan.presets.recipe import Recipe

_ADAM = {"name": "adam", "learning_rate": 2e-4, "beta_1": 0.0, "beta_2": 0.99}
_GAMMA = 0.05

PRESET = Preset(
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
        generator_optimizer=_ADAM,
        discriminator_optimizer=_ADAM,
        data="cifar10",
        labels=True,
        loss="relativistic",
        penalties=({"name": "R1", "gamma": _GAMMA}, {"name": "R2", "gamma": _GAMMA}),
        ema_decay=0.999,
        latent_dim=64,
        batch_size=512,
        epochs=2000,
    ),
)
