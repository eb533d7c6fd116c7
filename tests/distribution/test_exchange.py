"""Replicas exchange few messages in a step, and none that waits for nobody's answer."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
from harness.replicas import on_each, two_replicas

from keras_gan.distribution.exchange import sum_over_replicas
from keras_gan.distribution.replicas import replica_number

BENCHMARK = Path(__file__).parents[2] / "scripts" / "benchmark"


@pytest.fixture(autouse=True)
def benchmark_modules(monkeypatch):
    monkeypatch.syspath_prepend(BENCHMARK.parent)
    monkeypatch.syspath_prepend(BENCHMARK / "loops")
    monkeypatch.syspath_prepend(BENCHMARK)


def run(replica):
    return two_replicas().run(tf.function(replica))


def test_tensors_of_one_type_are_summed_in_one_message_and_keep_their_shapes():
    def replica():
        own = float(replica_number() + 1)
        tensors = [tf.fill((2, 3), own), tf.constant(own), tf.constant([7 * own])]
        return sum_over_replicas([*tensors, tf.constant([replica_number()])])

    for matrix, scalar, vector, integer in zip(
        *map(on_each, run(replica)), strict=True
    ):
        np.testing.assert_array_equal(matrix, np.full((2, 3), 3.0))
        assert (scalar.shape, scalar) == ((), 3.0)
        np.testing.assert_array_equal(vector, [21.0])
        np.testing.assert_array_equal(integer, [1])


def test_large_tensors_are_summed_in_two_messages_of_similar_size():
    sizes, taken = [3, 2**18, 5, 2**17, 2**17, 7], []

    def replica():
        own = float(replica_number() + 1)
        sums = sum_over_replicas([tf.fill((size,), own) for size in sizes])
        if replica_number() == 0:
            taken.extend(sums[0].graph.get_operations())
        return [tf.stack([tf.reduce_min(each), tf.reduce_max(each)]) for each in sums]

    for extremes in map(on_each, run(replica)):
        np.testing.assert_array_equal(extremes, np.full((2, 2), 3.0))
    messages = [op for op in taken if op.type.startswith("Collective")]
    lengths = {op.inputs[0].shape[0] for op in messages}
    assert lengths == {3 + 2**18 + 5, 2**18 + 7}


def test_a_sum_that_one_replica_alone_reads_waits_for_nobody():
    def replica():
        total = sum_over_replicas([tf.constant(2.0)])[0]
        return total if replica_number() == 0 else tf.constant(-1.0)

    assert [float(value) for value in on_each(run(replica))] == [4.0, -1.0]


def test_sums_of_sums_and_their_gradients_go_on_in_any_number_of_functions():
    def replica():
        x = tf.constant(float(replica_number() + 1))
        with tf.GradientTape() as tape:
            tape.watch(x)
            total = sum_over_replicas([x * x])[0]
            value = sum_over_replicas([x * total])[0] / 2  # (x0 + x1)(x0² + x1²) / 2
        return value, tape.gradient(value, x)

    for _ in range(3):
        value, gradient = run(replica)
        np.testing.assert_allclose(on_each(value), [7.5, 7.5])
        np.testing.assert_allclose(on_each(gradient), [2 * 5.5, 2 * 8.5])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("workload", "most"), [("mlp", 4), ("dcgan", 8), ("sngan", 40)]
)
def test_a_step_sends_few_messages(workload, most):
    from keras_loops import compiled_gan
    from workers import messages_of_step
    from workloads import WORKLOADS

    work = dataclasses.replace(WORKLOADS[workload], batch_size=4)
    with two_replicas().scope():
        gan = compiled_gan(work)
    images = work.images()[: 4 * work.discriminator_steps]
    messages = messages_of_step(gan, images)
    assert len(messages) <= most
    weights = (gan.generator, gan.discriminator)
    assert sum(messages) >= 4 * sum(n.count_params() for n in weights) * 0.9
