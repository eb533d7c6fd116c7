"""Suggests the field of a recipe that somebody means by another name."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from keras_gan._checks import InputError

_RATES = ("generator_optimizer.learning_rate", "discriminator_optimizer.learning_rate")
# Habitual names that are no part of a field's name.
_HABITS = {
    "lr": _RATES,
    "learning_rate": _RATES,
    "optimizer": ("generator_optimizer", "discriminator_optimizer"),
    "dataset": ("data",),
    "gamma": ("penalties",),
    "gp_weight": ("penalties",),
    "k": ("discriminator_steps",),
    "n_critic": ("discriminator_steps",),
    "noise_dim": ("latent_dim",),
    "z_dim": ("latent_dim",),
    "size": ("image_size",),
}
PENALTIES = '[{"name": "R1", "gamma": 1.0, "every": 16}]'
"""The form of the field `penalties`, as messages show it."""


def unknown_field(name: str, known: Sequence[str]) -> InputError:
    """Returns an error that names the field that is meant, or else all fields.

    Args:
        name: The name that is no field; it may go on with dots, as in `--set`.
        known: The fields.
    """
    first = name.partition(".")[0]
    meant: Sequence[str] = _HABITS.get(first, ())
    if not meant:
        meant = difflib.get_close_matches(first, known, n=1)
    if not meant and len(first) > 2:
        meant = [field for field in known if first in field]
    if not meant:
        listed = ", ".join(known)
        return InputError(f"A recipe has no field {name!r}; it has {listed}.")
    choices = " or ".join(repr(field) for field in meant)
    form = f", such as {PENALTIES}" if list(meant) == ["penalties"] else ""
    return InputError(f"A recipe has no field {name!r}. Did you mean {choices}{form}?")
