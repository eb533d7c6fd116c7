"""Computes means over the steps between two records of an epoch."""

from __future__ import annotations

from typing import Any


class IntervalMeans:
    """Turns means since the start of the epoch into means since the previous call.

    Args:
        every: Steps between two records; None for no records within an epoch.
    """

    def __init__(self, every: int | None) -> None:
        self._every = every
        self.restart()

    def restart(self) -> None:
        """Begins an epoch."""
        self._batch = 0
        self._means: dict[str, float] = {}

    def is_due(self, batch: int) -> bool:
        """Returns whether a record is due after `batch` steps of the epoch."""
        left = self.steps_left(batch)
        return left is not None and left <= 0

    def steps_left(self, batch: int) -> int | None:
        """Returns the steps from `batch` to the next record; None if there is none."""
        return None if self._every is None else self._every - (batch - self._batch)

    def means(self, batch: int, running: dict[str, float]) -> dict[str, float]:
        """Returns the means over the steps since the last call.

        Args:
            batch: The steps of the epoch so far, more than at the last call.
            running: The means over all of them.
        """
        before, steps = self._means, batch - self._batch
        interval = {
            name: (batch * mean - self._batch * before.get(name, 0.0)) / steps
            for name, mean in running.items()
        }
        self._batch, self._means = batch, running
        return interval

    def get_state(self) -> dict[str, Any]:
        """Returns the step and the running means of the last call."""
        return {"batch": self._batch, "means": self._means}

    def set_state(self, state: dict[str, Any]) -> None:
        """Takes the values that `get_state` returned."""
        self._batch, self._means = state["batch"], state["means"]
