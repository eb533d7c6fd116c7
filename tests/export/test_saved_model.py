from __future__ import annotations

import functools
import io
import json

import keras
import numpy as np
import pytest
import tensorflow as tf
from cases.generators import (
    cancelling_generator,
    dense_generator,
    make_gan,
    normalized_generator,
)
from PIL import Image

from keras_gan import GAN, architectures, export, priors

SEEDS = priors.spawn_seeds(11, 64)
BATCH_SIZES = (1, 7, 64)


def generate(folder, seeds, *, truncation=1.0, labels=None):
    """The PNG bytes of each seed, from the signature."""
    inputs = {
        "seed": tf.constant(seeds, tf.int64),
        "truncation": tf.fill([len(seeds)], np.float32(truncation)),
    }
    if labels is not None:
        inputs["label"] = tf.constant(labels, tf.int32)
    return load(folder).signatures["generate"](**inputs)["image_bytes"].numpy().tolist()


@functools.cache
def load(folder):
    return tf.saved_model.load(str(folder))


def pixels(png):
    return np.asarray(Image.open(io.BytesIO(png)))


def test_version_folder_has_both_signatures_of_the_contract(conditional_saved_model):
    signatures = load(conditional_saved_model).signatures
    described = {
        name: (signature.structured_input_signature[1], signature.structured_outputs)
        for name, signature in signatures.items()
    }
    assert described == {
        "serving_default": (
            {
                "z": tf.TensorSpec((None, 5), tf.float32, "z"),
                "label": tf.TensorSpec((None,), tf.int32, "label"),
            },
            {"image": tf.TensorSpec((None, 8, 8, 3), tf.float32, "image")},
        ),
        "generate": (
            {
                "seed": tf.TensorSpec((None,), tf.int64, "seed"),
                "label": tf.TensorSpec((None,), tf.int32, "label"),
                "truncation": tf.TensorSpec((None,), tf.float32, "truncation"),
            },
            {"image_bytes": tf.TensorSpec((None,), tf.string, "image_bytes")},
        ),
    }


def test_loads_in_a_process_without_keras_gan_and_equals_the_model(
    run_python, tmp_path, plain_gan, plain_saved_model
):
    z = plain_gan.latents(SEEDS)
    np.savez(tmp_path / "inputs.npz", z=z, seed=SEEDS)
    code = """
import numpy as np
import tensorflow as tf
inputs = np.load("inputs.npz")
loaded = tf.saved_model.load(sys.argv[1])
outputs = {}
for size in (1, 7, 64):
    z = tf.constant(inputs["z"][:size])
    outputs[f"image{size}"] = loaded.signatures["serving_default"](z=z)["image"]
    seed = tf.constant(inputs["seed"][:size])
    pictures = loaded.signatures["generate"](seed=seed, truncation=tf.ones([size]))
    outputs[f"png{size}"] = pictures["image_bytes"].numpy()
np.savez("outputs.npz", **outputs)
"""
    run_python(code, plain_saved_model, without=["keras_gan"])
    outputs = np.load(tmp_path / "outputs.npz", allow_pickle=True)
    for size in BATCH_SIZES:
        images = plain_gan.sample(seeds=SEEDS[:size])
        np.testing.assert_allclose(outputs[f"image{size}"], images, rtol=0, atol=1e-5)
        levels = (images.astype(np.float64)[..., 0] + 1.0) * 127.5
        decoded = np.stack([pixels(png) for png in outputs[f"png{size}"]])
        assert decoded.dtype == np.uint8
        # Correct rounding: half a level, and the model's tolerance in levels.
        assert np.max(np.abs(decoded - levels)) <= 0.5 + 127.5 * 1e-5


def test_exports_the_moving_average_and_not_the_generator(plain_gan, plain_saved_model):
    z = plain_gan.latents(SEEDS[:4])
    serve = load(plain_saved_model).signatures["serving_default"]
    image = serve(z=tf.constant(z))["image"].numpy()
    np.testing.assert_allclose(image, plain_gan.generate(z), rtol=0, atol=1e-5)
    assert np.max(np.abs(image - plain_gan.generate(z, ema=False))) > 0.1


def test_seed_is_the_same_png_whatever_the_batch_around_it(tmp_path):
    folder = export.save_saved_model(make_gan(cancelling_generator()), tmp_path)
    whole = generate(folder, SEEDS)
    assert [generate(folder, [seed])[0] for seed in SEEDS] == whole
    for size in (2, 7, 33):
        assert generate(folder, SEEDS[-size:]) == whole[-size:]
    assert generate(folder, SEEDS[::-1]) == whole[::-1]
    assert len(set(whole)) == 64


class AddBatchSize(keras.layers.Layer):
    """Adds the number of images that are computed at once, in grey levels."""

    def call(self, inputs):
        return inputs + keras.ops.cast(keras.ops.shape(inputs)[0], "float32") / 255.0


def test_batched_generate_draws_all_seeds_as_one_batch(tmp_path):
    z = keras.Input((3,))
    images = 0.1 + 0.5 * dense_generator(activation="sigmoid")(z)
    generator = keras.Model(z, AddBatchSize()(images))
    gan = make_gan(generator, value_range=(0.0, 1.0))
    # No image by itself can equal what this generator draws as a batch of 7.
    with pytest.raises(export.VerificationError, match="`image_bytes` differs"):
        export.save_saved_model(gan, tmp_path / "exact")
    folder = export.save_saved_model(gan, tmp_path / "batched", exact=False)
    alone = pixels(generate(folder, SEEDS[:1])[0]).astype(int)
    among = pixels(generate(folder, SEEDS[:31])[0]).astype(int)
    assert set((among - alone).ravel()) <= {29, 30, 31}


def test_a_seed_is_the_same_within_a_grey_level_in_batched_generate(tmp_path):
    gan = make_gan(cancelling_generator())
    folder = export.save_saved_model(gan, tmp_path, exact=False)
    content = json.loads((folder / "manifest.json").read_text())
    assert content["exact"] is False
    assert content["parity"]["tolerance"]["image_bytes"] < 0.63
    assert export.verify(folder).differences["image_bytes"] > 0
    whole = np.stack([pixels(png) for png in generate(folder, SEEDS)]).astype(int)
    for size in (1, 2, 7, 33):
        part = [pixels(png) for png in generate(folder, SEEDS[-size:])]
        assert np.max(np.abs(np.stack(part) - whole[-size:])) <= 1
    levels = (gan.sample(seeds=SEEDS).astype(np.float64)[..., 0] + 1.0) * 127.5
    assert np.max(np.abs(whole - levels)) < 0.63
    with Image.open(io.BytesIO(generate(folder, SEEDS[:1])[0])) as picture:
        assert "synthetic" in picture.info["Source"]


def test_seed_and_label_are_the_same_png_whatever_labels_are_around(
    conditional_saved_model,
):
    labels = np.arange(64) % 10
    whole = generate(conditional_saved_model, SEEDS, labels=labels)
    assert (
        generate(conditional_saved_model, SEEDS[9:12], labels=labels[9:12])
        == (whole[9:12])
    )
    assert (
        generate(conditional_saved_model, SEEDS[9:12], labels=[0, 0, 1])[1]
        == (whole[10])
    )


def test_generate_truncates_as_sample_does(conditional_gan, conditional_saved_model):
    labels = [3, 1, 4]
    png = generate(conditional_saved_model, SEEDS[:3], truncation=0.5, labels=labels)
    assert {Image.open(io.BytesIO(file)).mode for file in png} == {"RGB"}
    images = conditional_gan.sample(seeds=SEEDS[:3], labels=labels, truncation=0.5)
    levels = images.astype(np.float64) * 255.0
    assert np.max(np.abs(np.stack([pixels(p) for p in png]) - levels)) <= 0.5 + 1e-3
    full = generate(conditional_saved_model, SEEDS[:3], labels=labels)
    assert not set(full) & set(png)


@pytest.mark.parametrize(("channels", "mode"), [(2, "LA"), (4, "RGBA")])
def test_png_has_an_alpha_channel_where_the_images_do(tmp_path, channels, mode):
    gan = make_gan(dense_generator((4, 3, channels)))
    (png,) = generate(export.save_saved_model(gan, tmp_path), SEEDS[:1])
    picture = Image.open(io.BytesIO(png))
    assert (picture.mode, picture.size) == (mode, (3, 4))


def test_points_are_exported_without_a_generate_signature(points_gan, tmp_path):
    folder = export.save_saved_model(points_gan, tmp_path)
    assert list(load(folder).signatures) == ["serving_default"]
    assert export.verify(folder).differences.keys() == {"image"}
    serve = load(folder).signatures["serving_default"]
    z = points_gan.latents(SEEDS)
    points = serve(z=tf.constant(z))["image"].numpy()
    np.testing.assert_allclose(points, points_gan.generate(z), rtol=0, atol=1e-5)


@pytest.mark.parametrize("label", [-1, 10])
def test_signatures_refuse_a_label_that_is_no_class(conditional_saved_model, label):
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"label.*0\.\.9"):
        generate(conditional_saved_model, SEEDS[:2], labels=[1, label])


@pytest.mark.parametrize("truncation", [0.0, 1.5, float("nan")])
def test_generate_refuses_truncation_outside_its_range(plain_saved_model, truncation):
    with pytest.raises(tf.errors.InvalidArgumentError, match="truncation"):
        generate(plain_saved_model, SEEDS[:2], truncation=truncation)


def test_training_in_mixed_precision_is_exported_in_float32(tmp_path):
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_float16")
    try:
        gan = make_gan(normalized_generator())
    finally:
        keras.config.set_dtype_policy(before)
    twin = normalized_generator()
    twin.set_weights(gan.generator.get_weights())
    assert twin.compute_dtype == "float32"
    sampled = gan.sample(seeds=SEEDS)
    z = gan.latents(SEEDS)

    folder = export.save_saved_model(gan, tmp_path)
    path = export.save_onnx(gan, tmp_path / "mixed.onnx")

    expected = twin(z).numpy()
    serve = load(folder).signatures["serving_default"]
    served = serve(z=tf.constant(z))["image"].numpy()
    assert served.dtype == np.float32
    np.testing.assert_allclose(served, expected, rtol=0, atol=1e-5)
    runtime_images = export.runtime.load(path).generate(z)
    np.testing.assert_allclose(runtime_images, expected, rtol=0, atol=1e-5)
    # The model itself goes on in the precision that it was made with.
    assert gan.generator.compute_dtype == "float16"
    np.testing.assert_array_equal(gan.sample(seeds=SEEDS), sampled)


def test_comparison_turns_tensor_float_32_off_and_on_again(tmp_path):
    seen = []

    class Recorder(keras.layers.Layer):
        def call(self, inputs):
            enabled = tf.config.experimental.tensor_float_32_execution_enabled()
            seen.append(enabled)
            return inputs

    z = keras.Input((3,))
    points = Recorder()(keras.layers.Dense(2)(z))
    gan = make_gan(keras.Model(z, points), value_range=None)
    assert tf.config.experimental.tensor_float_32_execution_enabled()
    seen.clear()
    export.save_saved_model(gan, tmp_path)
    assert len(seen) >= 3
    assert not any(seen)
    assert tf.config.experimental.tensor_float_32_execution_enabled()


def test_manifest_says_what_the_folder_holds(
    conditional_gan, conditional_saved_model, sha256
):
    content = json.loads((conditional_saved_model / "manifest.json").read_text())
    assert content["kind"] == "saved_model"
    assert content["generator"] == {
        "latent_dim": 5,
        "image_shape": [8, 8, 3],
        "num_classes": 10,
        "prior": "uniform",
        "value_range": [0.0, 1.0],
        "training_step": 0,
        "output": "float32",
        "precision": "float32",
        "layout": "nhwc",
        "inputs": "z",
    }
    assert content["signatures"]["generate"] == {
        "inputs": {
            "seed": {"dtype": "int64", "shape": ["batch"]},
            "label": {"dtype": "int32", "shape": ["batch"]},
            "truncation": {"dtype": "float32", "shape": ["batch"]},
        },
        "outputs": {"image_bytes": {"dtype": "string", "shape": ["batch"]}},
    }
    assert content["parity"]["tolerance"]["image"] == pytest.approx(5e-6)
    for size in ("1", "7", "64"):
        figures = content["parity"]["batch_sizes"][size]
        assert 0 <= figures["image"] <= 5e-6
        assert 0 < figures["image_bytes"] <= 0.502
    assert content["exact"] is True
    files = {
        path.relative_to(conditional_saved_model).as_posix(): sha256(path)
        for path in conditional_saved_model.rglob("*")
        if path.is_file() and path.name != "manifest.json"
    }
    assert content["files"] == files
    assert content["versions"]["tensorflow"] == tf.__version__

    probe = content["probe"]
    images = conditional_gan.sample(
        seeds=probe["seeds"], labels=probe["labels"], truncation=probe["truncation"]
    )
    values = images.reshape(len(images), -1)[:, probe["positions"]]
    np.testing.assert_allclose(values, probe["values"], rtol=0, atol=1e-6)


def test_served_pictures_say_that_they_are_synthetic(conditional_saved_model):
    (png,) = generate(conditional_saved_model, [1], labels=[0])
    with Image.open(io.BytesIO(png)) as picture:
        picture.verify()  # the checksums of all chunks
    with Image.open(io.BytesIO(png)) as picture:
        assert "synthetic" in picture.info["Source"]
        assert picture.info["Software"].startswith("keras_gan ")
        assert picture.size == (8, 8)


def test_a_loader_without_python_objects_finds_every_weight(
    conditional_gan, conditional_saved_model
):
    """As TensorFlow Serving and the C API do: the graph, and what it restores."""
    z, label = conditional_gan.latents([3, 5]), np.array([7, 0], np.int32)
    v1 = tf.compat.v1
    with tf.Graph().as_default(), v1.Session() as session:
        meta_graph = v1.saved_model.loader.load(
            session, ["serve"], str(conditional_saved_model)
        )
        signature = meta_graph.signature_def["serving_default"]
        feeds = {signature.inputs["z"].name: z, signature.inputs["label"].name: label}
        images = session.run(signature.outputs["image"].name, feeds)
    expected = conditional_gan.generate(z, label)
    np.testing.assert_allclose(images, expected, rtol=0, atol=1e-5)


def test_an_export_of_layers_with_gradients_of_their_own_logs_nothing(tmp_path, caplog):
    networks = architectures.build("dcgan", image_shape=(8, 8, 1), latent_dim=4)
    export.save_saved_model(GAN(*networks, seed=1), tmp_path / "served")
    assert [record.getMessage() for record in caplog.records] == []
