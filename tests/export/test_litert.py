"""LiteRT files: what they hold, that they equal the model, and what is refused."""

from __future__ import annotations

import copy
import json
import pickle
import sys
import threading

import keras
import numpy as np
import pytest
import tensorflow as tf
from ai_edge_litert.interpreter import Interpreter
from cases.generators import build_points_gan, dense_generator, make_gan
from cases.hostile_litert import unsealed

from keras_gan import GAN, architectures, export, priors
from keras_gan._checks import InputError
from keras_gan.export import runtime
from keras_gan.export.graph import litert_conversion
from keras_gan.safety.litert_file import examine_litert

SEEDS = priors.spawn_seeds(12, 64)


@pytest.fixture(scope="session")
def plain_litert(plain_gan, artifacts):
    return export.save_litert(plain_gan, artifacts / "plain.tflite")


@pytest.fixture(scope="session")
def conditional_litert(conditional_gan, artifacts):
    return export.save_litert(conditional_gan, artifacts / "conditional.tflite")


def run(path, **inputs):
    """The images that LiteRT draws by itself, without this package."""
    interpreter = Interpreter(str(path))
    places = {d["name"]: d["index"] for d in interpreter.get_input_details()}
    assert set(places) == set(inputs)
    for name, values in inputs.items():
        interpreter.resize_tensor_input(places[name], values.shape)
    interpreter.allocate_tensors()
    for name, values in inputs.items():
        interpreter.set_tensor(places[name], values)
    interpreter.invoke()
    (output,) = interpreter.get_output_details()
    return interpreter.get_tensor(output["index"])


def test_inputs_and_outputs_have_the_names_of_the_contract(conditional_litert):
    runner = Interpreter(str(conditional_litert)).get_signature_runner()
    found = {
        name: (tensor["dtype"], tensor["shape_signature"].tolist())
        for details in (runner.get_input_details(), runner.get_output_details())
        for name, tensor in details.items()
    }
    assert found == {
        "z": (np.float32, [-1, 5]),
        "label": (np.int32, [-1]),
        "image": (np.float32, [-1, 8, 8, 3]),
    }


@pytest.mark.parametrize("size", [1, 7, 64])
def test_litert_equals_the_model_at_every_batch_size(
    plain_gan, plain_litert, conditional_gan, conditional_litert, size
):
    z = plain_gan.latents(SEEDS[:size])
    expected = plain_gan.generate(z)
    np.testing.assert_allclose(run(plain_litert, z=z), expected, rtol=0, atol=1e-5)
    assert np.ptp(expected) > 1.0
    assert np.abs(expected - plain_gan.generate(z, ema=False)).max() > 0.1
    z = conditional_gan.latents(SEEDS[:size])
    label = (np.arange(size) % 10).astype(np.int32)
    expected = conditional_gan.generate(z, label)
    images = run(conditional_litert, z=z, label=label)
    np.testing.assert_allclose(images, expected, rtol=0, atol=5e-6)


def test_the_runtime_draws_what_the_model_draws(conditional_gan, conditional_litert):
    generator = runtime.load(conditional_litert, threads=1)
    assert isinstance(generator, export.LiteRTGenerator)
    for n, batch_size in ((5, 256), (7, 3), (1, 1)):
        options = {"seed": 3, "labels": 4, "truncation": 0.5}
        found = generator.sample(n, batch_size=batch_size, **options)
        expected = conditional_gan.sample(n, **options)
        np.testing.assert_allclose(found, expected, rtol=0, atol=5e-6)
    expected = found
    for again in (pickle.loads(pickle.dumps(generator)), copy.deepcopy(generator)):
        np.testing.assert_array_equal(again.sample(1, **options), expected)
    with pytest.raises(InputError, match="`providers` are those of ONNX Runtime"):
        runtime.load(conditional_litert, providers=["CPUExecutionProvider"])


def test_threads_take_turns(plain_gan, plain_litert):
    generator = runtime.load(plain_litert, threads=1)
    expected = {n: plain_gan.sample(n, seed=n) for n in range(1, 5)}
    gaps = []

    def draw(n):
        for _ in range(20):
            gaps.append(np.abs(generator.sample(n, seed=n) - expected[n]).max())

    started = [threading.Thread(target=draw, args=(n,)) for n in expected]
    for thread in started:
        thread.start()
    for thread in started:
        thread.join()
    assert len(gaps) == 80
    assert max(gaps) <= 1e-5


def test_manifest_beside_the_file_says_what_it_is(plain_litert, sha256):
    content = json.loads(plain_litert.with_name("plain.tflite.json").read_text())
    assert content["kind"] == "litert"
    assert content["generator"]["training_step"] == 12
    assert list(content["signatures"]) == ["serving_default"]
    assert content["parity"]["tolerance"] == {"image": pytest.approx(1e-5)}
    sizes = content["parity"]["batch_sizes"]
    assert set(sizes) == {"1", "7", "64"}
    assert all(0 < sizes[size]["image"] <= 1e-5 for size in sizes)
    assert content["files"] == {"plain.tflite": sha256(plain_litert)}
    assert content["versions"]["ai_edge_litert"]
    said = str(export.verify(plain_litert))
    assert said.startswith(f"{plain_litert}: unchanged since its export")


ALONE = """
import numpy as np
from keras_gan import export
from keras_gan.export import runtime

path, expected = sys.argv[1:]
export.verify(path)
images = runtime.load(path).sample(3, seed=1)
np.testing.assert_allclose(images, np.load(expected), rtol=0, atol=1e-5)
"""


def test_it_needs_numpy_and_litert_alone(plain_gan, plain_litert, tmp_path, run_python):
    np.save(tmp_path / "expected.npy", plain_gan.sample(3, seed=1))
    without = ("tensorflow", "keras", "onnx", "onnxruntime", "PIL", "matplotlib")
    said = run_python(ALONE, plain_litert, tmp_path / "expected.npy", without=without)
    assert said == ""


def test_fewer_bits_are_smaller_and_stay_within_their_gates(tmp_path):
    gan = make_gan(dense_generator((32, 32, 1), latent_dim=64))
    sizes, gates = {}, {}
    for precision in ("float32", "float16", "int8"):
        path = tmp_path / f"{precision}.tflite"
        export.save_litert(gan, path, precision=precision)
        sizes[precision] = path.stat().st_size
        content = json.loads(path.with_name(f"{path.name}.json").read_text())
        gates[precision] = content["parity"].get("gate")
        export.verify(path)
    assert sizes["float16"] < 0.55 * sizes["float32"]
    assert sizes["int8"] < 0.35 * sizes["float32"]
    assert gates.pop("float32") is None
    for precision, bounds in (("float16", (0.02, 0.004)), ("int8", (0.2, 0.04))):
        gate = gates[precision]
        assert gate["seeds"] == 1000
        assert list(gate["bounds"].values()) == pytest.approx(bounds)
        for name, bound in gate["bounds"].items():
            assert 0 < gate[name] <= bound


def test_what_depends_on_weights_alone_is_computed_before(tmp_path):
    networks = architectures.build("lean_dcgan", image_shape=(8, 8, 1), latent_dim=6)
    gan = GAN(*networks)  # it sums kernels of 240 kB over blocks
    path = export.save_litert(gan, tmp_path / "g.tflite")
    operators = set(examine_litert(path).facts["operators"])
    assert {"TRANSPOSE_CONV", "CONV_2D"} <= operators
    assert not {"PAD", "TRANSPOSE"} & operators
    small = export.save_litert(gan, tmp_path / "g8.tflite", precision="int8")
    assert small.stat().st_size < 0.35 * path.stat().st_size


@pytest.mark.parametrize("channels", [2, 4, 5])
def test_transparency_and_any_channels(tmp_path, channels):
    gan = make_gan(dense_generator((4, 3, channels)))
    path = export.save_litert(gan, tmp_path / "g.tflite")
    images = runtime.load(path).sample(5, seed=3)
    assert images.shape == (5, 4, 3, channels)
    np.testing.assert_allclose(images, gan.sample(5, seed=3), rtol=0, atol=1e-5)


@pytest.mark.parametrize("name", ["generator", "generator.onnx", "folder.tflite"])
def test_path_must_name_a_litert_file(plain_gan, tmp_path, name):
    (tmp_path / "folder.tflite").mkdir()
    with pytest.raises(InputError, match=r"`path` must name a file ending in \.tflite"):
        export.save_litert(plain_gan, tmp_path / name)
    with pytest.raises(InputError, match="`precision` must be one of"):
        export.save_litert(plain_gan, tmp_path / "g.tflite", precision="int4")


class Gamma(keras.layers.Layer):
    """Computes an incomplete gamma function, by an operator that LiteRT lacks."""

    def call(self, inputs):
        return tf.math.igamma(2.0, tf.abs(inputs))


def test_operator_that_litert_lacks_is_named(tmp_path, caplog, capfd):
    z = keras.Input((3,))
    generator = keras.Model(z, keras.layers.Dense(2)(Gamma()(z)))
    gan = make_gan(generator, value_range=None)
    with pytest.raises(
        InputError, match=r"'gamma.*' \(Gamma\) uses .*Igamma"
    ) as caught:
        export.save_litert(gan, tmp_path / "gamma.tflite")
    assert "\n" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []
    assert caplog.records == []
    assert capfd.readouterr().err == ""


def test_broken_export_leaves_the_old_file_as_it_was(tmp_path, monkeypatch):
    path = tmp_path / "g.tflite"
    gan = make_gan(dense_generator())
    export.save_litert(gan, path)
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    assert set(before) == {"g.tflite", "g.tflite.json"}
    convert = litert_conversion._converted

    def of_other_weights(gan, spec):
        weights = gan.sampler.get_weights()
        gan.sampler.set_weights([weight * 1.01 for weight in weights])
        try:
            return convert(gan, spec)
        finally:
            gan.sampler.set_weights(weights)

    monkeypatch.setattr(litert_conversion, "_converted", of_other_weights)
    with pytest.raises(export.VerificationError, match="`image` differs") as caught:
        export.save_litert(gan, path)
    assert str(caught.value).startswith(f"'{path}' was not written: ")
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == before
    monkeypatch.undo()
    gan.generator.weights[0].assign_add(np.ones((3, 12)))
    export.save_litert(gan, path)
    assert {file.name for file in tmp_path.iterdir()} == set(before)
    assert path.read_bytes() != before["g.tflite"]
    export.verify(path)


def test_a_changed_file_is_refused(tmp_path):
    gan = build_points_gan()
    path = export.save_litert(gan, tmp_path / "points.tflite")
    images = runtime.load(path).sample(3, seed=1)
    np.testing.assert_allclose(images, gan.sample(3, seed=1), rtol=0, atol=1e-5)
    right = path.read_bytes()
    path.write_bytes(unsealed(path))
    with pytest.raises(InputError, match="it does not end with keras_gan's checksum"):
        runtime.load(path)
    content = bytearray(right)
    content[-200] ^= 1
    path.write_bytes(content)
    with pytest.raises(InputError, match="refused: "):
        runtime.load(path)
    with pytest.raises(export.VerificationError, match="was changed after its export"):
        export.verify(path)
    path.write_bytes(b"no flat buffer")
    with pytest.raises(InputError, match="does not begin as a file of the kind"):
        runtime.load(path)


def test_a_missing_library_is_named(plain_gan, plain_litert, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "ai_edge_litert.interpreter", None)
    for act in (
        lambda: runtime.load(plain_litert),
        lambda: export.save_litert(plain_gan, tmp_path / "g.tflite"),
    ):
        with pytest.raises(InputError, match="pip install ai-edge-litert"):
            act()
