from __future__ import annotations

import json
import logging

import keras
import numpy as np
import onnx
import onnxruntime
import pytest
import tensorflow as tf
import tf2onnx
from cases.generators import build_points_gan, dense_generator, make_gan

from keras_gan import export, priors
from keras_gan._checks import InputError

SEEDS = priors.spawn_seeds(12, 64)


def run(path, **inputs):
    return onnxruntime.InferenceSession(str(path)).run(None, inputs)[0]


def tensors(values):
    """Name -> (element type, dimensions) of graph inputs or outputs."""
    described = {}
    for value in values:
        kind = value.type.tensor_type
        sizes = [size.dim_param or size.dim_value for size in kind.shape.dim]
        described[value.name] = (onnx.TensorProto.DataType.Name(kind.elem_type), sizes)
    return described


def test_inputs_and_outputs_have_the_names_of_the_contract(conditional_onnx):
    graph = onnx.load(conditional_onnx).graph
    assert tensors(graph.input) == {
        "z": ("FLOAT", ["batch", 5]),
        "label": ("INT32", ["batch"]),
    }
    assert tensors(graph.output) == {"image": ("FLOAT", ["batch", 8, 8, 3])}


@pytest.mark.parametrize("size", [1, 7, 64])
def test_onnx_equals_the_model_at_every_batch_size(
    plain_gan, plain_onnx, conditional_gan, conditional_onnx, size
):
    z = plain_gan.latents(SEEDS[:size])
    expected = plain_gan.generate(z)
    np.testing.assert_allclose(run(plain_onnx, z=z), expected, rtol=0, atol=1e-5)
    assert np.ptp(expected) > 1.0
    z = conditional_gan.latents(SEEDS[:size])
    label = (np.arange(size) % 10).astype(np.int32)
    expected = conditional_gan.generate(z, label)
    images = run(conditional_onnx, z=z, label=label)
    np.testing.assert_allclose(images, expected, rtol=0, atol=5e-6)


def test_exports_the_moving_average_and_not_the_generator(plain_gan, plain_onnx):
    z = plain_gan.latents(SEEDS[:4])
    image = run(plain_onnx, z=z)
    assert np.max(np.abs(image - plain_gan.generate(z, ema=False))) > 0.1


@pytest.mark.parametrize("opset", range(13, 19))
def test_every_opset_of_the_contract_is_what_the_file_says(tmp_path, opset):
    gan = make_gan(dense_generator())
    path = export.save_onnx(gan, tmp_path / "g.onnx", opset=opset, output="uint8")
    model = onnx.load(path)
    assert {entry.domain: entry.version for entry in model.opset_import}[""] == opset
    onnx.checker.check_model(model, full_check=True)


@pytest.mark.parametrize("opset", [12, 19, "18", None])
def test_other_opsets_are_refused(plain_gan, tmp_path, opset):
    with pytest.raises(InputError, match=r"`opset` must be one of 13, \.\.\., 18"):
        export.save_onnx(plain_gan, tmp_path / "g.onnx", opset=opset)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"output": "uint16"}, "`output` must be one of 'float32', 'uint8'"),
        (
            {"precision": "int4"},
            "`precision` must be one of 'float16', 'float32', 'int8'",
        ),
        ({"layout": "nhcw"}, "`layout` must be one of 'nchw', 'nhwc'"),
        ({"inputs": "seeds"}, "`inputs` must be one of 'seed', 'z'"),
        ({"inputs": "seed", "opset": 17}, "needs `opset=18`"),
        ({"external_data_above": -1}, "`external_data_above` must be an integer"),
    ],
)
def test_unknown_choices_are_refused(plain_gan, tmp_path, arguments, message):
    with pytest.raises(InputError, match=message):
        export.save_onnx(plain_gan, tmp_path / "g.onnx", **arguments)


@pytest.mark.parametrize("name", ["generator", "generator.pb", "folder.onnx"])
def test_path_must_name_an_onnx_file(plain_gan, tmp_path, name):
    (tmp_path / "folder.onnx").mkdir()
    with pytest.raises(InputError, match=r"`path` must name a file ending in \.onnx"):
        export.save_onnx(plain_gan, tmp_path / name)


def test_uint8_output_is_the_nearest_grey_level(tmp_path):
    gan = make_gan(dense_generator())
    path = export.save_onnx(gan, tmp_path / "grey.onnx", output="uint8")
    z = gan.latents(SEEDS)
    levels = (gan.generate(z).astype(np.float64) + 1.0) * 127.5
    image = run(path, z=z)
    assert image.dtype == np.uint8
    assert np.max(np.abs(image - levels)) <= 0.5 + 127.5 * 1e-5
    assert len(np.unique(image)) > 100


def test_uint8_output_needs_a_value_range(points_gan, tmp_path):
    with pytest.raises(InputError, match="`value_range`"):
        export.save_onnx(points_gan, tmp_path / "p.onnx", output="uint8")


def test_points_are_exported(points_gan, tmp_path):
    path = export.save_onnx(points_gan, tmp_path / "points.onnx")
    z = points_gan.latents(SEEDS)
    expected = points_gan.generate(z)
    np.testing.assert_allclose(run(path, z=z), expected, rtol=0, atol=1e-5)


def test_float16_halves_the_weights_and_keeps_the_boundary(
    plain_gan, plain_onnx, tmp_path
):
    path = export.save_onnx(plain_gan, tmp_path / "half.onnx", precision="float16")
    model, full = onnx.load(path), onnx.load(plain_onnx)
    assert tensors(model.graph.input) == {"z": ("FLOAT", ["batch", 8])}
    assert tensors(model.graph.output) == {"image": ("FLOAT", ["batch", 12, 8, 1])}
    # The factors of a Resize are float32 by the standard.
    factors = {n.input[2] for n in full.graph.node if n.op_type == "Resize"}
    floats = [
        w
        for w in full.graph.initializer
        if w.data_type == onnx.TensorProto.FLOAT and w.name not in factors
    ]
    halves = [
        w for w in model.graph.initializer if w.data_type == onnx.TensorProto.FLOAT16
    ]
    assert len(halves) >= len(floats) > 0
    z = plain_gan.latents(SEEDS)
    difference = np.max(np.abs(run(path, z=z) - plain_gan.generate(z)))
    assert 0 < difference <= 0.02


def test_float16_may_return_uint8(tmp_path):
    gan = make_gan(dense_generator())
    path = export.save_onnx(
        gan, tmp_path / "half.onnx", precision="float16", output="uint8"
    )
    z = gan.latents(SEEDS)
    image = run(path, z=z)
    assert image.dtype == np.uint8
    levels = (gan.generate(z).astype(np.float64) + 1.0) * 127.5
    assert np.max(np.abs(image - levels)) <= 0.5 + 2.55


def test_float16_that_overflows_is_refused(tmp_path):
    def scaled_by(factor):
        return keras.layers.Dense(
            2, use_bias=False, kernel_initializer=keras.initializers.Identity(factor)
        )

    # 6e4 times a latent is more than a half can hold; float32 divides it away again.
    z = keras.Input((2,))
    image = keras.layers.Activation("tanh")(scaled_by(1 / 6e4)(scaled_by(6e4)(z)))
    gan = make_gan(keras.Model(z, image))
    with pytest.raises(export.VerificationError, match="values that float16 cannot"):
        export.save_onnx(gan, tmp_path / "half.onnx", precision="float16")
    assert list(tmp_path.iterdir()) == []


class Gamma(keras.layers.Layer):
    """Computes an incomplete gamma function, by an operator that ONNX lacks."""

    def call(self, inputs):
        return tf.math.igamma(2.0, tf.abs(inputs))


def test_operator_that_onnx_lacks_is_named(tmp_path, caplog):
    z = keras.Input((3,))
    generator = keras.Model(z, keras.layers.Dense(2)(Gamma()(z)))
    gan = make_gan(generator, value_range=None)
    with pytest.raises(InputError, match="Igamma") as caught:
        export.save_onnx(gan, tmp_path / "gamma.onnx")
    assert "\n" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []
    assert caplog.records == []


def test_export_leaves_the_loggers_of_the_frameworks_alone(tmp_path, caplog, capsys):
    names = ("", "tf2onnx", "tensorflow")
    loggers = [logging.getLogger(name) for name in names]

    def settings():
        return [
            (log.level, log.propagate, list(log.handlers), list(log.filters))
            for log in loggers
        ]

    before = settings()
    gan = build_points_gan()
    # A table anywhere in the process is something that TensorFlow cannot serialize.
    words = tf.lookup.KeyValueTensorInitializer(["seven"], [7])
    assert tf.lookup.StaticHashTable(words, 0).size() == 1
    with caplog.at_level(logging.DEBUG, logger="tf2onnx"):
        during = settings()
        export.save_onnx(gan, tmp_path / "g.onnx")
        export.save_saved_model(gan, tmp_path / "g")
        assert settings() == during
    assert settings() == before
    assert caplog.records == []
    assert capsys.readouterr() == ("", "")


def perturb(model):
    """Moves one weight by a thousandth."""
    for weight in model.graph.initializer:
        values = onnx.numpy_helper.to_array(weight)
        if values.dtype == np.float32 and values.size > 8:
            values = values.copy()
            values.flat[0] += 1e-2
            weight.CopyFrom(onnx.numpy_helper.from_array(values, weight.name))
            return


def drop_a_node(model):
    del model.graph.node[0]


@pytest.mark.parametrize(
    ("breakage", "message"),
    [(perturb, "`image` differs"), (drop_a_node, "not valid ONNX")],
)
def test_broken_export_leaves_the_old_file_as_it_was(
    tmp_path, monkeypatch, breakage, message
):
    path = tmp_path / "generator.onnx"
    gan = make_gan(dense_generator())
    export.save_onnx(gan, path)
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    assert set(before) == {"generator.onnx", "generator.onnx.json"}
    convert = tf2onnx.convert.from_function

    def convert_wrongly(*arguments, **options):
        model, storage = convert(*arguments, **options)
        breakage(model)
        return model, storage

    monkeypatch.setattr(tf2onnx.convert, "from_function", convert_wrongly)
    with pytest.raises(export.VerificationError, match=message) as caught:
        export.save_onnx(gan, path)
    assert str(caught.value).startswith(f"'{path}' was not written: ")
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == before


def test_existing_file_is_replaced(tmp_path):
    path = tmp_path / "generator.onnx"
    gan = make_gan(dense_generator())
    export.save_onnx(gan, path)
    before = gan.sample(3, seed=1)
    gan.generator.weights[0].assign_add(np.ones((3, 12)))
    export.save_onnx(gan, path)
    images = export.runtime.load(path).sample(3, seed=1)
    np.testing.assert_allclose(images, gan.sample(3, seed=1), rtol=0, atol=1e-5)
    assert np.max(np.abs(images - before)) > 0.1
    export.verify(path)


def test_manifest_beside_the_file_says_what_it_is(plain_onnx, plain_gan, sha256):
    content = json.loads(plain_onnx.with_name("plain.onnx.json").read_text())
    assert (content["format"], content["format_version"]) == ("keras_gan.export", 1)
    assert content["kind"] == "onnx"
    assert content["generator"]["training_step"] == 12
    assert content["generator"]["image_shape"] == [12, 8, 1]
    assert content["signatures"] == {
        "serving_default": {
            "inputs": {"z": {"dtype": "float32", "shape": ["batch", 8]}},
            "outputs": {"image": {"dtype": "float32", "shape": ["batch", 12, 8, 1]}},
        }
    }
    assert content["parity"]["tolerance"] == {"image": pytest.approx(1e-5)}
    sizes = content["parity"]["batch_sizes"]
    assert set(sizes) == {"1", "7", "64"}
    assert all(0 < sizes[size]["image"] <= 1e-5 for size in sizes)
    assert content["files"] == {"plain.onnx": sha256(plain_onnx)}
    for package in ("keras_gan", "tensorflow", "keras", "onnx", "tf2onnx"):
        assert content["versions"][package]
    probe = content["probe"]
    images = plain_gan.sample(seeds=probe["seeds"], truncation=probe["truncation"])
    values = images.reshape(len(images), -1)[:, probe["positions"]]
    np.testing.assert_allclose(values, probe["values"], rtol=0, atol=1e-6)
