"""Checks every batch of a dataset while it is read, for little time."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import tensorflow as tf

from keras_gan._checks import InputError
from keras_gan.training.batches import BatchContract, unpack


class EveryBatch:
    """Lets the batches of a dataset pass that fit the GAN, and stops at others.

    The graph only finds out that a batch is wrong. Python then looks at that batch for
    the sentence that says what is wrong, so that honest batches cost little.

    Args:
        contract: What every batch must be.

    Attributes:
        error: What was wrong, or what the user's own code raised; None until then.
    """

    def __init__(self, contract: BatchContract) -> None:
        self._contract = contract
        self.error: BaseException | None = None

    def applied_to(self, dataset: tf.data.Dataset) -> tf.data.Dataset:
        """Returns the dataset with the check behind it."""
        # A parallel stage reads ahead, so that the check and a step overlap.
        return dataset.map(self._checked, num_parallel_calls=1, deterministic=True)

    @contextlib.contextmanager
    def naming_batch(self, number: Callable[[], int]) -> Iterator[None]:
        """Turns TensorFlow's error of a wrong batch into one line about that batch.

        Args:
            number: Returns the place of the batch in its pass, from 0.

        Raises:
            ValueError: If the batch was wrong. What the user's own code raised while
                it made the batch is raised as it was.
        """
        try:
            yield
        except tf.errors.OpError:
            if self.error is None:
                raise
            error, self.error = self.error, None
            if not isinstance(error, InputError):
                raise error from None
            raise InputError(
                f"Batch {number()} of the data (the first is 0): {error}"
            ) from None

    def keep(self, error: BaseException) -> None:
        """Keeps an error that TensorFlow would bury in one of its own."""
        self.error = self.error or error

    @tf.autograph.experimental.do_not_convert
    def _checked(self, *batch: Any) -> Any:
        images, labels = unpack(batch)
        held = [images] if labels is None else [images, labels]
        passes = tf.cond(
            self._contract.holds(images, labels),
            lambda: True,
            lambda: tf.numpy_function(self._explain, held, tf.bool, stateful=False),
        )
        with tf.control_dependencies([passes]):
            shape = (None, *self._contract.image_shape)
            images = tf.ensure_shape(tf.identity(images), shape)
        return images if labels is None else (images, labels)

    def _explain(self, images: np.ndarray, labels: np.ndarray | None = None) -> Any:
        """Raises the error of a batch, if it has one to the last bit."""
        try:
            self._contract.check_batch(images, labels)
            self._contract.check_size(len(images))
        except InputError as error:
            self.keep(error)
            raise
        return np.True_
