"""`gan.show` draws what `gan.sample` returns."""

import numpy as np
import pytest
from harness.gans import dense_gan, linear_gan

from keras_gan import plotting


def pixels(picture):
    return np.asarray(picture)


def test_samples_are_drawn_in_the_range_of_the_gan_and_enlarged():
    gan = dense_gan((8, 8, 1))
    expected = plotting.image_grid(
        gan.sample(10, seed=7), value_range=(-1, 1), columns=5, scale=8
    )
    np.testing.assert_array_equal(pixels(gan.show(10, seed=7)), pixels(expected))
    assert gan.show(seed=1).size == (4 * 65 + 1, 4 * 65 + 1)
    by_seeds = gan.show(seeds=[3, 5], truncation=0.5, columns=1, scale=1)
    expected = plotting.image_grid(
        gan.sample(seeds=[3, 5], truncation=0.5),
        value_range=(-1, 1),
        columns=1,
        scale=1,
    )
    np.testing.assert_array_equal(pixels(by_seeds), pixels(expected))


def test_each_column_is_a_class_unless_labels_say_otherwise():
    gan = dense_gan((8, 8, 1), num_classes=3)
    shown = gan.show(9, seed=0, scale=1)
    images = gan.sample(9, seed=0, labels=np.arange(9) % 3)
    expected = plotting.image_grid(images, value_range=(-1, 1), columns=3, scale=1)
    np.testing.assert_array_equal(pixels(shown), pixels(expected))
    one_class = gan.show(labels=2, seed=0, scale=1)
    images = gan.sample(16, seed=0, labels=2)
    expected = plotting.image_grid(images, value_range=(-1, 1), scale=1)
    np.testing.assert_array_equal(pixels(one_class), pixels(expected))


def test_points_are_no_picture():
    with pytest.raises(ValueError, match="Pictures need images"):
        linear_gan().show(4)
