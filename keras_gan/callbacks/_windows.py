"""Means over the steps since the last look, from means over an epoch so far."""

from __future__ import annotations

from typing import Any


class WindowMeans:
    """Remembers the running means of the last look, and takes them out of the next."""

    def __init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """Begins an epoch."""
        self.batch = 0
        self._means: dict[str, float] = {}

    def means(self, batch: int, running: dict[str, float]) -> dict[str, float]:
        """Returns the means over the steps since the last call.

        Args:
            batch: How many steps of the epoch are done, more than at the last call.
            running: The means over all of them.
        """
        before, steps = self._means, batch - self.batch
        window = {
            name: (batch * mean - self.batch * before.get(name, 0.0)) / steps
            for name, mean in running.items()
        }
        self.batch, self._means = batch, running
        return window

    def steps_left(self, every: int | None, batch: int) -> int | None:
        """Returns the steps from `batch` to the next look, if there is one `every`."""
        return None if every is None else every - (batch - self.batch)

    def get_state(self) -> dict[str, Any]:
        """Returns the last look."""
        return {"batch": self.batch, "means": self._means}

    def set_state(self, state: dict[str, Any]) -> None:
        """Takes what `get_state` returned."""
        self.batch, self._means = state["batch"], state["means"]
