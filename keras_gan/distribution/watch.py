"""Watches the other workers while this one waits for them, and times its steps."""

from __future__ import annotations

import contextlib
import statistics
import threading
import time
import warnings
import weakref
from collections import deque
from collections.abc import Iterator

import tensorflow as tf

from keras_gan._checks import LostWorkerError
from keras_gan._keras_private import abort_exchanges
from keras_gan.distribution.cluster import (
    Task,
    describe,
    has_ended,
    hold_connections,
    named_in,
    tasks_of,
)
from keras_gan.distribution.patience import WORKER, seconds_of

AGAIN = "Start all workers again: with `resume` they go on from the newest checkpoint."
"""The remedy for a lost worker."""

# A wait of this length is no usual step; the other workers are then looked at.
_LONG_SECONDS = 5.0
_SECONDS_BETWEEN_LOOKS = 1.0
# A step that takes so much longer than most is told of.
_STALL_SECONDS, _STALL_RATIO = 10.0, 10.0
_STEPS_KEPT = 10_000

LOSSES = (
    tf.errors.UnavailableError,
    tf.errors.AbortedError,
    tf.errors.DeadlineExceededError,
    tf.errors.CancelledError,
)
"""The errors of TensorFlow's that the loss of a worker raises."""

_watches: weakref.WeakKeyDictionary[tf.distribute.Strategy, Watch] = (
    weakref.WeakKeyDictionary()
)


@contextlib.contextmanager
def watched(
    strategy: tf.distribute.Strategy, step: int | None = None
) -> Iterator[None]:
    """Lets the loss of a worker, while this one exchanges sums with all, be one line.

    Args:
        strategy: The strategy under which the processes train.
        step: The place of a training step in its epoch, whose time is kept; None for
            any other exchange.

    Raises:
        LostWorkerError: If a worker has ended or does not answer.
    """
    tasks = tasks_of(strategy)
    if len(tasks) < 2:
        yield
        return
    watch = _watches.get(strategy)
    if watch is None:
        resolver = strategy.cluster_resolver
        watch = _watches[strategy] = Watch(
            tasks, (resolver.task_type, resolver.task_id)
        )
    began = watch.began = time.monotonic()
    try:
        yield
    except LOSSES as error:
        raise watch.loss(error, time.monotonic() - began) from None
    finally:
        watch.began = None
    if step is not None:
        watch.keep(time.monotonic() - began, step)


def step_times(strategy: tf.distribute.Strategy) -> dict[str, float]:
    """Returns the times of the steps since the last call; none of a single worker.

    Returns:
        "step_seconds", their median, "slowest_step_seconds", and "waited_seconds", by
        which all of them together took longer than the median.
    """
    watch = _watches.get(strategy)
    return {} if watch is None else watch.take()


class Watch:
    """The other workers of one training, looked at where an exchange takes long.

    TensorFlow notices a process that was killed only where a connection breaks, or when
    its heartbeats have been missing for long. The machine of that process tells it at
    once.

    Args:
        tasks: The addresses of all workers.
        own: This worker.
    """

    def __init__(self, tasks: dict[Task, str], own: Task) -> None:
        self._tasks = tasks
        self._own = own
        self._silence = seconds_of(WORKER)
        self.began: float | None = None
        self._seconds: deque[float] = deque(maxlen=_STEPS_KEPT)
        self._new = 0
        threading.Thread(target=self._look, daemon=True).start()

    def keep(self, seconds: float, step: int) -> None:
        """Keeps the time of a step, and tells of one that took very long.

        Args:
            seconds: The time of the step.
            step: Its place in the epoch. In the first, the others wait for what the
                chief has to do between two epochs.
        """
        chief = self._own == next(iter(self._tasks))
        if (chief or step > 0) and seconds > _STALL_SECONDS and self._seconds:
            usual = statistics.median(self._seconds)
            if seconds > _STALL_RATIO * usual:
                warnings.warn(
                    f"A step took {seconds:.0f} s, and half of the steps take less "
                    f"than {usual:.2g} s: another worker stood still, or the network "
                    "was cut. The training goes on.",
                    stacklevel=4,
                )
        self._seconds.append(seconds)
        self._new += 1

    def take(self) -> dict[str, float]:
        """Returns the times of the steps since the last call."""
        steps = list(self._seconds)[-self._new :] if self._new else []
        self._new = 0
        if not steps:
            return {}
        usual = statistics.median(steps)
        figures = {
            "step_seconds": usual,
            "slowest_step_seconds": max(steps),
            "waited_seconds": sum(max(0.0, each - usual) for each in steps),
        }
        return {name: round(value, 4) for name, value in figures.items()}

    def loss(self, error: tf.errors.OpError, waited: float) -> LostWorkerError:
        """Returns what an error of TensorFlow's means, and what to do.

        Args:
            error: The error that ended an exchange.
            waited: The seconds that the exchange took until then.
        """
        ended = self._ended()
        named = named_in(error.message, self._tasks, self._own)
        lost = describe(ended or named or self._others, self._tasks)
        if ended:
            what = f"{lost} has ended; its own output says why"
        elif waited > _LONG_SECONDS or "heartbeat" in error.message.lower():
            what = (
                f"{lost} has not answered for {waited:.0f} s: its process stands "
                "still, or the network is cut"
            )
        else:
            what = f"{lost} has left the training, or the network was cut"
        return LostWorkerError(f"{what}. {AGAIN}")

    @property
    def _others(self) -> list[Task]:
        return [task for task in self._tasks if task != self._own]

    def _ended(self) -> list[Task]:
        return [task for task in self._others if has_ended(self._tasks[task])]

    def _look(self) -> None:
        """Looks at the other workers while an exchange takes long.

        It ends an exchange with a worker that has ended, as two looks must show, and
        lets the connections to all others outlive a cut of the network.
        """
        before: list[Task] = []
        while True:
            time.sleep(_SECONDS_BETWEEN_LOOKS)
            began = self.began
            if began is None or time.monotonic() - began < _LONG_SECONDS:
                continue
            hold_connections(self._tasks, self._silence)
            ended = self._ended()
            if ended and ended == before and self.began == began:
                abort_exchanges(f"{describe(ended, self._tasks)} has ended")
                return
            before = ended
