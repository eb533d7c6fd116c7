"""How far a training is, and what `fit` tells callbacks beyond Keras's own hooks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import keras


@dataclass(frozen=True)
class Progress:
    """How far a `fit` is, between two steps.

    Attributes:
        epoch: The epoch that goes on, from 0.
        batch: The steps that it has done.
        data_epoch: The pass over the data; another number where `fit` was called
            before, or where `steps_per_epoch` is not the length of the data.
        data_batch: The batches that this pass has given.
        begun: Whether callbacks have heard `on_epoch_begin` of the epoch.
        callbacks: What callbacks returned from `get_state`, by their names.
    """

    epoch: int = 0
    batch: int = 0
    data_epoch: int = 0
    data_batch: int = 0
    begun: bool = False
    callbacks: Mapping[str, Any] = field(default_factory=dict)


class FitHooks:
    """What a callback can hear from the `fit` of a GAN, in whatever order they stand.

    Keras calls one callback after the other, so that none knows whether the others
    have heard of an event. These are called when no callback is in the midst of one.
    """

    def before_fit(self, gan: Any) -> Progress | None:
        """Before anything starts; returns where the training goes on, or None."""
        return None

    def between_steps(self, gan: Any, steps: int) -> None:
        """Before each execution, and before the training stops within an epoch.

        Args:
            gan: The GAN.
            steps: The training steps done since the last call.
        """

    def steps_until_due(self, gan: Any, batch: int) -> int | None:
        """Asked before each execution where `steps_per_execution` is "auto".

        A callback that listens at every batch or between steps and does not answer
        this holds executions at one step.

        Args:
            gan: The GAN.
            batch: The steps of the epoch so far.

        Returns:
            How many steps may be done before this callback must hear of them; None if
            it need not.
        """
        return None

    def after_fit(self, gan: Any) -> None:
        """After `on_train_end` of all callbacks."""

    def get_state(self) -> dict[str, Any]:
        """Returns what a resumed training must know, in plain values of JSON."""
        return {}

    def set_state(self, state: dict[str, Any]) -> None:
        """Takes what `get_state` returned.

        Where the training goes on within an epoch, after `on_epoch_begin`, which is
        called once more; else before it.
        """


def hooked(callbacks: Iterable[keras.callbacks.Callback]) -> dict[str, FitHooks]:
    """The callbacks with hooks: "JSONLog", "JSONLog_2", ..., in their order."""
    found: dict[str, FitHooks] = {}
    counts = Counter[str]()
    for callback in callbacks:
        if isinstance(callback, FitHooks):
            name = type(callback).__name__
            counts[name] += 1
            found[name if counts[name] == 1 else f"{name}_{counts[name]}"] = callback
    return found
