"""Reads from the environment how many seconds workers wait for each other."""

from __future__ import annotations

import contextlib
import os

from keras_gan._checks import InputError, check_positive_float

START = "KERAS_GAN_START_TIMEOUT"
"""The variable with the time in which all workers must have come."""

WORKER = "KERAS_GAN_WORKER_TIMEOUT"
"""The variable with the time without a sign of a worker after which it is lost."""

# A cut of 30 s can hold messages back for 51 s, because TCP tries again more and more
# rarely, and half of the second is the time in which a heartbeat must be answered.
_USUAL = {START: 300.0, WORKER: 120.0}


def seconds_of(variable: str) -> float:
    """Returns the seconds that a variable of the environment sets, or the usual ones.

    Args:
        variable: `START` or `WORKER`.

    Raises:
        ValueError: If it is not a positive number.
    """
    text = os.environ.get(variable) or str(_USUAL[variable])
    with contextlib.suppress(ValueError):
        return check_positive_float(variable, float(text))
    raise InputError(f"{variable} must be a positive number of seconds; got {text!r}.")
