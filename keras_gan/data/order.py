"""The order of the data: a pure function of (seed, epoch, position).

Whatever is iterated here can be asked for any epoch, from any batch on, without going
through what comes before.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import tensorflow as tf

_EPOCH, _BATCH = 0, 1


def epoch_order(num_examples: int, seed: int, epoch: tf.Tensor) -> tf.Tensor:
    """The example at each position of an epoch, from the arguments alone.

    `tf.random.experimental.index_shuffle` is no substitute: it reads only the lowest
    eight bits of seed and epoch, so that orders return after 256 epochs.
    """
    import tensorflow as tf

    keys = random_int64((num_examples,), seed, epoch)
    return tf.cast(tf.argsort(keys, stable=True), tf.int64)


def random_int64(shape: tuple[int, ...], seed: int, epoch: tf.Tensor) -> tf.Tensor:
    """Whole numbers over the full range of int64, from the arguments alone."""
    import tensorflow as tf

    key = tf.stack([tf.constant(seed, tf.int64), epoch])
    full_range: Any = None
    return tf.random.stateless_uniform(
        shape, key, full_range, full_range, tf.int64, alg="philox"
    )


def index_batches(
    num_examples: int, batch_size: int, seed: int | None, drop_remainder: bool
) -> tf.data.Dataset:
    """Batches of indices of examples; in a new order each epoch, if there is a seed."""
    import tensorflow as tf

    def epoch_from(epoch: tf.Tensor, batch: tf.Tensor) -> tf.data.Dataset:
        first = batch * batch_size
        if seed is None:
            indices = tf.data.Dataset.range(first, num_examples)
        else:
            order = epoch_order(num_examples, seed, epoch)
            indices = tf.data.Dataset.from_tensor_slices(order[first:])
        return indices.batch(batch_size, drop_remainder)

    return each_epoch(epoch_from)


class EpochClock:
    """The epoch, and the batch in it, from which a dataset is iterated next.

    Each iteration moves it to the beginning of the epoch that follows.
    """

    def __init__(self) -> None:
        import tensorflow as tf

        # A table rather than a variable, because a variable that is made under a
        # strategy's scope would be one per replica. Anonymous: it goes with the
        # dataset.
        with tf.device("CPU:0"):
            self._table = tf.lookup.experimental.MutableHashTable(
                tf.int64, tf.int64, default_value=0, experimental_is_anonymous=True
            )

    def seek(self, epoch: int, batch: int = 0) -> None:
        """Lets the next iteration start from `batch` of `epoch`."""
        self._insert(epoch, batch)

    def tick(self) -> tuple[tf.Tensor, tf.Tensor]:
        """Returns (epoch, batch) for the iteration that starts."""
        import tensorflow as tf

        keys = tf.constant([_EPOCH, _BATCH], tf.int64)
        epoch, batch = tf.unstack(self._table.lookup(keys), 2)
        self._insert(epoch + 1, 0)
        return epoch, batch

    def _insert(self, epoch: Any, batch: Any) -> None:
        import tensorflow as tf

        keys = tf.constant([_EPOCH, _BATCH], tf.int64)
        values = [tf.cast(epoch, tf.int64), tf.cast(batch, tf.int64)]
        self._table.insert(keys, tf.stack(values))


def each_epoch(
    make_epoch: Callable[[tf.Tensor, tf.Tensor], tf.data.Dataset],
) -> tf.data.Dataset:
    """A dataset that is `make_epoch(0, 0)` when first iterated, then of epoch 1, ...

    Args:
        make_epoch: From the epoch and its first batch, int64 scalars, to the dataset
            of that epoch from that batch on.

    `reshuffle_each_iteration` would be simpler, but mixes the global seed of
    TensorFlow into the order and cannot be asked for a given epoch.
    """
    import tensorflow as tf

    clock = EpochClock()
    start: Any = tf.data.Dataset.from_tensors(0).map(lambda _: clock.tick())
    dataset = start.flat_map(make_epoch)
    dataset._keras_gan_clock = clock
    return dataset


def finished(dataset: tf.data.Dataset, num_batches: int) -> tf.data.Dataset:
    """Says how many batches an epoch has, prefetches, and settles the options."""
    import tensorflow as tf

    settings = tf.data.Options()
    settings.deterministic = True
    # Autotuning can hold back the end of a short epoch until its next period.
    settings.autotune.enabled = False
    # The clock is state that a saved iterator does without: it saves the order of the
    # epoch that it is in.
    settings.experimental_external_state_policy = (
        tf.data.experimental.ExternalStatePolicy.IGNORE
    )
    # Workers take turns at examples; there are no files to deal out.
    settings.experimental_distribute.auto_shard_policy = (
        tf.data.experimental.AutoShardPolicy.DATA
    )

    def finish(stage: tf.data.Dataset) -> tf.data.Dataset:
        return stage.prefetch(2).with_options(settings)

    whole: Any = finish(
        dataset.apply(tf.data.experimental.assert_cardinality(num_batches))
    )
    # What is left of an epoch is shorter, which the assertion would not let pass.
    whole._keras_gan_unasserted = finish(dataset)
    return whole


def from_position(dataset: tf.data.Dataset, epoch: int, batch: int) -> tf.data.Dataset:
    """What a dataset has from `batch` of `epoch` on, for the next iteration.

    A dataset that does not come from `each_epoch` knows of no epochs: its own next
    order counts, and what comes before `batch` is gone through. So is what comes before
    it in a dataset with further stages behind those of `data.load`.
    """
    clock = clock_of(dataset)
    if clock is None:
        return dataset.skip(batch) if batch else dataset
    unasserted = getattr(dataset, "_keras_gan_unasserted", None)
    if batch and unasserted is not None:
        clock.seek(epoch, batch)
        return unasserted
    clock.seek(epoch)
    return dataset.skip(batch) if batch else dataset


def clock_of(dataset: tf.data.Dataset) -> EpochClock | None:
    """The clock of the `each_epoch` that a dataset is made from, if there is one."""
    found = [dataset]
    for stage in found:
        clock = getattr(stage, "_keras_gan_clock", None)
        if clock is not None:
            return clock
        found.extend(stage._inputs())
    return None
