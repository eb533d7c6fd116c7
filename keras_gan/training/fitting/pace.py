"""Chooses the steps of the next compiled call where `steps_per_execution` is "auto"."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import keras

from keras_gan.distribution.watch import watched
from keras_gan.distribution.workers import worker_count
from keras_gan.training.fitting.hooks import FitHooks

# The aim for one call: long enough to hide what a call costs, short enough for a
# progress bar and for Ctrl-C, to which Python reacts between two calls.
_SECONDS = 0.15

TRAIN_HOOKS = (
    "on_train_batch_begin",
    "on_train_batch_end",
    "on_batch_begin",
    "on_batch_end",
    "between_steps",
)
TEST_HOOKS = ("on_test_batch_begin", "on_test_batch_end")
BATCH_END_HOOKS = ("on_train_batch_end", "on_batch_end")
_LIMIT = "steps_until_due"

_ANCESTORS = (keras.callbacks.Callback, FitHooks)
# Callbacks that lose nothing when their batch hooks are called less often than every
# step.
_PATIENT = (*_ANCESTORS, keras.callbacks.ProgbarLogger)


class Pace:
    """Chooses the number of steps of the next call; no result depends on it.

    Args:
        gan: The GAN to train or evaluate.
        callbacks: All callbacks.
        hooks: `TRAIN_HOOKS` or `TEST_HOOKS`, the methods that are called at every step.
        hooked: The callbacks that can limit the next call.
    """

    def __init__(
        self,
        gan: Any,
        callbacks: Sequence[keras.callbacks.Callback],
        hooks: Sequence[str],
        hooked: Iterable[FitHooks] = (),
    ) -> None:
        self.chooses = gan.chooses_steps and may_choose(gan, callbacks, hooks)
        self._steps = 1 if gan.chooses_steps else gan.steps_per_execution
        self._hooked = tuple(hooked)
        self._gan = gan
        self._trains = hooks is TRAIN_HOOKS
        self._batch = 0
        self._traced = False  # which the first call does

    def most(self, batch: int, left: int | None) -> int:
        """Returns how many steps the next call may do.

        Args:
            batch: The steps of the epoch so far.
            left: The steps left in the epoch; None if that is not known.
        """
        self._batch = batch
        limits = [self._steps, left]
        if self.chooses:
            limits += [c.steps_until_due(self._gan, batch) for c in self._hooked]
        return max(1, min(limit for limit in limits if limit is not None))

    def call(self, function: Callable[..., Any], batches: Any, most: int) -> Any:
        """Calls `function(batches, most)`, and learns from its time.

        Raises:
            LostWorkerError: If one of several workers has ended or does not answer.
        """
        if not self.chooses:
            step = self._batch if self._trains and self._traced else None
            self._traced = True
            with watched(self._gan.distribute_strategy, step):
                return function(batches, most)
        began = time.perf_counter()
        done, logs = function(batches, most)
        # The call may return before the device is done; reading a log waits for it.
        float(next(iter(logs.values())))
        if done:
            # Tracing takes seconds, so the call after one that traced does one step.
            enough = int(_SECONDS * done / (time.perf_counter() - began))
            self._steps = max(1, min(2 * self._steps, enough))
        return done, logs


def may_choose(
    gan: Any, callbacks: Iterable[keras.callbacks.Callback], hooks: Sequence[str]
) -> bool:
    """Returns whether no callback must be called at every step.

    Several workers do one step at a time: each would measure another time, and choose
    another number.
    """
    if gan.run_eagerly or worker_count(gan.distribute_strategy) > 1:
        return False
    return not any(listens(callback, hooks) for callback in callbacks)


def listens(callback: keras.callbacks.Callback, hooks: Sequence[str]) -> bool:
    """Returns whether a callback must be called at every step.

    A callback that overrides `steps_until_due` says itself when it must be called. This
    does not count if a subclass overrides a hook, but not `steps_until_due`.
    """
    if any(hook in vars(callback) for hook in hooks):
        return True  # keras.callbacks.LambdaCallback sets hooks on the instance
    if type(callback) is keras.callbacks.ModelCheckpoint:
        return callback.save_freq != "epoch"
    limited_by = _definer(callback, _LIMIT)
    for hook in hooks:
        defined_by = _definer(callback, hook)
        if defined_by is None or defined_by in _PATIENT:
            continue
        tells = limited_by is not None and issubclass(limited_by, defined_by)
        if hook in TEST_HOOKS or not tells:
            return True
    return False


def overrides(callback: keras.callbacks.Callback, hooks: Sequence[str]) -> bool:
    """Returns whether a callback overrides one of the hooks."""
    return any(
        hook in vars(callback) or _definer(callback, hook) not in (None, *_ANCESTORS)
        for hook in hooks
    )


def _definer(callback: Any, name: str) -> type | None:
    """Returns the class that defines a method of a callback."""
    return next((base for base in type(callback).__mro__ if name in vars(base)), None)
