from __future__ import annotations

import collections

import keras
import numpy as np
import onnx
import openvino
import pytest
import tensorflow as tf
from harness.marks import slow_but_for

from keras_gan import GAN, architectures, export
from keras_gan.layers import Upsample

RESIDUAL = {"generator_filters": 8, "discriminator_filters": 4}
# OpenVINO computes in bfloat16 where the processor has it, unless asked not to.
IN_FLOAT32 = {"INFERENCE_PRECISION_HINT": "f32"}
SMALL = {"sagan": RESIDUAL, "sngan_resnet": RESIDUAL}

# Options of those that take labels, which are exported with them too.
CONDITIONAL = {
    "dcgan": {},
    "goodfellow_conv": {"generator_units": 100},
    "goodfellow_mlp": {},
    "lean_dcgan": {},
    "lecture_mlp": {},
    "mlp": {},
    "r3gan": {"generator_filters": 16, "discriminator_filters": 8},
    **SMALL,
}


QUICK = ("dcgan", "goodfellow_mlp", "mlp")


def leave_the_start(generator):
    """Attention and conditional normalization change nothing before a training."""
    random = np.random.default_rng(0)
    for weight in generator.trainable_variables:
        if weight.name in ("gamma", "beta"):
            weight.assign_add(random.normal(0.0, 0.3, weight.shape))


def assert_equal_exports(gan, folder):
    leave_the_start(gan.generator)
    saved_model = export.save_saved_model(gan, folder / "saved_model")
    serve = tf.saved_model.load(str(saved_model)).signatures["serving_default"]
    onnx_file = export.save_onnx(gan, folder / "generator.onnx")
    session = export.runtime.load(onnx_file)
    lite = export.runtime.load(export.save_litert(gan, folder / "generator.tflite"))
    compiled = openvino.compile_model(onnx_file, "CPU", IN_FLOAT32)
    classes = gan.num_classes
    for size in (1, 7, 64):
        labels = None if classes is None else np.arange(size, dtype=np.int32) % classes
        expected = gan.sample(size, seed=1, labels=labels)
        found = session.sample(size, seed=1, labels=labels)
        np.testing.assert_allclose(found, expected, rtol=0, atol=1e-5)
        found = lite.sample(size, seed=1, labels=labels)
        np.testing.assert_allclose(found, expected, rtol=0, atol=1e-5)
        z = gan.latents(np.arange(size))
        inputs = {"z": z} if labels is None else {"z": z, "label": labels}
        served = serve(**{n: tf.constant(v) for n, v in inputs.items()})["image"]
        expected = gan.generate(z, labels)
        np.testing.assert_allclose(served, expected, rtol=0, atol=1e-5)
        inferred = compiled(inputs)["image"]
        np.testing.assert_allclose(inferred, expected, rtol=0, atol=1e-5)


@pytest.mark.parametrize("name", slow_but_for(QUICK, architectures.names()))
def test_every_architecture_equals_its_exports(name, tmp_path):
    options = SMALL.get(name, {})
    networks = architectures.build(name, image_shape=(8, 8, 1), latent_dim=6, **options)
    assert_equal_exports(GAN(*networks, prior="uniform"), tmp_path)


@pytest.mark.parametrize("name", slow_but_for(QUICK, list(CONDITIONAL)))
def test_every_conditional_architecture_equals_its_exports(name, tmp_path):
    networks = architectures.build(
        name, image_shape=(8, 8, 1), latent_dim=6, num_classes=3, **CONDITIONAL[name]
    )
    assert_equal_exports(GAN(*networks, num_classes=3), tmp_path)


def test_points_equal_their_exports(tmp_path):
    networks = architectures.build(
        "mlp", image_shape=(2,), latent_dim=2, value_range=None
    )
    gan = GAN(*networks, value_range=None)
    assert_equal_exports(gan, tmp_path)
    with pytest.raises(ValueError, match="need a GAN with a `value_range`"):
        export.save_onnx(gan, tmp_path / "grey.onnx", output="uint8")


@pytest.mark.parametrize("opset", [pytest.param(13, marks=pytest.mark.slow), 18])
@pytest.mark.parametrize("num_classes", [pytest.param(None, marks=pytest.mark.slow), 3])
@pytest.mark.parametrize("name", SMALL)
def test_upsampling_is_one_operator_and_nothing_tiles(
    name, num_classes, opset, tmp_path
):
    networks = architectures.build(
        name, image_shape=(16, 16, 1), num_classes=num_classes, **SMALL[name]
    )
    gan = GAN(*networks, num_classes=num_classes)
    path = export.save_onnx(gan, tmp_path / "g.onnx", opset=opset)
    count = collections.Counter(node.op_type for node in onnx.load(path).graph.node)
    shortcuts = [x for x in networks[0].layers if isinstance(x, Upsample)]
    assert count["Resize"] == len(shortcuts) == 2
    # One for each block, of kernels that are summed when the file is written.
    assert count["ConvTranspose"] == 2
    chains = {"Tile", "Shape", "Slice", "Expand", "Cast", "Concat", "Pad"}
    assert not chains & set(count), count
    # Spectral normalization of constants is folded into them.
    assert not {"Div", "Sqrt", "ReduceSum"} & set(count), count


@pytest.mark.slow
@pytest.mark.parametrize("name", SMALL)
def test_half_precision_exports(name, tmp_path):
    keras.utils.set_random_seed(0)
    gan = GAN(*architectures.build(name, image_shape=(8, 8, 1), **SMALL[name]))
    leave_the_start(gan.generator)
    export.save_onnx(gan, tmp_path / "g.onnx", precision="float16")  # verifies itself
