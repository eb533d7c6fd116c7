"""Weights of fewer bits: smaller, near the model, and refused where they are not."""

from __future__ import annotations

import json

import keras
import numpy as np
import onnx
import onnxruntime
import pytest
from cases.generators import dense_generator, make_gan
from keras import layers

from keras_gan import export, priors
from keras_gan.export.graph.int8_weights import quantise
from keras_gan.export.parity.requests import default_requests


def test_int8_levels_are_the_nearest_and_symmetric():
    weights = np.array([[1.0, -0.5, 0.0], [0.3, 0.25, 0.0]], np.float32)
    levels, scales = quantise(weights, axis=1)
    np.testing.assert_array_equal(levels, [[127, -127, 0], [38, 64, 0]])
    np.testing.assert_allclose(scales, [1 / 127, 0.5 / 127, 1.0], rtol=1e-6)


def test_int8_covers_every_product_and_convolution(plain_gan, plain_onnx, tmp_path):
    path = export.save_onnx(plain_gan, tmp_path / "g.onnx", precision="int8")
    graph = onnx.load(path).graph
    kinds = {tensor.name: tensor.data_type for tensor in graph.initializer}
    restored = {
        node.output[0]
        for node in graph.node
        if node.op_type == "DequantizeLinear"
        and kinds[node.input[0]] == onnx.TensorProto.INT8
    }
    weighted = [
        node
        for node in graph.node
        if node.op_type in ("MatMul", "Gemm", "Conv", "ConvTranspose")
    ]
    assert len(weighted) == 4
    assert all(node.input[1] in restored for node in weighted)
    images = export.runtime.load(path).sample(50, seed=1)
    difference = np.abs(images - plain_gan.sample(50, seed=1))
    assert 1e-3 < np.max(difference) <= 0.2


def test_int8_stores_weights_in_a_quarter(tmp_path):
    gan = make_gan(dense_generator((32, 32, 1), latent_dim=64))
    sizes = [
        export.save_onnx(gan, tmp_path / f"{p}.onnx", precision=p).stat().st_size
        for p in ("float32", "int8")
    ]
    assert sizes[1] < 0.3 * sizes[0]


def test_runtime_restores_int8_weights_once(plain_gan, tmp_path, monkeypatch):
    path = export.save_onnx(plain_gan, tmp_path / "g.onnx", precision="int8")
    sessions = []
    session = onnxruntime.InferenceSession

    def writing_its_graph(path, options, providers, **others):
        options.optimized_model_filepath = str(tmp_path / "optimised.onnx")
        sessions.append(options)
        return session(path, options, providers, **others)

    monkeypatch.setattr(onnxruntime, "InferenceSession", writing_its_graph)
    export.runtime.load(path)
    (_,) = sessions
    found = onnx.load(tmp_path / "optimised.onnx").graph.node
    assert found
    assert all(node.op_type != "DequantizeLinear" for node in found)


@pytest.mark.parametrize("precision", ["float16", "int8"])
def test_manifest_states_the_bounds_at_a_thousand_seeds(
    conditional_gan, tmp_path, precision
):
    path = export.save_onnx(conditional_gan, tmp_path / "g.onnx", precision=precision)
    content = json.loads(path.with_name("g.onnx.json").read_text())
    gate = content["parity"]["gate"]
    largest, mean = {"float16": (0.01, 0.002), "int8": (0.1, 0.02)}[precision]
    assert gate["seeds"] == 1000
    assert gate["bounds"] == pytest.approx(
        {"largest": largest, "root_mean_square": mean}
    )
    seeds = np.arange(200)
    found = export.runtime.load(path).sample(seeds=seeds)
    gap = np.abs(found - conditional_gan.sample(seeds=seeds))
    for name, value in (("largest", gap.max()), ("root_mean_square", gap.std())):
        assert 0 < gate[name] <= gate["bounds"][name]
        assert value <= 2 * gate[name]
    export.verify(path)


def test_int8_that_loses_the_image_is_refused(tmp_path):
    # A channel of a product holds one huge weight, beside which the others vanish.
    generator = dense_generator(latent_dim=3)
    kernel = np.full((3, 12), 0.2, np.float32)
    kernel[0] = 200.0
    dense = next(x for x in generator.layers if isinstance(x, layers.Dense))
    dense.kernel.assign(kernel)
    z = keras.Input((3,))
    small = layers.Rescaling([1e-3, 1.0, 1.0])(z)
    gan = make_gan(keras.Model(z, generator(small)))
    path = tmp_path / "g.onnx"
    with pytest.raises(export.VerificationError, match=r"in int8|differs"):
        export.save_onnx(gan, path, precision="int8")
    assert list(tmp_path.iterdir()) == []
    export.save_onnx(gan, path, precision="float16")


class HugeAbove(layers.Layer):
    """Passes its inputs on, by way of what a half cannot hold above a threshold."""

    def __init__(self, threshold):
        super().__init__()
        self.threshold = threshold

    def call(self, inputs):
        relu = keras.ops.relu
        huge = relu(relu(inputs - self.threshold) * 9e3) * 9e3
        return inputs + keras.ops.tanh(huge) * 0.1


def test_overflow_that_few_seeds_show_is_found(tmp_path):
    z = priors.get("normal").latents(default_requests(None, 1000).seeds, 1)
    factors = default_requests(None, 1000).truncation
    drawn = z[:, 0] * factors
    threshold = (drawn[:64].max() + drawn.max()) / 2
    assert drawn[:64].max() < threshold < drawn.max() - 0.01
    z = keras.Input((1,))
    image = layers.Activation("tanh")(HugeAbove(float(threshold))(z))
    gan = make_gan(keras.Model(z, image))
    with pytest.raises(export.VerificationError, match="float16 cannot"):
        export.save_onnx(gan, tmp_path / "g.onnx", precision="float16")
