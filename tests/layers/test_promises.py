"""What every public layer promises alike."""

import json
from inspect import isclass

import keras
import numpy as np
import pytest
import tensorflow as tf
from cases.layers import LAYERS, inputs_of, make_model, step
from harness.marks import slow_but_for
from harness.replicas import on_each, two_replicas
from keras import Model

from keras_gan import layers


def test_no_public_layer_is_missing_from_the_list():
    classes = {name: kind for name, kind in vars(layers).items() if isclass(kind)}
    # A model around a network, with tests of its own: a pack of rows is one example.
    public = {name for name, kind in classes.items() if not issubclass(kind, Model)}
    assert {name.split()[0] for name in LAYERS} == public


@pytest.mark.parametrize("name", LAYERS)
def test_it_survives_saving_and_cloning(name, tmp_path):
    model, inputs = make_model(name), inputs_of(name)
    step(model, inputs)
    model.save(tmp_path / "m.keras")
    loaded = keras.saving.load_model(tmp_path / "m.keras")
    clone = keras.models.clone_model(model)
    clone.set_weights(model.get_weights())
    for copy in (loaded, clone):
        np.testing.assert_array_equal(copy(inputs), model(inputs))
        configs = [json.dumps(m.layers[-1].get_config()) for m in (copy, model)]
        assert configs[0] == configs[1]
        step(copy, inputs)
    for a, b in zip(loaded.get_weights(), clone.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("name", LAYERS)
def test_its_outputs_have_the_shape_and_type_that_it_announces(name):
    for dtype in ("float32", "mixed_bfloat16", "mixed_float16"):
        model = make_model(name, dtype=dtype)
        announced, outputs = model.output, model(inputs_of(name))
        assert outputs.dtype == announced.dtype
        assert outputs.shape[1:] == announced.shape[1:]
        layer, tensors = model.layers[-1], model.inputs
        shapes = [tuple(tensor.shape) for tensor in tensors]
        shape = layer.compute_output_shape(shapes if len(shapes) > 1 else shapes[0])
        assert tuple(shape) == tuple(announced.shape)


@pytest.mark.parametrize("dtype", ["mixed_bfloat16", "mixed_float16"])
@pytest.mark.parametrize("name", LAYERS)
def test_half_precision_differs_by_rounding_alone(name, dtype):
    whole, half = make_model(name), make_model(name, dtype=dtype)
    expected, found = (step(model, inputs_of(name)).numpy() for model in (whole, half))
    atol = 0.05 if dtype == "mixed_bfloat16" else 0.01
    scale = max(1.0, np.abs(expected).max())
    np.testing.assert_allclose(found, expected, rtol=0, atol=atol * scale)
    for a, b in zip(half.weights, whole.weights, strict=True):
        # σ is computed in float32; the statistics are those of rounded inputs.
        tolerance = 1e-6 if a.name == "u" else atol
        np.testing.assert_allclose(a, b, rtol=0, atol=tolerance)


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.slow if "Attention" in name else ())
        for name in LAYERS
    ],
)
def test_a_compiled_step_is_the_eager_one(name):
    eager, compiled = make_model(name), make_model(name)
    inputs = inputs_of(name)
    expected = step(eager, inputs)
    function = tf.function(lambda inputs: step(compiled, inputs), jit_compile=True)
    found = function(tf.nest.map_structure(tf.constant, inputs))
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5)
    for a, b in zip(compiled.get_weights(), eager.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", LAYERS)
def test_only_a_training_call_changes_its_state(name):
    model, inputs = make_model(name), inputs_of(name)
    before = model.get_weights()
    first, second = model(inputs), model(inputs)
    np.testing.assert_array_equal(first, second)
    for a, b in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize(
    "name",
    slow_but_for(["BatchNormalization", "ConditionalBatchNormalization"], list(LAYERS)),
)
def test_two_replicas_have_the_losses_gradients_and_states_of_one(name):
    alone = make_model(name)
    step(alone, inputs_of(name))
    expected = [step(alone, inputs_of(name)), *alone.get_weights()]
    with two_replicas().scope():
        model = make_model(name)

    def replica():
        context = tf.distribute.get_replica_context()
        # As batches are shared: each replica has a run of rows.
        rows = len(tf.nest.flatten(inputs_of(name))[0]) // 2
        start = context.replica_id_in_sync_group * rows
        part = tf.nest.map_structure(
            lambda array: tf.constant(array)[start : start + rows], inputs_of(name)
        )
        for _ in range(2):
            # Optimizers sum over replicas, too, so that each step ends together.
            found = context.all_reduce("SUM", step(model, part, parts=2))
        return found

    found = tf.function(lambda: two_replicas().run(replica))()
    values = [found, *(variable.value for variable in model.variables)]
    for value, wanted in zip(values, expected, strict=True):
        for copy in on_each(value):
            np.testing.assert_allclose(copy, wanted, rtol=1e-5, atol=1e-5)
