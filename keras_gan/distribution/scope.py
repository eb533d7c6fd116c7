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


def check_strategy(strategy: tf.distribute.Strategy, method: str) -> None:
    """Refuses a call under another strategy than the one the GAN was made in.

    Args:
        strategy: The strategy of the GAN.
        method: The method that is called.

    Raises:
        ValueError: If the current strategy is another one.
    """
    if tf.distribute.has_strategy() and tf.distribute.get_strategy() is not strategy:
        raise InputError(
            f"`{method}` was called under another distribution strategy than the one "
            "that the GAN was made in; build or load the GAN, compile it and call "
            f"`{method}` inside the same `with strategy.scope():`."
        )
