"""What the package uses of Keras's private parts is in one file, and works.

If a test here fails after an update of Keras, that release changed what it names.
"""

import ast
import contextlib
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf
from harness.replicas import two_replicas

from keras_gan import _keras_private
from keras_gan.distribution.replicas import replica_number

ROOT = Path(__file__).parent.parent
NAMES = {
    "_flatten_layers",
    "_seed_generators",
    "_trainable_variables",
    "_non_trainable_variables",
    "_get_variable_index",
    "_iterations",
    "_momentums",
    "_velocities",
    "_keras_history",
    "_inbound_nodes",
    "_get_own_losses",
    "_get_regularization_losses",
    "_validate_shape",
    "_all_reduce_sum_gradients",
    "_compute_moments_sync",
    "_learning_rate",
    "abort_collective_ops",
    "configure_coordination_service",
}


class Twice(keras.layers.Layer):
    """A layer that holds another in a place that `layers` does not list."""

    def __init__(self):
        super().__init__()
        self.inner = keras.layers.Dropout(0.5)


def used_attributes(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}


def test_no_other_file_uses_them():
    files = [*(ROOT / "keras_gan").rglob("*.py"), *(ROOT / "export").rglob("*.py")]
    users = {path.name for path in files if NAMES & used_attributes(path)}
    assert users == {"_keras_private.py"}
    assert used_attributes(ROOT / "keras_gan" / "_keras_private.py") >= NAMES
    for path in files:
        # The second knows the names in saved files, and imports nothing of Keras.
        if path.name not in ("_keras_private.py", "keras_content.py"):
            assert "keras.src" not in path.read_text(encoding="utf-8"), path


def test_flatten_layers_and_seed_generators_reach_layers_inside_layers():
    inner = keras.Sequential([keras.Input((4,)), keras.layers.Dropout(0.5)])
    twice = Twice()
    model = keras.Sequential([keras.Input((4,)), inner, twice, keras.layers.Dense(1)])
    found = _keras_private.layers_in(model)
    assert {id(layer) for layer in (model, inner, twice, twice.inner)} <= {
        id(layer) for layer in found
    }
    generators = _keras_private.seed_generators([model])
    dropouts = [layer for layer in found if isinstance(layer, keras.layers.Dropout)]
    assert len(dropouts) == 2
    assert {id(g) for g in generators} == {id(d.seed_generator) for d in dropouts}


@pytest.mark.parametrize("accumulation", [None, 2])
def test_an_optimizer_knows_its_variables_and_counts_gradients(accumulation):
    variables = [keras.Variable(np.ones(2)), keras.Variable(np.ones(3))]
    optimizer = keras.optimizers.SGD(0.1, gradient_accumulation_steps=accumulation)
    optimizer.build(variables)
    known = _keras_private.optimized_variables(optimizer)
    assert [id(variable) for variable in known] == [id(v) for v in variables]
    assert _keras_private.index_of(optimizer, variables[1]) == 1
    for _ in range(3):
        optimizer.apply([np.ones(2, "float32"), np.ones(3, "float32")], variables)
    assert int(_keras_private.gradients_seen(optimizer)) == 3


def test_a_symbolic_tensor_knows_its_operation_and_inputs():
    x = keras.Input((4,))
    layer = keras.layers.Dense(2)
    y = layer(x)
    assert _keras_private.last_operation(y) is layer
    (found,) = _keras_private.inputs_of_last_operation(y)
    assert found is x
    assert _keras_private.last_operation(np.ones(2)) is None


def test_layers_are_found_with_their_own_weights_in_the_order_of_computation():
    norm = keras.layers.BatchNormalization(name="chosen")
    inner = keras.Sequential([keras.Input((2,)), norm])
    dense = keras.layers.Dense(2)
    model = keras.Sequential([keras.Input((4,)), dense, inner, keras.layers.Dense(1)])
    model = keras.Model(model.inputs, model.outputs)
    found = _keras_private.inner_layers(model)
    assert [type(layer).__name__ for layer in found] == [
        "InputLayer",
        "Dense",
        "Sequential",
        "Dense",
    ]
    assert _keras_private.own_weights(inner) == []
    weights = [weight.name for weight in _keras_private.own_weights(norm)]
    assert weights == ["gamma", "beta", "moving_mean", "moving_variance"]
    named = [_keras_private.has_automatic_name(layer) for layer in (*found[1:], norm)]
    assert named == [True, True, True, False]


def test_losses_of_a_call_and_of_weights_are_told_apart():
    layer = keras.layers.Dense(
        2,
        kernel_regularizer=keras.regularizers.L1(1.0),
        activity_regularizer=keras.regularizers.L2(1.0),
    )
    model = keras.Sequential([keras.Input((4,)), layer])
    model(np.ones((3, 4), np.float32))
    of_call = _keras_private.losses_of_call(model)
    of_weights = _keras_private.losses_of_weights(model)
    assert [len(of_call), len(of_weights), len(model.losses)] == [1, 1, 2]
    expected = np.abs(layer.kernel.numpy()).sum()
    assert float(of_weights[0]) == pytest.approx(expected, rel=1e-6)


def test_variables_are_limited_before_they_are_made_and_only_here():
    with _keras_private.at_most_variables(100):
        keras.layers.Dense(9).build((1, 10))
        with pytest.raises(ValueError, match="more than 100 numbers"):
            keras.layers.Dense(10**7).build((1, 10**7))
    keras.layers.Dense(100).build((1, 10))


def test_random_functions_without_a_seed_ask_the_given_generator():
    class Always:
        def next(self, ordered=True):
            return keras.ops.convert_to_tensor([3, 4], dtype="int64")

    with _keras_private.global_seed_generator(Always()):
        drawn = [keras.random.normal((4,)) for _ in range(2)]
    np.testing.assert_array_equal(*drawn)
    assert (keras.random.normal((4,)) != drawn[0]).numpy().any()


def test_parts_change_with_what_a_network_computes():
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)])
    parts = [_keras_private.parts_of(model) for _ in range(2)]
    assert all(one is other for one, other in zip(*parts, strict=True))
    model.layers[0].enable_lora(1)
    assert len(_keras_private.parts_of(model)) > len(parts[0])


def test_an_optimizer_takes_gradients_that_are_sums_and_sums_those_of_others():
    with two_replicas().scope():
        weight = keras.Variable(0.0)
        optimizer = keras.optimizers.SGD(1.0)
        optimizer.build([weight])

    def moved(summed):
        def replica():
            context = contextlib.nullcontext()
            if summed:
                context = _keras_private.summed_gradients(optimizer, replica_number)
            with context:
                optimizer.apply([tf.constant(1.0)], [weight])

        before = float(weight.numpy())
        two_replicas().run(tf.function(replica))
        return before - float(weight.numpy())

    assert [moved(True), moved(False), moved(True)] == [1.0, 2.0, 1.0]


def test_statistics_of_kerass_layers_are_taken_by_another_function_for_a_time():
    layer = keras.layers.BatchNormalization(synchronized=True)
    x = tf.constant([[1.0], [5.0]])
    asked = []

    def moments(x, axes):
        asked.append(axes)
        return tf.zeros((1, 1)), tf.ones((1, 1))

    inside = _keras_private.synchronized_moments
    with inside(moments), inside(moments):
        layer(x, training=True)
    with inside(moments):
        np.testing.assert_allclose(layer(x, training=True), x, rtol=1e-3)
    layer(x, training=True)
    assert asked == [[0], [0]]


def test_the_patience_of_workers_is_where_their_strategy_looks_for_it(monkeypatch):
    from tensorflow.python.eager import context

    here = context.Context()
    monkeypatch.setattr(context, "context", lambda: here)
    jobs = {"chief": ["a:1"], "worker": ["b:1", "c:1"]}
    _keras_private.set_patience(tf.train.ClusterSpec(jobs), 20.0, 1.5)
    config = here.coordination_service
    assert [(job.name, job.num_tasks) for job in config.coordinated_job_list] == [
        ("chief", 1),
        ("worker", 2),
    ]
    assert config.service_leader == "/job:chief/replica:0/task:0"
    assert config.cluster_register_with_barrier
    assert config.cluster_register_timeout_in_ms == 20_000
    assert config.heartbeat_timeout_in_ms == 1_500
