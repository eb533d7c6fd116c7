from __future__ import annotations

import collections

import keras
import numpy as np
import onnx
import pytest
import tensorflow as tf

from keras_gan import GAN, architectures, export
from keras_gan.layers import Upsample

SMALL = {"generator_filters": 8, "discriminator_filters": 4}
OPTIONS = {"sagan": SMALL, "sngan_resnet": SMALL}
CASES = [(name, None) for name in architectures.names()]
CASES += [(name, 3) for name in OPTIONS]


@pytest.mark.parametrize(("name", "num_classes"), CASES)
def test_every_architecture_equals_its_exports(name, num_classes, tmp_path):
    generator, discriminator = architectures.build(
        name,
        image_shape=(8, 8, 1),
        latent_dim=6,
        num_classes=num_classes,
        **OPTIONS.get(name, {}),
    )
    gan = GAN(generator, discriminator, prior="uniform", num_classes=num_classes)
    leave_the_start(generator)
    saved_model = export.save_saved_model(gan, tmp_path / name)
    serve = tf.saved_model.load(str(saved_model)).signatures["serving_default"]
    path = export.save_onnx(gan, tmp_path / f"{name}.onnx")
    session = export.runtime.load(path)
    for size in (1, 7, 64):
        labels = None if num_classes is None else np.arange(size) % num_classes
        expected = gan.sample(size, seed=1, labels=labels)
        images = session.sample(size, seed=1, labels=labels)
        np.testing.assert_allclose(images, expected, rtol=0, atol=1e-5)
        z = gan.latents(np.arange(size))
        more = {} if labels is None else {"label": tf.constant(labels, tf.int32)}
        served = serve(z=tf.constant(z), **more)["image"].numpy()
        np.testing.assert_allclose(
            served, gan.generate(z, labels=labels), rtol=0, atol=1e-5
        )


def leave_the_start(generator):
    """Attention and conditional normalization change nothing before a training."""
    random = np.random.default_rng(0)
    for weight in generator.trainable_variables:
        if weight.name in ("gamma", "beta"):
            weight.assign_add(random.normal(0.0, 0.3, weight.shape))


@pytest.mark.parametrize("opset", [pytest.param(13, marks=pytest.mark.slow), 18])
@pytest.mark.parametrize("num_classes", [None, 3])
@pytest.mark.parametrize("name", OPTIONS)
def test_upsampling_is_one_resize_and_nothing_tiles(name, num_classes, opset, tmp_path):
    networks = architectures.build(
        name, image_shape=(16, 16, 1), num_classes=num_classes, **SMALL
    )
    gan = GAN(*networks, num_classes=num_classes)
    path = export.save_onnx(gan, tmp_path / "g.onnx", opset=opset)
    count = collections.Counter(node.op_type for node in onnx.load(path).graph.node)
    upsamplings = [x for x in networks[0].layers if isinstance(x, Upsample)]
    assert count["Resize"] == len(upsamplings) == 4
    chains = {"Tile", "Shape", "Slice", "Expand", "Cast", "Concat"}
    assert not chains & set(count), count
    # Spectral normalization of constants is folded into them.
    assert not {"Div", "Sqrt", "ReduceSum"} & set(count), count


@pytest.mark.slow
@pytest.mark.parametrize("name", OPTIONS)
def test_half_precision_exports(name, tmp_path):
    keras.utils.set_random_seed(0)
    gan = GAN(*architectures.build(name, image_shape=(8, 8, 1), **SMALL))
    leave_the_start(gan.generator)
    export.save_onnx(gan, tmp_path / "g.onnx", precision="float16")  # verifies itself
