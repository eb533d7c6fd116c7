"""What the graph of an export is made of, and what it takes and gives."""

from __future__ import annotations

import collections

import keras
import numpy as np
import onnx
import onnxruntime
import pytest
import tensorflow as tf
from cases.generators import make_gan
from keras import layers

from keras_gan import export, priors
from keras_gan._checks import InputError
from keras_gan.export.generator_spec import GeneratorSpec
from keras_gan.export.graph import conversion, seeded_inputs
from keras_gan.export.parity.keras_generator import spec_of

SEEDS = priors.spawn_seeds(12, 64)


def operators(path):
    return collections.Counter(node.op_type for node in onnx.load(path).graph.node)


def run(path, **inputs):
    return onnxruntime.InferenceSession(str(path)).run(None, inputs)[0]


def test_normalization_is_folded_and_upsampling_is_one_resize(plain_onnx):
    found = operators(plain_onnx)
    # Of three normalizations, those behind a convolution and a transposed convolution
    # are gone; the one behind a product of matrices is a Mul and an Add.
    assert (found["Mul"], found["Add"], found["BatchNormalization"]) == (1, 2, 0)
    assert (found["Conv"], found["ConvTranspose"]) == (2, 1)
    assert found["Resize"] == 1
    assert not {"Tile", "Unsqueeze", "Expand"} & set(found), found


def test_export_leaves_the_upsampling_layers_as_they_were(plain_gan, plain_onnx):
    (upsampling,) = (
        layer
        for layer in plain_gan.sampler.layers
        if isinstance(layer, layers.UpSampling2D)
    )
    assert "call" not in vars(upsampling)


@pytest.mark.parametrize("output", ["float32", "uint8"])
def test_nchw_images_are_the_same_images(conditional_gan, tmp_path, output):
    path = tmp_path / "g.onnx"
    export.save_onnx(conditional_gan, path, layout="nchw", output=output)
    z, label = conditional_gan.latents(SEEDS), (np.arange(64) % 10).astype(np.int32)
    images = run(path, z=z, label=label)
    assert images.shape == (64, 3, 8, 8)
    expected = conditional_gan.generate(z, label)
    found = export.runtime.load(path).generate(z, label)
    assert found.shape == expected.shape
    np.testing.assert_array_equal(found, np.moveaxis(images, 1, -1))
    if output == "uint8":
        assert np.max(np.abs(found - 255.0 * expected)) <= 0.5 + 255 * 5e-6
    else:
        np.testing.assert_allclose(found, expected, rtol=0, atol=5e-6)
    export.verify(path)


def test_nchw_needs_images(points_gan, tmp_path):
    with pytest.raises(InputError, match="`layout='nchw'` needs images"):
        export.save_onnx(points_gan, tmp_path / "g.onnx", layout="nchw")


@pytest.mark.parametrize("prior", priors.names())
@pytest.mark.parametrize("latent_dim", [1, 5, 64])
def test_latents_of_seeds_are_exact_in_the_graph(prior, latent_dim):
    spec = GeneratorSpec(latent_dim, (2,), None, prior, None, 0, inputs="seed")
    z = onnx.helper.make_tensor_value_info("z", 1, ["batch", latent_dim])
    image = onnx.helper.make_tensor_value_info("image", 1, ["batch", latent_dim])
    identity = onnx.helper.make_node("Identity", ["z"], ["image"])
    model = onnx.helper.make_model(
        onnx.helper.make_graph([identity], "g", [z], [image]),
        opset_imports=[onnx.helper.make_opsetid("", 18)],
        ir_version=8,
    )
    model = seeded_inputs.from_seeds(model, spec)
    onnx.checker.check_model(model, full_check=True)
    session = onnxruntime.InferenceSession(model.SerializeToString())
    seeds = np.array([0, 1, 5, -1, -(2**63), 2**63 - 1, *SEEDS])
    truncation = np.where(np.arange(len(seeds)) % 2, 1.0, 0.3).astype(np.float32)
    (found,) = session.run(None, {"seed": seeds, "truncation": truncation})
    expected = priors.get(prior).latents(seeds, latent_dim, truncation=truncation)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-6)


def test_seeds_give_the_images_of_the_model(conditional_gan, tmp_path):
    path = tmp_path / "g.onnx"
    export.save_onnx(conditional_gan, path, inputs="seed")
    names = [tensor.name for tensor in onnx.load(path).graph.input]
    assert names == ["seed", "label", "truncation"]
    generator = export.runtime.load(path)
    arguments = {"seeds": [5, -1, 2**40], "labels": [1, 2, 3], "truncation": 0.7}
    np.testing.assert_allclose(
        generator.sample(**arguments),
        conditional_gan.sample(**arguments),
        rtol=0,
        atol=5e-6,
    )
    with pytest.raises(InputError, match="takes seeds, not latents"):
        generator.generate(np.zeros((1, 5)), 1)
    export.verify(path)


def test_weights_may_be_inputs_while_a_graph_is_converted(conditional_gan):
    spec = spec_of(conditional_gan)
    model = conversion.convert(conditional_gan, spec, 18, limit=0)
    assert {tensor.name for tensor in model.graph.input} == {"z", "label"}
    onnx.checker.check_model(model, full_check=True)
    session = onnxruntime.InferenceSession(model.SerializeToString())
    z, label = conditional_gan.latents(SEEDS), (np.arange(64) % 10).astype(np.int32)
    (found,) = session.run(None, {"z": z, "label": label})
    expected = conditional_gan.generate(z, label)
    np.testing.assert_allclose(found, expected, rtol=0, atol=5e-6)


def test_weight_that_no_file_can_hold_is_named(conditional_gan, monkeypatch, tmp_path):
    monkeypatch.setattr(conversion, "LARGEST_WEIGHT", 500)
    with pytest.raises(InputError, match=r"'.*kernel' of shape \(.* none above 2 GB"):
        export.save_onnx(conditional_gan, tmp_path / "g.onnx")
    assert list(tmp_path.iterdir()) == []


def test_normalization_of_a_transposed_convolution_may_have_a_bias(tmp_path):
    random = np.random.default_rng(0)
    generator = keras.Sequential(
        [
            keras.Input((3,)),
            layers.Reshape((1, 1, 3)),
            layers.Conv2DTranspose(4, 3, 2, bias_initializer="normal"),
            layers.BatchNormalization(),
            layers.Conv2DTranspose(1, 3, activation="tanh"),
        ]
    )
    for weight in generator.weights:
        weight.assign_add(random.uniform(0.1, 0.5, weight.shape))
    gan = make_gan(generator)
    found = operators(export.save_onnx(gan, tmp_path / "g.onnx"))  # verifies itself
    assert found["ConvTranspose"] == 2
    assert not {"Mul", "Sub", "BatchNormalization"} & set(found), found


def test_seed_5_is_the_same_latent_and_picture_everywhere(
    plain_gan, plain_saved_model, plain_onnx
):
    served = tf.saved_model.load(str(plain_saved_model)).signatures["generate"]
    (png,) = served(
        seed=tf.constant([5], tf.int64), truncation=tf.constant([1.0], tf.float32)
    )["image_bytes"].numpy()
    picture = tf.io.decode_png(png).numpy().astype(np.float64)
    generator = export.runtime.load(plain_onnx)
    z = plain_gan.latents([5])
    twin = plain_gan.prior.latents_tf(tf.constant([5], tf.int64), 8)
    found = generator.prior.latents([5], 8)
    np.testing.assert_allclose(found, z, rtol=0, atol=1e-6)
    np.testing.assert_allclose(twin, z, rtol=0, atol=1e-6)
    for drawn in (plain_gan.sample(seeds=[5]), generator.sample(seeds=[5])):
        levels = np.rint((drawn[0] + 1.0) * 127.5)
        assert np.max(np.abs(levels - picture)) <= 1
