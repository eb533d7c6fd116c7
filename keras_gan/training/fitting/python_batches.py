"""Reads batches that Python objects make: PyDatasets, loaders, lists and generators."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from keras_gan._checks import InputError, counted
from keras_gan._typing import Tensor
from keras_gan.data.epoch_order import finished, index_batches
from keras_gan.training.batches import unpack

Batch = tuple[np.ndarray, ...]

_LARGEST_OF_LIST = 4096


def yields_batches(x: Any) -> bool:
    """Returns whether an object is an iterable of batches.

    An array is none, nor is a pair of images and labels. A list is one if it holds
    pairs, dicts or arrays of equal images.
    """
    if isinstance(x, keras.utils.PyDataset):
        return True
    if hasattr(x, "shape") or isinstance(x, (str, bytes, Mapping)):
        return False
    if isinstance(x, (list, tuple)):
        held = all(isinstance(each, (tuple, Mapping)) for each in x)
        return len(x) > 0 and (held or _are_equal_images(x))
    return hasattr(x, "__iter__")


class PythonBatches:
    """Batches from a Python object, as a dataset.

    Args:
        x: A `keras.utils.PyDataset`, whose batches are read by number, or any iterable
            of batches: images, `(images, labels)`, or dicts of them. An iterator, such
            as a generator, can be read once.
        seed: Seeds the order of a PyDataset's batches; None keeps their order.
        equal: Whether all batches must have the size of the first.
        keep: Is given what the object raises.

    Attributes:
        dataset: The batches; no longer than the object says.
        first: The first batch, images and perhaps labels; None if there is none.
    """

    def __init__(
        self,
        x: Any,
        *,
        seed: int | None,
        equal: bool,
        keep: Callable[[BaseException], None],
    ) -> None:
        self._x = x
        self._equal = equal
        self._keep = keep
        self._once: Iterator[Any] | None = None
        by_number = isinstance(x, keras.utils.PyDataset)
        length = x.num_batches if by_number else _length_of(x)
        if by_number:
            first = None if length == 0 else x[0]
        else:
            batches = iter(x)
            first = next(batches, None)
            self._once = batches if batches is x else None
        self.first = None if first is None else _arrays(first)
        if isinstance(x, (list, tuple)) and self.first is not None:
            _check_list(len(self.first[0]))
        self._unread = [] if self._once is None else [first]
        signature = tuple(
            tf.TensorSpec((len(part) if equal else None, *part.shape[1:]), part.dtype)
            for part in self.first or (np.zeros((0,), np.float32),)
        )
        if by_number and length is not None:
            self.dataset = self._in_order(length, seed, signature)
        else:
            self.dataset = self._as_they_come(length, signature)

    def begin_pass(self) -> None:
        """Tells a PyDataset that an epoch begins."""
        if isinstance(self._x, keras.utils.PyDataset):
            self._x.on_epoch_begin()

    def end_pass(self) -> None:
        """Tells a PyDataset that an epoch has ended."""
        if isinstance(self._x, keras.utils.PyDataset):
            self._x.on_epoch_end()

    def _in_order(
        self, length: int, seed: int | None, signature: tuple[tf.TensorSpec, ...]
    ) -> tf.data.Dataset:
        """Returns the batches of a PyDataset, in a new order in each epoch."""

        def get(number: np.ndarray) -> Batch:
            return self._checked(lambda: self._x[int(number)])

        def fetch(numbers: Tensor) -> Any:
            dtypes = [spec.dtype for spec in signature]
            parts: Any = tf.numpy_function(get, [numbers[0]], dtypes)
            for part, spec in zip(parts, signature, strict=True):
                part.set_shape(spec.shape)
            return tuple(parts) if len(signature) > 1 else parts[0]

        numbers = index_batches(length, 1, seed, drop_remainder=True)
        workers = max(1, self._x.workers)
        batches = numbers.map(fetch, num_parallel_calls=workers, deterministic=True)
        return finished(batches, length)

    def _as_they_come(
        self, length: int | None, signature: tuple[tf.TensorSpec, ...]
    ) -> tf.data.Dataset:
        """Returns the batches of an iterable, in its own order."""

        def batches() -> Iterator[Any]:
            iterator = self._iterator()
            while True:
                try:
                    batch = self._checked(lambda: next(iterator))
                except StopIteration:
                    return
                yield batch if len(signature) > 1 else batch[0]

        specs: Any = signature
        single = specs if len(specs) > 1 else specs[0]
        dataset = tf.data.Dataset.from_generator(batches, output_signature=single)
        if length is not None:
            limit = tf.data.experimental.assert_cardinality(length)
            dataset = dataset.apply(limit)
        return dataset

    def _iterator(self) -> Iterator[Any]:
        """Returns an iterator from the first batch on, or over the rest of one."""
        if self._once is None:
            return iter(self._x)
        unread, self._unread = self._unread, []
        return itertools.chain(unread, self._once)

    def _checked(self, read: Callable[[], Any]) -> Batch:
        """Returns the arrays of a batch; keeps what the user's object raises."""
        try:
            batch = _arrays(read())
            self._check_kind(batch)
        except StopIteration:
            raise
        except BaseException as error:
            self._keep(error)
            raise
        return batch

    def _check_kind(self, batch: Batch) -> None:
        """Refuses a batch of other arrays than the first."""
        first: Any = self.first
        if _kind(batch) != _kind(first):
            raise InputError(
                f"It holds {_kind(batch)}, the first batch {_kind(first)}; let all be "
                "alike."
            )
        if self._equal and len(batch[0]) != len(first[0]):
            raise InputError(
                f"It has {counted(len(batch[0]), 'image')}, the first batch "
                f"{len(first[0])}, but "
                "replicas need equal ones; drop the rest, as by `drop_last=True` of a "
                "DataLoader."
            )


def _are_equal_images(arrays: Sequence[Any]) -> bool:
    """Returns whether all are arrays `(B, ...)` of images of one shape."""
    shapes = {tuple(getattr(array, "shape", ()))[1:] for array in arrays}
    return len(shapes) == 1 and shapes != {()}


def _check_list(size: int) -> None:
    """Refuses a list of whole arrays, which are too long for batches."""
    if size > _LARGEST_OF_LIST:
        raise InputError(
            "A list of arrays is taken for batches, but the first has "
            f"{counted(size, 'image')}; join the arrays by `np.concatenate`."
        )


def _length_of(x: Any) -> int | None:
    """Returns the number of batches of an iterable; None if it does not tell."""
    try:
        return len(x)
    except (TypeError, NotImplementedError):
        return None


def _arrays(batch: Any) -> Batch:
    """Returns the images, and the labels if any, of a batch of any library's arrays."""
    images, labels = unpack(batch)
    return tuple(_array(part) for part in (images, labels) if part is not None)


def _kind(batch: Batch) -> str:
    """Returns the types and shapes of a batch's arrays in words."""
    kinds = [f"{part.dtype} of shape (B, {str(part.shape[1:])[1:]}" for part in batch]
    return " and ".join(kinds)


def _array(values: Any) -> np.ndarray:
    detached = values.detach().cpu() if hasattr(values, "detach") else values
    return np.asarray(detached)
