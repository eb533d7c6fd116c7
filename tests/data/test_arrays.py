"""Arrays and tensors as sources."""

import numpy as np
import pytest
import tensorflow as tf

from keras_gan import data
from keras_gan._checks import InputError

IMAGES = np.random.default_rng(0).integers(0, 256, (6, 4, 5, 3), np.uint8)


def first_batch(source, **arguments):
    return next(iter(data.load(source, batch_size=6, shuffle=False, **arguments)))


@pytest.mark.parametrize("convert", [np.asarray, tf.constant, np.ndarray.tolist])
def test_arrays_tensors_and_only_typed_data_are_taken(convert):
    if convert is np.ndarray.tolist:
        with pytest.raises(InputError, match="dtype int64"):
            first_batch(convert(IMAGES))
        return
    batch = first_batch(convert(IMAGES), value_range=(0, 255))
    np.testing.assert_array_equal(batch, IMAGES)


def test_images_without_a_channel_axis_get_one():
    assert first_batch(IMAGES[..., 0]).shape == (6, 4, 5, 1)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_floats_in_the_range_pass_unchanged(dtype):
    floats = np.linspace(-1, 1, 6 * 4 * 5).reshape(6, 4, 5, 1).astype(dtype)
    batch = first_batch(floats)
    assert batch.dtype == tf.float32
    np.testing.assert_array_equal(batch, floats.astype(np.float32))


@pytest.mark.parametrize(
    ("floats", "remedy"),
    [
        (IMAGES.astype(np.float32), r"`source_range=\(0, 255\)`"),
        (np.full((6, 2, 2), 3.0), r"`source_range=\(0, 255\)`"),
        (np.full((6, 2, 2), -1.5), r"`source_range=\(-2, -1\)`"),
        (np.full((6, 2, 2), np.nan), "Some are NaN"),
    ],
)
def test_floats_outside_the_range_are_refused(floats, remedy):
    with pytest.raises(InputError, match=rf"`value_range` \(-1, 1\); got .*{remedy}"):
        first_batch(floats)


def test_resizing_and_channels_apply_to_arrays():
    batch = first_batch(IMAGES, image_size=(8, 2), channels=1)
    assert batch.shape == (6, 8, 2, 1)


def test_labels_come_as_int32_also_from_a_column():
    labels = np.arange(6, dtype=np.uint8)[:, None]
    _, batch = first_batch((IMAGES, labels), labels=True)
    assert batch.dtype == tf.int32
    assert batch.numpy().tolist() == list(range(6))


@pytest.mark.parametrize(
    ("images", "message"),
    [
        (np.zeros((4, 2), np.uint8), "must have shape"),
        (np.zeros((0, 2, 2), np.uint8), "no images"),
        (np.zeros((4, 3, 32, 32), np.uint8), "channels must come last"),
        (np.zeros((6, 2, 2), np.int64), "uint8"),
        (np.array(["a"]).reshape(1, 1, 1), "uint8"),
    ],
)
def test_images_of_wrong_shape_or_type_are_refused(images, message):
    with pytest.raises(InputError, match=message):
        first_batch(images)


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (np.arange(7), "more labels than images: 7 labels for the 6 images"),
        (np.arange(5), "fewer labels than images: 5 labels for the 6 images"),
        (np.eye(6, dtype=int), "One-hot"),
        (np.arange(6) - 1, "whole numbers from 0"),
        (np.arange(6) + 0.5, "whole numbers from 0"),
        (np.array(list("abcdef")), "whole numbers from 0"),
    ],
)
def test_wrong_labels_are_refused(labels, message):
    with pytest.raises(InputError, match=message):
        first_batch((IMAGES, labels), labels=True)


def test_info_describes_arrays():
    assert data.info(IMAGES) == data.DataInfo(6, (4, 5, 3))
    assert data.info((IMAGES, [0, 1, 2, 0, 1, 2])) == data.DataInfo(6, (4, 5, 3), 3)
