"""Orders the data by (seed, epoch, position) alone.

A dataset of this module can start at any batch of any epoch without reading the batches
before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import tensorflow as tf

_EPOCH, _BATCH = 0, 1
# The coins of mirrored images take other keys than the order: seeds are below 2^63.
_COINS = -(2**63)


def epoch_order(num_examples: int, seed: int, epoch: tf.Tensor) -> tf.Tensor:
    """Returns the example at each position of an epoch, from the arguments alone.

    `tf.random.experimental.index_shuffle` is no substitute: it reads only the lowest
    eight bits of seed and epoch, so its orders repeat after 256 epochs.
    """
    import tensorflow as tf

    keys = random_int64((num_examples,), seed, epoch)
    return tf.cast(tf.argsort(keys, stable=True), tf.int64)


def random_int64(shape: tuple[int, ...], seed: int, epoch: tf.Tensor) -> tf.Tensor:
    """Returns integers over the full range of int64, from the arguments alone."""
    import tensorflow as tf

    key = tf.stack([tf.constant(seed, tf.int64), epoch])
    full_range: Any = None
    return tf.random.stateless_uniform(
        shape, key, full_range, full_range, tf.int64, alg="philox"
    )


def index_batches(
    num_examples: int,
    batch_size: int,
    seed: int | None,
    *,
    drop_remainder: bool,
    mirror_seed: int | None = None,
    passes: int = 1,
) -> tf.data.Dataset:
    """Returns batches of indices, shuffled anew in each pass if there is a seed.

    Args:
        num_examples: The number of examples.
        batch_size: Indices in a batch.
        seed: Chooses the order; None for the order of the source.
        drop_remainder: Whether a last batch of a pass that is not full is dropped.
        mirror_seed: Chooses the images to mirror: an index i of one is given as −1 − i.
            None mirrors none.
        passes: Passes over the examples in an epoch.
    """
    import tensorflow as tf

    def pass_from(number: tf.Tensor, batch: tf.Tensor) -> tf.data.Dataset:
        order = tf.range(num_examples, dtype=tf.int64)
        if seed is not None:
            order = epoch_order(num_examples, seed, number)
        if mirror_seed is not None:
            flipped = coins(num_examples, mirror_seed, number)
            order = tf.where(flipped, -1 - order, order)
        indices = tf.data.Dataset.from_tensor_slices(order[batch * batch_size :])
        return indices.batch(batch_size, drop_remainder)

    rest = 0 if drop_remainder else batch_size - 1
    return each_epoch(pass_from, passes, (num_examples + rest) // batch_size)


def coins(num_examples: int, seed: int, number: tf.Tensor) -> tf.Tensor:
    """Returns whether each image of a pass is mirrored, by its place in the order."""
    return random_int64((num_examples,), seed + _COINS, number) < 0


def unmirrored(indices: tf.Tensor) -> tf.Tensor:
    """Returns the indices without the sign that says that an image is mirrored."""
    import tensorflow as tf

    return tf.where(indices < 0, -1 - indices, indices)


class EpochClock:
    """Holds the epoch and the batch at which a dataset's next iteration starts.

    Each iteration moves the clock to the start of the following epoch.
    """

    def __init__(self) -> None:
        import tensorflow as tf

        # A table, because a variable that is made under a strategy's scope would exist
        # once per replica. An anonymous one is freed together with the dataset.
        with tf.device("CPU:0"):
            self._table = tf.lookup.experimental.MutableHashTable(
                tf.int64, tf.int64, default_value=0, experimental_is_anonymous=True
            )

    def seek(self, epoch: int, batch: int = 0) -> None:
        """Lets the next iteration start at `batch` of `epoch`."""
        self._insert(epoch, batch)

    def tick(self) -> tuple[tf.Tensor, tf.Tensor]:
        """Returns (epoch, batch) of the iteration that starts, and moves the clock."""
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
    make_pass: Callable[[tf.Tensor, tf.Tensor], tf.data.Dataset],
    passes: int,
    batches_per_pass: int,
) -> tf.data.Dataset:
    """Returns a dataset that is the passes of the first epoch, then of the next.

    `reshuffle_each_iteration` would be simpler, but mixes TensorFlow's global seed into
    the order and cannot start at a given epoch.

    Args:
        make_pass: Maps the number of a pass and its first batch, int64 scalars, to the
            dataset of that pass from that batch on.
        passes: Passes over the data in an epoch.
        batches_per_pass: Batches in a pass.
    """
    import tensorflow as tf

    clock, as_it_is = EpochClock(), tf.autograph.experimental.do_not_convert
    start: Any = tf.data.Dataset.from_tensors(0).map(as_it_is(lambda _: clock.tick()))

    # AutoGraph finds nothing to convert in this package, and takes long to see it.
    @as_it_is
    def epoch_from(epoch: tf.Tensor, batch: tf.Tensor) -> tf.data.Dataset:
        if passes == 1:
            return make_pass(epoch, batch)
        begun = batch // batches_per_pass
        rest = batch - begun * batches_per_pass
        return tf.data.Dataset.range(begun, passes).flat_map(
            lambda number: make_pass(
                epoch * passes + number, tf.where(number == begun, rest, 0)
            )
        )

    dataset = start.flat_map(epoch_from)
    dataset._keras_gan_clock = clock
    return dataset


def finished(dataset: tf.data.Dataset, num_batches: int) -> tf.data.Dataset:
    """Returns the dataset with its length, prefetching and fixed options."""
    import tensorflow as tf

    settings = tf.data.Options()
    settings.deterministic = True
    # Autotuning can delay the end of a short epoch until its next period.
    settings.autotune.enabled = False
    # A saved iterator does not need the clock: it saves the order of its epoch.
    settings.experimental_external_state_policy = (
        tf.data.experimental.ExternalStatePolicy.IGNORE
    )
    # Workers share the examples, because there are no files to distribute.
    settings.experimental_distribute.auto_shard_policy = (
        tf.data.experimental.AutoShardPolicy.DATA
    )

    def finish(stage: tf.data.Dataset) -> tf.data.Dataset:
        return stage.prefetch(2).with_options(settings)

    whole: Any = finish(
        dataset.apply(tf.data.experimental.assert_cardinality(num_batches))
    )
    # The rest of an epoch is shorter, so it needs a dataset without the assertion.
    whole._keras_gan_unasserted = finish(dataset)
    return whole


def from_position(dataset: tf.data.Dataset, epoch: int, batch: int) -> tf.data.Dataset:
    """Returns a dataset whose next iteration starts at `batch` of `epoch`.

    A dataset that was not made by `each_epoch` has no clock: it keeps its own order,
    and the first `batch` batches are read and thrown away. The same happens if stages
    were added after `data.load`.
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
    """Returns the clock of the `each_epoch` that a dataset is made from, or None."""
    clocks = (getattr(stage, "_keras_gan_clock", None) for stage in _stages_of(dataset))
    return next((clock for clock in clocks if clock is not None), None)


def shuffles_anew(dataset: tf.data.Dataset) -> bool:
    """Returns whether a stage shuffles in an order that no other process repeats.

    A `shuffle` inside the function of another stage is not seen.
    """
    for stage in _stages_of(dataset):
        # No public name tells a stage's kind.
        if type(stage).__name__ != "_ShuffleDataset":
            continue
        seeds = [getattr(stage, name, 1) for name in ("_seed", "_seed2")]
        # Two zeros stand for a seed of chance.
        by_chance = not any(map(int, seeds))
        if by_chance or getattr(stage, "_reshuffle_each_iteration", True):
            return True
    return False


def _stages_of(dataset: tf.data.Dataset) -> Iterator[Any]:
    """Yields a dataset and all that it is made from."""
    found: list[Any] = [dataset]
    for stage in found:
        yield stage
        found.extend(stage._inputs())
