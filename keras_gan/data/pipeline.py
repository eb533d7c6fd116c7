"""The stages that every `tf.data` pipeline of this package is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from keras_gan.data import order

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
    return order.finished(dataset, options.num_batches(len(images)))


def batches_from_examples(
    examples: tf.data.Dataset, num_examples: int, options: LoadOptions
) -> tf.data.Dataset:
    """Batches of uint8 images, or of (image, label) pairs, in the order they come."""

    def scale(images: tf.Tensor, *labels: tf.Tensor) -> Any:
        images = to_value_range(images, options.value_range)
        return (images, *labels) if labels else images

    dataset = examples.batch(options.batch_size, options.drop_remainder).map(scale)
    return order.finished(dataset, options.num_batches(num_examples))


def index_batches(num_examples: int, options: LoadOptions) -> tf.data.Dataset:
    """Batches of indices into the source, in the order that is asked for."""
    seed = options.seed if options.shuffle else None
    return order.index_batches(
        num_examples, options.batch_size, seed, options.drop_remainder
    )


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
