from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf

from keras_gan import GAN, architectures, export


@pytest.mark.parametrize("name", architectures.names())
def test_every_architecture_equals_its_exports(name, tmp_path):
    gan = GAN(
        *architectures.build(name, image_shape=(8, 8, 1), latent_dim=6), prior="uniform"
    )
    saved_model = export.save_saved_model(gan, tmp_path / name)
    serve = tf.saved_model.load(str(saved_model)).signatures["serving_default"]
    onnx = export.runtime.load(export.save_onnx(gan, tmp_path / f"{name}.onnx"))
    for size in (1, 7, 64):
        expected = gan.sample(size, seed=1)
        images = onnx.sample(size, seed=1)
        np.testing.assert_allclose(images, expected, rtol=0, atol=1e-5)
        z = gan.latents(np.arange(size))
        served = serve(z=tf.constant(z))["image"].numpy()
        np.testing.assert_allclose(served, gan.generate(z), rtol=0, atol=1e-5)
