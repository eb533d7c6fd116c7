"""Warns of a training that goes on after its learning rates have fallen to zero."""

from __future__ import annotations

import bisect
import warnings
from typing import Any

import keras
import numpy as np

from keras_gan._keras_private import schedule_of
from keras_gan.training.optimizers.loss_scaling import inner_optimizer

# Of the highest rate of the updates to come.
_NOTHING = 1e-6
# A schedule may end a little before the training does.
_MOST = 0.95


def warn_of_spent_rate(argument: str, optimizer: Any, updates: int) -> None:
    """Warns if an optimizer's schedule is at zero for a part of the updates to come.

    Schedules count steps, and not epochs: with more data or smaller batches the same
    one ends earlier in the training.

    Args:
        argument: Names the optimizer, as an argument of `compile`.
        optimizer: A Keras optimizer, perhaps in a `LossScaleOptimizer`.
        updates: How often it will move its network.
    """
    inner = inner_optimizer(optimizer)
    schedule = schedule_of(inner)
    if schedule is None or updates < 2:
        return
    first = int(np.asarray(inner.iterations))

    def rate(update: int) -> float:
        return float(schedule(keras.ops.convert_to_tensor(update, "int64")))

    def is_spent(update: int) -> bool:
        return rate(update) <= _NOTHING * highest

    highest = max(rate(first + part * updates // 8) for part in range(8))
    # A schedule that rises again, as after a restart, is at zero only for a moment.
    if not all(map(is_spent, (first + int(_MOST * updates), first + updates - 1))):
        return
    end = first + bisect.bisect_left(
        range(updates), True, key=lambda n: is_spent(first + n)
    )
    warnings.warn(
        f"The learning rate of `{argument}` is zero from update {end:,} on, and the "
        f"training ends at {first + updates:,}: the rest would change nothing. Give "
        f"its schedule {first + updates} steps, or train for fewer epochs.",
        stacklevel=2,
    )
