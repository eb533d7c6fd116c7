"""The compiled functions that `fit` and `evaluate` call on several replicas.

Keras's own fail there: two nested `tf.function`s pair the collectives of the two
networks' updates wrongly, and several steps per execution do not trace at all.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import tensorflow as tf

from keras_gan._typing import Tensor

Logs = dict[str, Tensor]
StepFunction = Callable[[Any], Logs]


class StepFunctions(keras.Model):
    """Chooses Keras's functions for one replica, and ours for several."""

    def make_train_function(self, force: bool = False) -> Any:
        """Compiles `train_step` for `fit`; our own way on several replicas."""
        if self.distribute_strategy.num_replicas_in_sync == 1:
            return super().make_train_function(force)
        if self.train_function is None or force:
            self.train_function = self._distributed(self.train_step)
        return self.train_function

    def make_test_function(self, force: bool = False) -> Any:
        """Compiles `test_step` for `evaluate`; our own way on several replicas."""
        if self.distribute_strategy.num_replicas_in_sync == 1:
            return super().make_test_function(force)
        if self.test_function is None or force:
            self.test_function = self._distributed(self.test_step)
        return self.test_function

    def _distributed(self, step: Any) -> Any:
        return distributed_function(
            self.distribute_strategy,
            step,
            steps_per_execution=self.steps_per_execution,
            run_eagerly=self.run_eagerly,
        )


def distributed_function(
    strategy: tf.distribute.Strategy,
    step: StepFunction,
    *,
    steps_per_execution: int,
    run_eagerly: bool,
) -> Callable[[Any], Logs]:
    """Returns a function that runs `step` on every replica for the next batches.

    Args:
        strategy: How the step is distributed.
        step: From this replica's part of a batch to logs that are means over it.
        steps_per_execution: How many batches one call consumes, or what is left.
        run_eagerly: Whether the step runs as plain Python.

    Returns:
        A function of the iterator that `fit` hands over. It returns the logs of the
        last step, averaged over the replicas, and raises StopIteration at the end.
    """

    @tf.autograph.experimental.do_not_convert
    def one_step(data: Any) -> Logs:
        logs = strategy.run(step, args=(data,))
        return {
            name: mean_over_replicas(strategy, value) for name, value in logs.items()
        }

    @tf.autograph.experimental.do_not_convert
    def several_steps(iterator: Any) -> Logs:
        logs = one_step(next(iterator))
        if steps_per_execution == 1:
            return logs

        def more(done: Tensor, batch: Any, logs: Logs) -> Tensor:
            return tf.logical_and(done < steps_per_execution, batch.has_value())

        def body(done: Tensor, batch: Any, logs: Logs) -> tuple[Tensor, Any, Logs]:
            logs = one_step(batch.get_value())
            following = tf.cond(
                done + 1 < steps_per_execution,
                iterator.get_next_as_optional,
                lambda: batch,
            )
            return done + 1, following, logs

        start = (tf.constant(1), iterator.get_next_as_optional(), logs)
        return tf.while_loop(more, body, start)[2]

    function = several_steps
    if not run_eagerly:
        function = tf.function(several_steps, reduce_retracing=True)

    def call(iterator: Any) -> Logs:
        try:
            return function(iterator)
        except tf.errors.OutOfRangeError as error:
            raise StopIteration from error

    return call


def mean_over_replicas(strategy: tf.distribute.Strategy, value: Any) -> Tensor:
    """The mean of a scalar that every replica has computed over its own part."""
    return tf.reduce_mean(tf.stack(strategy.experimental_local_results(value)))
