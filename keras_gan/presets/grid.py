"""Twenty-five Gaussians on a grid."""

from __future__ import annotations

from keras_gan.presets.preset import Preset
from keras_gan.presets.ring import PRESET as RING
from keras_gan.presets.ring import adam

_EPOCHS = 80
_GAMMA = 0.15

PRESET = Preset(
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
        penalties=({"name": "R1", "gamma": _GAMMA}, {"name": "R2", "gamma": _GAMMA}),
        generator_optimizer=adam(_EPOCHS),
        discriminator_optimizer=adam(_EPOCHS),
        epochs=_EPOCHS,
    ),
)
