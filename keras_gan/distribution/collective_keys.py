"""Keeps the sums over replicas of several strategies in one process apart."""

from __future__ import annotations

import itertools
import weakref
from typing import Any

import tensorflow as tf

# TensorFlow gives the first group of every strategy the key 1.
_fresh_keys = itertools.count(100_000, 1_000)
_served: weakref.WeakSet[Any] = weakref.WeakSet()
# Beyond all of these are the groups of `group_key`.
_fresh_groups = itertools.count(1_000_000_000)
_groups: weakref.WeakKeyDictionary[Any, int] = weakref.WeakKeyDictionary()


def group_key(strategy: tf.distribute.Strategy) -> int:
    """Returns the key of a strategy's replicas as a group that nothing else uses.

    Workers of a cluster open their strategies in the same order.
    """
    extended: Any = strategy.extended
    if extended not in _groups:
        _groups[extended] = next(_fresh_groups)
    return _groups[extended]


def use_own_keys(strategy: tf.distribute.Strategy) -> None:
    """Gives the collectives of a `MirroredStrategy` keys that no other one uses.

    Every `MirroredStrategy` counts its sums from the same keys, and the runtime
    remembers the shape of each for the life of the process. Without this, a second
    strategy, as of a notebook cell that runs again, would fail with "Shape mismatch in
    the collective instance". Functions that were compiled under the strategy before
    keep their keys. Workers of a cluster must share their keys, and keep TensorFlow's.
    """
    extended: Any = strategy.extended
    if not isinstance(strategy, tf.distribute.MirroredStrategy) or extended in _served:
        return
    shared = extended._collective_ops
    extended._collective_key_base = next(_fresh_keys)
    extended._collective_ops = extended._make_collective_ops_with_fallbacks()
    if extended._cross_device_ops is shared:
        extended._cross_device_ops = extended._collective_ops
    _served.add(extended)
