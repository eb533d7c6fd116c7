"""Compiles the functions that `fit` and `evaluate` call, on any number of replicas.

Keras's own functions fail on several replicas. Two nested `tf.function`s mix up the
sums over replicas of the two networks' updates, several steps per execution do not
trace, and the logs of several workers are reduced over an axis that they do not have.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import keras
import tensorflow as tf

from keras_gan._typing import Tensor
from keras_gan.distribution.collective_keys import use_own_keys
from keras_gan.distribution.global_batch import global_mean
from keras_gan.distribution.replicas import is_equal
from keras_gan.layers.faster_forms import FasterForms
from keras_gan.training.counters import RunningMeans, pack

Logs = dict[str, Tensor]
StepFunction = Callable[[Any], Logs]
# Takes an iterator and the largest number of steps to do (by default 1). Returns the
# number of steps done and the means of the logs so far.
ExecutionFunction = Callable[..., tuple[int, Logs]]


def compiled_function(gan: Any, step: Any, means: RunningMeans) -> ExecutionFunction:
    """Compiles a step of a GAN for `fit` or `evaluate`, as `compile` says.

    Args:
        gan: The GAN.
        step: Its `train_step` or `test_step`.
        means: Where the logs of the step are counted.
    """
    networks = gan.generator, gan.discriminator
    if gan.jit_compile and not gan.run_eagerly:
        step = tf.function(step, jit_compile=True, reduce_retracing=True)
        networks = ()  # XLA has forms of its own.
    strategy = gan.distribute_strategy
    return execution_function(
        strategy, step, means, networks, run_eagerly=gan.run_eagerly
    )


def execution_function(
    strategy: tf.distribute.Strategy,
    step: StepFunction,
    means: RunningMeans,
    networks: Sequence[keras.Model],
    *,
    run_eagerly: bool,
) -> ExecutionFunction:
    """Returns a function that runs `step` on every replica for the next batches.

    Args:
        strategy: How the step is distributed.
        step: From this replica's part of a batch to logs that are means over it.
        means: Where the logs are counted.
        networks: Those whose stock layers take `FasterForms`.
        run_eagerly: Whether the step runs as plain Python.

    Returns:
        A function of an iterator and the most steps to do. It returns how many steps
        it did, fewer at the end of the data, and the means of the logs so far.
    """
    use_own_keys(strategy)

    def replica_step(data: Any) -> Tensor:
        logs = step(data)
        packed = pack(logs)
        return packed if all(map(is_equal, logs.values())) else global_mean(packed)

    def one_step(data: Any) -> None:
        with FasterForms(*networks):
            packed = strategy.run(replica_step, args=(data,))
        means.add(strategy.experimental_local_results(packed)[0])

    # Each step begins with a batch at hand. A step that failed at the end of the data
    # might already have counted itself.
    @tf.autograph.experimental.do_not_convert
    def execution(iterator: Any, most: Tensor) -> tuple[Tensor, Logs]:
        def more(done: Tensor, batch: Any) -> Tensor:
            return tf.logical_and(done < most, batch.has_value())

        def body(done: Tensor, batch: Any) -> tuple[Tensor, Any]:
            one_step(batch.get_value())
            following = tf.cond(
                done + 1 < most,
                iterator.get_next_as_optional,
                lambda: batch,
            )
            return done + 1, following

        start = (tf.constant(0), iterator.get_next_as_optional())
        done, _ = tf.while_loop(more, body, start)
        return done, means.result()

    if not run_eagerly:
        execution = tf.function(execution, reduce_retracing=True)

    def call(iterator: Any, most: int = 1) -> tuple[int, Logs]:
        done, logs = execution(iterator, tf.constant(most))
        return int(done), logs

    return call
