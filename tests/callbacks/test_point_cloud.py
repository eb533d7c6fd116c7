"""PointCloud: samples in the plane, epoch by epoch."""

import keras
import numpy as np
import pytest
from PIL import Image

import keras_gan
from keras_gan import callbacks, data

POINTS, _ = data.mixture("ring").draw(64, seed=0)


def make_gan(size=2):
    networks = keras_gan.architectures.build(
        "mlp",
        image_shape=(size,),
        latent_dim=2,
        value_range=None,
        generator_units=[4],
        discriminator_units=[4],
    )
    gan = keras_gan.GAN(*networks, value_range=None, seed=0)
    gan.compile("sgd", "sgd", run_eagerly=True)
    return gan


def test_a_picture_of_the_same_seeds_follows_each_second_epoch(tmp_path):
    listening = callbacks.PointCloud(tmp_path, POINTS, n=10, seed=3, every=2)
    gan = make_gan()
    gan.fit(POINTS, batch_size=32, epochs=4, verbose=0, callbacks=[listening])
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["epoch_0002.png", "epoch_0004.png"]
    listening.write(gan, tmp_path / "again.png")
    pictures = [
        np.asarray(Image.open(tmp_path / name))
        for name in ("epoch_0004.png", "again.png")
    ]
    np.testing.assert_array_equal(*pictures)


def test_an_example_of_one_number_is_refused_before_training(tmp_path):
    gan = make_gan(size=1)
    listening = callbacks.PointCloud(tmp_path)
    with pytest.raises(ValueError, match="`axes` must be two of the numbers"):
        gan.fit(POINTS[:, :1], verbose=0, callbacks=[listening])
    assert int(gan.step) == 0


def test_other_models_are_refused(tmp_path):
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    with pytest.raises(ValueError, match=r"works on a keras_gan\.GAN"):
        callbacks.PointCloud(tmp_path).set_model(model)
