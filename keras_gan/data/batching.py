"""Makes `tf.data` batches: from arrays in memory, or from a dataset of examples."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from keras_gan.data.epoch_order import finished, index_batches, unmirrored

if TYPE_CHECKING:
    import tensorflow as tf

    from keras_gan.data.load_options import LoadOptions

# A source is decoded once and kept in memory if its decoded images are no larger.
IN_MEMORY_BYTES = 64 * 2**20


def fits_in_memory(
    num_examples: int, shape: tuple[int, int, int], itemsize: int = 1
) -> bool:
    """Returns whether images `(num_examples, *shape)` may be kept in memory.

    Args:
        num_examples: Number of images.
        shape: The shape of one.
        itemsize: Bytes of a value.
    """
    return num_examples * math.prod(shape) * itemsize <= IN_MEMORY_BYTES


def batches_from_memory(
    images: np.ndarray, labels: np.ndarray | None, options: LoadOptions
) -> tf.data.Dataset:
    """Returns batches that are gathered from arrays, and scaled after that.

    Args:
        images: `(N, H, W, C)`, uint8 in 0..255 or float32 in the value range; or
            points `(N, F)` float32.
        labels: `(N,)` int32, or None.
        options: The arguments of `load`.
    """
    import tensorflow as tf

    with tf.device("CPU:0"):
        stored = tf.constant(images)

    def fetch(indices: tf.Tensor) -> tf.Tensor:
        return to_value_range(tf.gather(stored, indices), options.value_range)

    return batches_from_indices(fetch, len(images), labels, options)


def batches_from_indices(
    fetch: Callable[[tf.Tensor], tf.Tensor],
    num_examples: int,
    labels: np.ndarray | None,
    options: LoadOptions,
) -> tf.data.Dataset:
    """Returns batches of images that a function of their indices makes.

    Args:
        fetch: Maps indices `(B,)` int64 to images `(B, ...)`.
        num_examples: N, the number of examples.
        labels: `(N,)` int32, or None.
        options: The arguments of `load`.
    """
    import tensorflow as tf

    with tf.device("CPU:0"):
        stored_labels = None if labels is None else tf.constant(labels)

    @tf.autograph.experimental.do_not_convert
    def fetch_all(signed: tf.Tensor) -> Any:
        indices = unmirrored(signed) if options.mirror else signed
        images = fetch(indices)
        if options.mirror:
            images = mirrored(images, signed < 0)
        if not options.labels:
            return images
        return images, tf.gather(stored_labels, indices)

    dataset = indices_in_order(num_examples, options)
    dataset = dataset.map(fetch_all, num_parallel_calls=2, deterministic=True)
    return finished(dataset, options.num_batches(num_examples))


def batches_from_examples(
    examples: tf.data.Dataset, num_examples: int, options: LoadOptions
) -> tf.data.Dataset:
    """Returns batches of images, or of (image, label) pairs, in their order."""

    def scale(images: tf.Tensor, *labels: tf.Tensor) -> Any:
        images = to_value_range(images, options.value_range)
        return (images, *labels) if labels else images

    dataset = examples.batch(options.batch_size, options.drop_remainder).map(scale)
    return finished(dataset, options.num_batches(num_examples))


def indices_in_order(num_examples: int, options: LoadOptions) -> tf.data.Dataset:
    """Returns batches of indices as `options` asks for; see `index_batches`."""
    return index_batches(
        num_examples,
        options.batch_size,
        options.order_seed,
        drop_remainder=options.drop_remainder,
        mirror_seed=options.seed if options.mirror else None,
        passes=options.passes,
    )


def mirrored(images: tf.Tensor, flipped: tf.Tensor) -> tf.Tensor:
    """Returns images `(B, H, W, C)`, left and right exchanged where `flipped` says."""
    import tensorflow as tf

    return tf.where(flipped[:, None, None, None], images[:, :, ::-1], images)


def to_value_range(images: tf.Tensor, value_range: tuple[float, float]) -> tf.Tensor:
    """Maps uint8 images to `low + (high - low) * x / 255`; float images pass."""
    import tensorflow as tf

    if images.dtype != tf.uint8:
        return images
    low, high = value_range
    # The division by 255 comes last, so that 0 and 255 become low and high exactly. The
    # minimum is for ranges whose sum rounds up.
    scaled = tf.cast(images, tf.float32) * (high - low) / 255.0 + low
    return tf.minimum(scaled, high)
