"""Makes several worker processes agree, and tells which of them writes files."""

from __future__ import annotations

import time
import warnings
import zlib
from collections.abc import Callable

import numpy as np
import tensorflow as tf

from keras_gan._checks import InputError
from keras_gan.distribution.cluster import tasks_of
from keras_gan.distribution.watch import watched

_CHUNK_WORDS = 2**24
# Small enough to be squared and summed.
_DIGESTS = 2**24
# A message of one LAN takes a millisecond or less, that of the internet tens of them.
_SLOW_SECONDS = 0.005
# A busy machine is late now and then, and not each time.
_MESSAGES_TIMED = 20


def worker_count(strategy: tf.distribute.Strategy) -> int:
    """Returns the number of processes that train together."""
    return max(1, len(tasks_of(strategy)))


def worker_index(strategy: tf.distribute.Strategy) -> int:
    """Returns the place of this process among those that train together."""
    if worker_count(strategy) == 1:
        return 0
    resolver = strategy.cluster_resolver
    chiefs = resolver.cluster_spec().as_dict().get("chief", [])
    return resolver.task_id + (len(chiefs) if resolver.task_type == "worker" else 0)


def is_chief(strategy: tf.distribute.Strategy) -> bool:
    """Returns whether this process writes what all workers share, such as files.

    Args:
        strategy: The strategy under which the processes train.

    Example:
        >>> keras_gan.training.is_chief(tf.distribute.get_strategy())
        True
    """
    return worker_index(strategy) == 0


def check_agreement(strategy: tf.distribute.Strategy, **contents: bytes) -> None:
    """Refuses workers that were given another training than the others.

    Args:
        strategy: Under which they train.
        **contents: What must be the same, by its name.

    Raises:
        ValueError: In every worker alike, if the workers do not agree.
    """
    if worker_count(strategy) == 1:
        return
    digests = [zlib.crc32(content) % _DIGESTS for content in contents.values()]
    own = np.array(digests, np.int64)
    total = _sum_over_replicas(strategy, np.stack([own, own * own]))
    count = strategy.num_replicas_in_sync
    for name, (first, second) in zip(contents, total.T, strict=True):
        # The variance is zero where all are equal.
        if count * second != first * first:
            raise InputError(
                f"The workers do not agree on the {name}: give all of them the same "
                "arguments, `seed`s and data (`data.load` yields the same batches in "
                "every process)."
            )


def bytes_from_chief(
    strategy: tf.distribute.Strategy, content: bytes | None
) -> bytes | None:
    """Returns the chief's `content` on all workers, and ignores what others give.

    Only the chief then needs the folder of the checkpoints. All workers must call it.

    Args:
        strategy: The strategy under which the processes train.
        content: Any number of bytes, or None.

    Raises:
        LostWorkerError: If a worker has ended or does not answer.

    Example:
        >>> keras_gan.training.bytes_from_chief(tf.distribute.get_strategy(), b"run 7")
        b'run 7'
    """
    if worker_count(strategy) == 1:
        return content
    if not is_chief(strategy):
        content = None
    length = np.array([-1 if content is None else len(content)], np.int64)
    if not is_chief(strategy):
        length[:] = 0
    length = int(_sum_over_replicas(strategy, length, once=True)[0])
    if length < 0:
        return None
    words = np.zeros(-(-length // 4), np.int32)
    if content is not None:
        words[:] = np.frombuffer(content + bytes(-length % 4), np.int32)
    parts = [
        _sum_over_replicas(strategy, words[start : start + _CHUNK_WORDS], once=True)
        for start in range(0, len(words), _CHUNK_WORDS)
    ]
    return b"".join(part.tobytes() for part in parts)[:length]


def warn_of_slow_messages(strategy: tf.distribute.Strategy) -> None:
    """Warns of workers that are far from each other. All workers must call it."""
    count = worker_count(strategy)
    if count == 1:
        return
    total = _summing(strategy, np.zeros(1, np.int64))
    times = []
    for _ in range(1 + _MESSAGES_TIMED):  # the first is traced
        began = time.perf_counter()
        total()
        times.append(time.perf_counter() - began)
    # A sum goes round the workers twice.
    seconds = min(times[1:]) / (2 * (count - 1))
    if seconds > _SLOW_SECONDS:
        warnings.warn(
            f"A message between the workers takes {1e3 * seconds:.0f} ms there and "
            "back, and a step waits for many of them, one after another: put the "
            "workers into one LAN, where a message takes 1 ms.",
            stacklevel=4,
        )


def _sum_over_replicas(
    strategy: tf.distribute.Strategy, array: np.ndarray, *, once: bool = False
) -> np.ndarray:
    """Returns the sum over all replicas, or over the first of each worker."""
    return _summing(strategy, array, once=once)()


def _summing(
    strategy: tf.distribute.Strategy, array: np.ndarray, *, once: bool = False
) -> Callable[[], np.ndarray]:
    """Returns a function that sums an array over the replicas; see above."""

    def share() -> tf.Tensor:
        context = tf.distribute.get_replica_context()
        local_replicas = strategy.num_replicas_in_sync // worker_count(strategy)
        is_first = context.replica_id_in_sync_group % local_replicas == 0
        counts = tf.cast(is_first if once else True, array.dtype)
        return tf.constant(array) * counts

    @tf.function
    def total() -> tf.Tensor:
        shares = strategy.run(share)
        return strategy.reduce(tf.distribute.ReduceOp.SUM, shares, axis=None)

    def result() -> np.ndarray:
        with watched(strategy):
            return total().numpy()

    return result
