"""Deals out the batches of a dataset to replicas, from any position on."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import tensorflow as tf

from keras_gan._checks import InputError
from keras_gan._typing import Tensor
from keras_gan.data.epoch_order import (
    finished,
    from_position,
    index_batches,
    shuffles_anew,
)
from keras_gan.distribution.workers import worker_count, worker_index
from keras_gan.training.batches import BatchContract
from keras_gan.training.fitting.every_batch import EveryBatch
from keras_gan.training.fitting.python_batches import PythonBatches, yields_batches

_DEFAULT_BATCH_SIZE = 32  # Keras's


def open_feed(
    gan: Any,
    x: Any,
    y: Any,
    batch_size: int | None,
    *,
    minibatches: int = 1,
    seed: int | None = None,
) -> Feed:
    """Checks data, and returns their batches.

    Args:
        gan: The GAN that the data must fit.
        x: Images, a pair of images and labels, or a dataset of batches of either.
        y: Labels, where `x` is an array.
        batch_size: Images in a batch; datasets bring their own.
        minibatches: How many equal parts a batch is cut into.
        seed: Seeds the order of arrays; None keeps them as they are.

    Raises:
        ValueError: If the data do not fit the GAN.
    """
    strategy = gan.distribute_strategy
    contract = BatchContract(
        image_shape=gan.image_shape,
        num_classes=gan.num_classes,
        value_range=gan.value_range,
        discriminator_steps=minibatches,
        pack=gan.interface.pack,
        replicas=strategy.num_replicas_in_sync,
        compiled=gan.jit_compile,
    )
    if not brings_batches(x):
        return _feed_of_arrays(contract, strategy, x, y, batch_size, seed)
    if batch_size is not None or y is not None:
        name = "y" if y is not None else "batch_size"
        raise InputError(
            f"`{name}` was given beside {_words_for(x)}, which brings its own; batch "
            "the data there, and let it yield `(images, labels)` for labels. Several "
            "arrays are joined by `np.concatenate`."
        )
    check = EveryBatch(contract)
    if isinstance(x, tf.data.Dataset):
        first = next(iter(x.take(1)), None)
        contract.check_dataset(x.element_spec, first)
        return Feed(x, strategy, check, batch_size=_length(first))
    source = PythonBatches(x, seed=seed, equal=contract.replicas > 1, keep=check.keep)
    contract.check_dataset(source.dataset.element_spec, source.first)
    size = _length(source.first)
    return Feed(source.dataset, strategy, check, source, batch_size=size)


def brings_batches(x: Any) -> bool:
    """Returns whether data come as batches: a dataset, or another iterable of them."""
    return isinstance(x, tf.data.Dataset) or yields_batches(x)


def _words_for(x: Any) -> str:
    return "a dataset" if isinstance(x, tf.data.Dataset) else f"a {type(x).__name__}"


def _feed_of_arrays(
    contract: BatchContract,
    strategy: tf.distribute.Strategy,
    x: Any,
    y: Any,
    batch_size: int | None,
    seed: int | None,
) -> Feed:
    """Returns the batches of arrays, of which all values are checked here."""
    if isinstance(x, (tuple, list)) and y is None and len(x) == 2:
        x, y = x
    batch_size = batch_size or _DEFAULT_BATCH_SIZE
    contract.check_arrays(x, y, batch_size)
    size = min(batch_size, len(x))
    return Feed(from_arrays(x, y, size, seed), strategy, batch_size=size)


def _length(batch: Any) -> int | None:
    """Returns the number of examples in a batch; None without one."""
    parts = tf.nest.flatten(batch)
    return len(parts[0]) if parts and parts[0] is not None else None


class Feed:
    """A dataset that can be read from any batch of any epoch.

    Args:
        dataset: Batches of images or of (images, labels), over all replicas.
        strategy: Its replicas get the parts of each batch.
        check: Stops at a wrong batch; None if the data have been checked.
        source: The Python object that makes the batches; None for a dataset.
        batch_size: The examples of the first batch, over all replicas.

    Attributes:
        batch_size: The examples of a batch; None if unknown.
        num_batches: The batches of a whole pass; None if unknown.
        endless: Whether a pass never ends.
        shuffles_anew: Whether the order of the batches is one that a training that goes
            on from a checkpoint does not meet again.
    """

    def __init__(
        self,
        dataset: tf.data.Dataset,
        strategy: tf.distribute.Strategy,
        check: EveryBatch | None = None,
        source: PythonBatches | None = None,
        batch_size: int | None = None,
    ) -> None:
        self.batch_size = batch_size
        length = int(dataset.cardinality())
        self.num_batches = length if length >= 0 else None
        self.endless = length == tf.data.INFINITE_CARDINALITY
        self.shuffles_anew = shuffles_anew(dataset)
        self._dataset = dataset
        self._strategy = strategy
        self._check = check
        self._source = source
        self._dealt: tuple[Any, Any] = (None, None)

    def first_batch(self) -> bytes:
        """Returns the bytes of the first batch of the first pass, over all replicas."""
        if self._source is not None:
            batch = self._source.first
        else:
            (batch,) = from_position(self._dataset, 0, 0).take(1)
        parts = [np.asarray(part) for part in tf.nest.flatten(batch)]
        return b"".join(part.tobytes() for part in parts)

    def start(self, epoch: int, batch: int = 0) -> Iterator[Any]:
        """Returns an iterator over the batches of an epoch, from `batch` on."""
        if self._source is not None:
            self._source.begin_pass()
        dataset = from_position(self._dataset, epoch, batch)
        if self._dealt[0] is not dataset:
            checked = (
                dataset if self._check is None else self._check.applied_to(dataset)
            )
            self._dealt = (dataset, deal(checked, self._strategy))
        return iter(self._dealt[1])

    def end_pass(self) -> None:
        """Tells the user's object that all of its batches have been read."""
        if self._source is not None:
            self._source.end_pass()

    def naming_batch(
        self, number: Callable[[], int]
    ) -> contextlib.AbstractContextManager[None]:
        """Lets the error of a wrong batch name it; see `EveryBatch.naming_batch`."""
        if self._check is None:
            return contextlib.nullcontext()
        return self._check.naming_batch(number)


def deal(dataset: tf.data.Dataset, strategy: tf.distribute.Strategy) -> Any:
    """Cuts each batch into as many equal parts as there are replicas, in their order.

    Every worker reads all batches and keeps its own rows. TensorFlow's
    `experimental_distribute_dataset` would guess from the dataset's stages what to cut,
    and a step could get other examples than on one device.
    """
    replicas = strategy.num_replicas_in_sync
    if replicas == 1:
        return dataset

    def parts(first: int, local: int) -> tf.data.Dataset:
        """Returns `local` parts of each batch, one after the other."""

        def cut(tensor: Tensor) -> Tensor:
            size = tensor.shape[0] // replicas
            parts = tf.reshape(tensor, (replicas, size, *tensor.shape[1:]))
            return parts[first : first + local]

        def cut_all(*batch: Any) -> Any:
            parts: Any = tf.nest.map_structure(cut, batch)
            return parts if len(batch) > 1 else parts[0]

        cut_batches = dataset.map(cut_all, num_parallel_calls=1, deterministic=True)
        return cut_batches.unbatch().prefetch(local)

    if worker_count(strategy) == replicas:
        # TensorFlow's iterator would ask all workers before each batch if they have it.
        return parts(worker_index(strategy), 1)

    def of_worker(context: tf.distribute.InputContext) -> tf.data.Dataset:
        local = replicas // context.num_input_pipelines
        return parts(context.input_pipeline_id * local, local)

    return strategy.distribute_datasets_from_function(of_worker)


def from_arrays(
    images: Any, labels: Any | None, batch_size: int, seed: int | None
) -> tf.data.Dataset:
    """Returns batches of arrays, in a new order in each epoch if there is a seed."""
    parts = [images] if labels is None else [images, labels]
    with tf.device("CPU:0"):
        stored = [tf.convert_to_tensor(np.asarray(part)) for part in parts]

    @tf.autograph.experimental.do_not_convert
    def fetch(indices: Tensor) -> Any:
        batch = [tf.gather(part, indices) for part in stored]
        return tuple(batch) if len(batch) > 1 else batch[0]

    whole = len(images) % batch_size == 0
    batches = index_batches(len(images), batch_size, seed, drop_remainder=whole)
    batches = batches.map(fetch, num_parallel_calls=2, deterministic=True)
    return finished(batches, -(-len(images) // batch_size))
