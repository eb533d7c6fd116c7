"""Digits that are the digits one asks for."""

from __future__ import annotations

from keras_gan.presets.digits import PRESET as DIGITS
from keras_gan.presets.preset import Preset

PRESET = Preset(
    name="conditional_digits",
    summary="'digits' trained twice as long, to be asked for digits by their label",
    reproduces=(
        "A conditional generator (Mirza & Osindero 2014) against a projection "
        "discriminator (Miyato & Koyama 2018, eq. 3)."
    ),
    expected=(
        "A classifier of 99.3 % test accuracy agrees with the asked label for at least "
        "97 % of 2,000 samples; after the 11 epochs of 'digits' already for 99.2 %."
    ),
    duration="8 minutes on two slow CPU cores",
    recipe=DIGITS.recipe.replace(epochs=22),
)
