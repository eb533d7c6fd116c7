"""The stages that every `tf.data` pipeline of this package is made of.

Data order is a pure function of (seed, epoch, position): `epoch_order` alone knows it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import tensorflow as tf

    from keras_gan.data.load_options import LoadOptions

# Sources whose decoded images take less are decoded once and kept in memory.
IN_MEMORY_BYTES = 64 * 2**20


def batches_from_memory(
    images: np.ndarray, labels: np.ndarray | None, options: LoadOptions
) -> tf.data.Dataset:
    """Batches gathered from arrays: whole batches at a time, scaled after the gather.

    Args:
        images: `(N, H, W, C)`, uint8 in 0..255 or float32 in the value range.
        labels: `(N,)` int32, or None.
        options: What `load` was asked for.
    """
    import tensorflow as tf

    with tf.device("CPU:0"):
        stored_images = tf.constant(images)
        stored_labels = None if labels is None else tf.constant(labels)

    def fetch(indices: tf.Tensor) -> Any:
        batch = to_value_range(tf.gather(stored_images, indices), options.value_range)
        if not options.labels:
            return batch
        return batch, tf.gather(stored_labels, indices)

    dataset = index_batches(len(images), options)
    dataset = dataset.map(fetch, num_parallel_calls=2, deterministic=True)
    return _finish(dataset, len(images), options)


def batches_from_examples(
    examples: tf.data.Dataset, num_examples: int, options: LoadOptions
) -> tf.data.Dataset:
    """Batches of uint8 images, or of (image, label) pairs, in the order they come."""

    def scale(images: tf.Tensor, *labels: tf.Tensor) -> Any:
        images = to_value_range(images, options.value_range)
        return (images, *labels) if labels else images

    dataset = examples.batch(options.batch_size, options.drop_remainder).map(scale)
    return _finish(dataset, num_examples, options)


def index_batches(num_examples: int, options: LoadOptions) -> tf.data.Dataset:
    """Batches of indices into the source, in a new order each epoch if shuffled."""
    import tensorflow as tf

    def batches(indices: tf.data.Dataset) -> tf.data.Dataset:
        return indices.batch(options.batch_size, options.drop_remainder)

    def shuffled_batches(epoch: tf.Tensor) -> tf.data.Dataset:
        order = epoch_order(num_examples, options.seed, epoch)
        return batches(tf.data.Dataset.from_tensor_slices(order))

    if options.shuffle:
        return each_epoch(shuffled_batches)
    return batches(tf.data.Dataset.range(num_examples))


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


def each_epoch(
    make_epoch: Callable[[tf.Tensor], tf.data.Dataset],
) -> tf.data.Dataset:
    """A dataset that is `make_epoch(0)` when first iterated, then `make_epoch(1)`, ...

    `reshuffle_each_iteration` would be simpler, but mixes the global seed of
    TensorFlow into the order and cannot be asked for a given epoch.
    """
    import tensorflow as tf

    # A table counts rather than a variable, because a variable that is made under a
    # strategy's scope would be one per replica. Anonymous: it goes with the dataset.
    with tf.device("CPU:0"):
        counter = tf.lookup.experimental.MutableHashTable(
            tf.int64, tf.int64, default_value=0, experimental_is_anonymous=True
        )

    def next_epoch(_: tf.Tensor) -> tf.Tensor:
        key = tf.constant(0, tf.int64)
        epoch = counter.lookup(key)
        counter.insert(key, epoch + 1)
        return epoch

    return tf.data.Dataset.from_tensors(0).map(next_epoch).flat_map(make_epoch)


def to_value_range(images: tf.Tensor, value_range: tuple[float, float]) -> tf.Tensor:
    """Maps uint8 images to `low + (high - low) * x / 255`; float images pass."""
    import tensorflow as tf

    if images.dtype != tf.uint8:
        return images
    low, high = value_range
    # Divided by 255 last, so that 0 and 255 become low and high exactly; the minimum
    # is for ranges whose sum rounds up.
    scaled = tf.cast(images, tf.float32) * (high - low) / 255.0 + low
    return tf.minimum(scaled, high)


def _finish(
    dataset: tf.data.Dataset, num_examples: int, options: LoadOptions
) -> tf.data.Dataset:
    """Prefetches, and settles how the runtime may treat the pipeline."""
    import tensorflow as tf

    num_batches = options.num_batches(num_examples)
    dataset = dataset.apply(tf.data.experimental.assert_cardinality(num_batches))
    settings = tf.data.Options()
    settings.deterministic = True
    # Autotuning can hold back the end of a short epoch until its next period.
    settings.autotune.enabled = False
    # The epoch counter is state that a saved iterator does without: it saves the order
    # of the epoch that it is in.
    settings.experimental_external_state_policy = (
        tf.data.experimental.ExternalStatePolicy.IGNORE
    )
    # Workers take turns at examples; there are no files to deal out.
    settings.experimental_distribute.auto_shard_policy = (
        tf.data.experimental.AutoShardPolicy.DATA
    )
    return dataset.prefetch(2).with_options(settings)
