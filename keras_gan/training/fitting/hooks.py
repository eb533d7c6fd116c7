"""Defines the hooks that `fit` calls beside Keras's, and the record of its progress."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import keras

from keras_gan._checks import InputError


@dataclass(frozen=True)
class Progress:
    """The place of a `fit` between two steps.

    Attributes:
        epoch: The epoch that goes on, from 0.
        batch: The training steps that it has done.
        data_epoch: The pass over the data, from 0. It differs from `epoch` if `fit` was
            called before, or if `steps_per_epoch` is not the length of the data.
        data_batch: The batches that this pass has given.
        begun: Whether `on_epoch_begin` of the epoch has been called.
        callbacks: The states that callbacks returned from `get_state`, by their names.
    """

    epoch: int = 0
    batch: int = 0
    data_epoch: int = 0
    data_batch: int = 0
    begun: bool = False
    callbacks: Mapping[str, Any] = field(default_factory=dict)


class FitHooks:
    """Hooks that `fit` calls beside Keras's.

    They run when all callbacks have finished with the last event, such as the end of a
    step. So the order of the callbacks does not matter. A callback inherits from this
    class and from `keras.callbacks.Callback`, and overrides what it needs.

    Attributes:
        shows_progress: Whether the callback shows how far `fit` is. With `verbose`
            "auto", `fit` then shows no bar besides.
        continues_trainings: Whether `before_fit` may let the training go on from
            another place. `fit` then warns of data whose order cannot be repeated.
        priority: Callbacks of a higher priority run before others, wherever they stand
            in the list: 2 for `callbacks.StopOnNaN`, 1 for those that add figures to
            the logs of an epoch, which others log, and 0 for all others.

    Example:
        >>> class PrintSteps(keras_gan.training.FitHooks, keras.callbacks.Callback):
        ...     def after_fit(self, gan):
        ...         print("trained to step", int(gan.step))
        >>> gan.fit(train, callbacks=[PrintSteps()])
    """

    shows_progress = False
    continues_trainings = False
    priority = 0

    def before_fit(self, gan: Any) -> Progress | None:
        """Runs before anything starts.

        Args:
            gan: The GAN, compiled.

        Returns:
            The place where the training goes on; None for where it is.
        """
        return None

    def step_back(self, gan: Any, fault: str) -> Progress:
        """Returns an earlier place to go on from, where files do not fit the last one.

        Args:
            gan: The GAN.
            fault: The words of a callback's `fault_of_state`.

        Raises:
            ValueError: If there is no earlier place.
        """
        raise InputError(f"The training cannot be continued: {fault}.")

    def between_steps(self, gan: Any, steps: int) -> None:
        """Runs before each execution, and before the training stops within an epoch.

        Args:
            gan: The GAN.
            steps: The training steps done since the last call.
        """

    def steps_until_due(self, gan: Any, batch: int) -> int | None:
        """Limits the next execution where `steps_per_execution` is "auto".

        A callback that listens at every batch or between steps and does not override
        this method holds executions at one step.

        Args:
            gan: The GAN.
            batch: The steps of the epoch so far.

        Returns:
            The number of steps after which this callback must be called again; None
            for any number.
        """
        return None

    def after_fit(self, gan: Any) -> None:
        """Runs after `on_train_end` of all callbacks.

        Args:
            gan: The GAN.
        """

    def after_end(self, gan: Any) -> None:
        """Runs when `fit` has ended in any way, by an exception too.

        Args:
            gan: The GAN.
        """

    def when_interrupted(self, gan: Any) -> None:
        """Runs if `KeyboardInterrupt` or `SystemExit` ends `fit` between two steps.

        Where a callback overrides this method, Ctrl-C, SIGTERM and SIGHUP wait for the
        end of the step.

        Args:
            gan: The GAN.
        """

    def get_state(self) -> dict[str, Any]:
        """Returns the state that a resumed training needs, in plain values of JSON."""
        return {}

    def fault_of_state(self, state: dict[str, Any]) -> str | None:
        """Returns what is wrong with the callback's files for a state, or None.

        `fit` then goes on from an earlier checkpoint. Of several workers, only the one
        that writes files is asked.

        Args:
            state: A state that `get_state` returned.
        """
        return None

    def set_state(self, state: dict[str, Any]) -> None:
        """Restores the state that `get_state` returned.

        Within an epoch it runs after `on_epoch_begin`, which is called once more; at
        the beginning of an epoch it runs before.

        Args:
            state: The state, in plain values of JSON.
        """


def hooked(callbacks: Iterable[keras.callbacks.Callback]) -> dict[str, FitHooks]:
    """Returns the callbacks with hooks by name: "JSONLog", "JSONLog_2", ..."""
    found: dict[str, FitHooks] = {}
    counts = Counter[str]()
    for callback in callbacks:
        if isinstance(callback, FitHooks):
            name = type(callback).__name__
            counts[name] += 1
            found[name if counts[name] == 1 else f"{name}_{counts[name]}"] = callback
    return found


def by_priority(
    callbacks: Iterable[keras.callbacks.Callback],
) -> list[keras.callbacks.Callback]:
    """Returns the callbacks in the order in which they run."""

    def place(callback: keras.callbacks.Callback) -> int:
        return -callback.priority if isinstance(callback, FitHooks) else 0

    return sorted(callbacks, key=place)
