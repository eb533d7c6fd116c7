"""Batches for `fit` and `evaluate`: from any position, dealt out to any replicas."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import tensorflow as tf

from keras_gan._typing import Tensor
from keras_gan.data.epoch_order import finished, from_position, index_batches


class Feed:
    """Passes over a dataset, each from a position in an epoch of the data's order.

    Args:
        dataset: Batches of images or of (images, labels), over all replicas.
        strategy: To whose replicas the batches are dealt out.

    Attributes:
        num_batches: The batches of a whole pass; None if the dataset does not tell.
    """

    def __init__(
        self, dataset: tf.data.Dataset, strategy: tf.distribute.Strategy
    ) -> None:
        length = int(dataset.cardinality())
        self.num_batches = length if length >= 0 else None
        self.endless = length == tf.data.INFINITE_CARDINALITY
        self._dataset = dataset
        self._strategy = strategy
        self._dealt: tuple[Any, Any] = (None, None)

    def first_batch(self) -> bytes:
        """The first batch of the first pass, over all replicas."""
        (batch,) = from_position(self._dataset, 0, 0).take(1)
        parts = [np.asarray(part) for part in tf.nest.flatten(batch)]
        return b"".join(part.tobytes() for part in parts)

    def start(self, epoch: int, batch: int = 0) -> Iterator[Any]:
        """Returns an iterator over what the pass has from `batch` on."""
        dataset = from_position(self._dataset, epoch, batch)
        if self._dealt[0] is not dataset:
            self._dealt = (dataset, deal(dataset, self._strategy))
        return iter(self._dealt[1])


def deal(dataset: tf.data.Dataset, strategy: tf.distribute.Strategy) -> Any:
    """Cuts each batch into as many equal parts as there are replicas, in their order.

    Every worker reads all batches and keeps its own rows. `strategy.experimental_
    distribute_dataset` would guess from the dataset's stages what to cut, and give
    other examples to a step than one device has in it.
    """
    replicas = strategy.num_replicas_in_sync
    if replicas == 1:
        return dataset

    def of_worker(context: tf.distribute.InputContext) -> tf.data.Dataset:
        local = replicas // context.num_input_pipelines
        first = context.input_pipeline_id * local

        def cut(tensor: Tensor) -> Tensor:
            size = tensor.shape[0] // replicas
            parts = tf.reshape(tensor, (replicas, size, *tensor.shape[1:]))
            return parts[first : first + local]

        def cut_all(*batch: Any) -> Any:
            parts: Any = tf.nest.map_structure(cut, batch)
            return parts if len(batch) > 1 else parts[0]

        parts = dataset.map(cut_all, num_parallel_calls=1, deterministic=True)
        return parts.unbatch().prefetch(local)

    return strategy.distribute_datasets_from_function(of_worker)


def from_arrays(
    images: Any, labels: Any | None, batch_size: int, seed: int | None
) -> tf.data.Dataset:
    """Batches of arrays in memory, shuffled anew in each epoch if there is a seed."""
    parts = [images] if labels is None else [images, labels]
    with tf.device("CPU:0"):
        stored = [tf.convert_to_tensor(np.asarray(part)) for part in parts]

    def fetch(indices: Tensor) -> Any:
        batch = [tf.gather(part, indices) for part in stored]
        return tuple(batch) if len(batch) > 1 else batch[0]

    whole = len(images) % batch_size == 0
    batches = index_batches(len(images), batch_size, seed, drop_remainder=whole)
    batches = batches.map(fetch, num_parallel_calls=2, deterministic=True)
    return finished(batches, -(-len(images) // batch_size))
