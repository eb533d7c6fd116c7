"""Tells under which distribution strategy variables were made."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import tensorflow as tf

from keras_gan._checks import InputError


def is_distributed() -> bool:
    """Returns whether the current strategy merges the work of replicas.

    True even for a strategy of one replica, unless it is a `OneDeviceStrategy`.
    """
    strategy = tf.distribute.get_strategy()
    single = isinstance(strategy, tf.distribute.OneDeviceStrategy)
    return tf.distribute.has_strategy() and not single


def check_scope(name: str, variables: Sequence[Any]) -> None:
    """Refuses Keras variables that do not belong to the current strategy.

    Raises:
        ValueError: If they were made outside its scope, or in another's.
    """
    extended: Any = tf.distribute.get_strategy().extended
    if not all(extended.variable_created_in_scope(v.value) for v in variables):
        raise InputError(
            f"The {name} belongs to another distribution strategy than the GAN; make "
            "the networks, the GAN and the optimizers inside the same "
            "`with strategy.scope():`."
        )


def check_current_strategy(variables: Sequence[Any], method: str) -> None:
    """Refuses a call inside the scope of a strategy that did not make the variables.

    Args:
        variables: Keras variables of the GAN.
        method: The method that is called.

    Raises:
        ValueError: If the current strategy is another one than that of the variables.
    """
    if not tf.distribute.has_strategy():
        return
    extended: Any = tf.distribute.get_strategy().extended
    if not all(extended.variable_created_in_scope(v.value) for v in variables):
        raise InputError(
            f"`{method}` was called in the scope of another distribution strategy than "
            "that of the GAN; build or load the GAN, compile it and call "
            f"`{method}` inside the same `with strategy.scope():`."
        )
