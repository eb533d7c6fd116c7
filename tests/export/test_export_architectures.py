from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf

from keras_gan import GAN, architectures, export

# Options of those that take labels, which are exported with them too.
CONDITIONAL = {
    "dcgan": {},
    "goodfellow_conv": {"generator_units": 100},
    "goodfellow_mlp": {},
    "mlp": {},
    "r3gan": {"generator_filters": 16, "discriminator_filters": 8},
}


def assert_equal_exports(gan, folder):
    saved_model = export.save_saved_model(gan, folder / "saved_model")
    serve = tf.saved_model.load(str(saved_model)).signatures["serving_default"]
    onnx = export.runtime.load(export.save_onnx(gan, folder / "generator.onnx"))
    classes = gan.num_classes
    for size in (1, 7, 64):
        labels = None if classes is None else np.arange(size, dtype=np.int32) % classes
        expected = gan.sample(size, seed=1, labels=labels)
        found = onnx.sample(size, seed=1, labels=labels)
        np.testing.assert_allclose(found, expected, rtol=0, atol=1e-5)
        z = gan.latents(np.arange(size))
        inputs = {"z": z} if labels is None else {"z": z, "label": labels}
        served = serve(**{n: tf.constant(v) for n, v in inputs.items()})["image"]
        expected = gan.generate(z, labels)
        np.testing.assert_allclose(served, expected, rtol=0, atol=1e-5)


@pytest.mark.parametrize("name", architectures.names())
def test_every_architecture_equals_its_exports(name, tmp_path):
    gan = GAN(
        *architectures.build(name, image_shape=(8, 8, 1), latent_dim=6), prior="uniform"
    )
    assert_equal_exports(gan, tmp_path)


@pytest.mark.parametrize("name", CONDITIONAL)
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
