"""Presets that test for mode collapse: mixtures of Gaussians, and stacked digits."""

from __future__ import annotations

from typing import Any

from keras_gan.presets._optimizers import cosine_adam
from keras_gan.presets.preset import Preset
from keras_gan.presets.recipe import Recipe

_BATCH_SIZE = 512
_STEPS_PER_EPOCH = 100_000 // _BATCH_SIZE


def _adam(epochs: int) -> dict[str, Any]:
    """Describes Adam with a rate that falls to zero over so many epochs of points."""
    return cosine_adam(2e-3, 0.0, epochs * _STEPS_PER_EPOCH)


def _r1_and_r2(gamma: float) -> tuple[dict[str, Any], ...]:
    """Describes both penalties, of the same weight."""
    return {"name": "R1", "gamma": gamma}, {"name": "R2", "gamma": gamma}


# The rate falls over more epochs than the training has, so it stays above zero. The
# longer it falls, the nearer samples come to the spread of the data, of which 1.1 % lie
# beyond three standard deviations.
_RING_DECAY_EPOCHS = 100

RING = Preset(
    name="ring",
    summary="Eight Gaussians on a circle: a test of mode collapse, in minutes",
    reproduces=(
        "The 2-D ring of Lin et al. 2018 (PacGAN), with the relativistic loss, R1 and "
        "R2 of Huang et al. 2024, and a discriminator that sees waves of the "
        "coordinates. Of the data itself 98.9 % lie within three standard deviations."
    ),
    expected=(
        "All 8 modes and 99.0 to 99.4 % of the samples within three standard "
        "deviations of one, in ten of ten seeds; see docs/mode_coverage.md."
    ),
    duration="2 minutes on two slow CPU cores (7.5 ms a step)",
    recipe=Recipe(
        architecture="mlp",
        architecture_options={
            "generator_units": [128, 128, 128],
            "discriminator_units": [128, 128, 128],
            "discriminator_frequencies": [2.0, 4.0, 8.0],
        },
        generator_optimizer=_adam(_RING_DECAY_EPOCHS),
        discriminator_optimizer=_adam(_RING_DECAY_EPOCHS),
        data="ring",
        value_range=None,
        latent_dim=2,
        loss="relativistic",
        penalties=_r1_and_r2(0.03),
        ema_decay=0.999,
        # XLA compiles steps as small as these to slower ones.
        jit_compile=False,
        steps_per_execution=_STEPS_PER_EPOCH,
        batch_size=_BATCH_SIZE,
        epochs=75,
    ),
)

_GRID_EPOCHS = 80

GRID = Preset(
    name="grid",
    summary="Twenty-five Gaussians on a grid: a harder test of mode collapse",
    reproduces=(
        "The 2-D grid of Lin et al. 2018 (PacGAN), as 'ring' does its circle. Of the "
        "data itself 98.9 % lie within three standard deviations of a mode."
    ),
    expected=(
        "All 25 modes and 98.6 to 99.0 % of the samples within three standard "
        "deviations of one, in ten of ten seeds; see docs/mode_coverage.md."
    ),
    duration="2 minutes on two slow CPU cores (7.5 ms a step)",
    recipe=RING.recipe.replace(
        data="grid",
        architecture_options={
            **RING.recipe.architecture_options,
            "discriminator_frequencies": [1.0, 2.0, 4.0],
        },
        penalties=_r1_and_r2(0.15),
        generator_optimizer=_adam(_GRID_EPOCHS),
        discriminator_optimizer=_adam(_GRID_EPOCHS),
        epochs=_GRID_EPOCHS,
    ),
)

_STACKED_EPOCHS, _STACKED_BATCH_SIZE = 22, 64
_STACKED_ADAM = cosine_adam(1e-3, 0.0, _STACKED_EPOCHS * 128_000 // _STACKED_BATCH_SIZE)

STACKED_MNIST = Preset(
    name="stacked_mnist",
    summary="A thousand modes: three random digits in the colours of one image",
    reproduces=(
        "Stacked-MNIST of Lin et al. 2018 (PacGAN) with the relativistic loss, R1 and "
        "R2 of Huang et al. 2024: how many of the 1,000 triples of digits a generator "
        "makes, as a digit classifier tells them."
    ),
    expected=(
        "All 1,000 modes after three epochs; at the end a KL of 0.034 of 26,000 "
        "samples (real stacks: 0.022). See docs/mode_coverage.md."
    ),
    duration="an hour on two slow CPU cores",
    recipe=Recipe(
        architecture="dcgan",
        architecture_options={"generator_filters": 64, "discriminator_filters": 32},
        generator_optimizer=_STACKED_ADAM,
        discriminator_optimizer=_STACKED_ADAM,
        data="stacked:mnist_10k",
        loss="relativistic",
        penalties=_r1_and_r2(1.0),
        ema_decay=0.999,
        latent_dim=100,
        batch_size=_STACKED_BATCH_SIZE,
        epochs=_STACKED_EPOCHS,
    ),
)
