"""The grid of real images that a run keeps for its report."""

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from keras_gan import data, experiment, plotting
from keras_gan.experiment.real_images import save_real_images


def grid_of(batches, folder, n, num_classes=None):
    """Returns the grey level of each image, in rows and columns."""
    path = folder / "real.png"
    save_real_images(
        path, batches, n=n, num_classes=num_classes, value_range=(0.0, 255.0)
    )
    with Image.open(path) as picture:
        assert picture.info["Source"] == plotting.REAL
        return np.asarray(picture)[33::65, 33::65]


def batches_of(levels, labels=None, size=4):
    images = np.broadcast_to(
        np.float32(levels).reshape(-1, 1, 1, 1), (len(levels), 8, 8, 1)
    )
    columns = images if labels is None else (images, np.int32(labels))
    return tf.data.Dataset.from_tensor_slices(columns).batch(size)


def test_it_holds_the_first_images_of_the_training(tmp_path):
    levels = np.arange(20)
    assert grid_of(batches_of(levels), tmp_path, 9).ravel().tolist() == [*range(9)]
    # Fewer than were asked for.
    drawn = grid_of(batches_of(levels[:4]), tmp_path, 9)
    assert drawn.tolist() == [[0, 1], [2, 3]]


def test_each_column_is_a_class_as_in_the_samples(tmp_path):
    labels = np.array([2, 2, 2, 1, 0, 1, 0, 1, 1, 0, 0, 1, 2, 2])
    levels = 10 * labels + np.arange(14)
    drawn = grid_of(batches_of(levels, labels), tmp_path, 9, 3)
    expected = [
        [levels[labels == label][row] for label in range(3)] for row in range(3)
    ]
    np.testing.assert_array_equal(drawn, expected)


def test_few_images_of_each_class_fill_the_first_rows(tmp_path):
    drawn = grid_of(batches_of([5, 6, 7, 8], [1, 0, 0, 1]), tmp_path, 16, 2)
    assert drawn.tolist() == [[6, 5, 7, 8]]


def test_of_more_classes_than_images_the_first_are_shown(tmp_path):
    labels = np.arange(8)[::-1]
    drawn = grid_of(batches_of(labels, labels), tmp_path, 4, 8)
    assert drawn.tolist() == [[0, 1, 2, 3]]


def test_where_no_class_is_found_there_is_no_picture(tmp_path):
    path = tmp_path / "real.png"
    batches = batches_of([5, 6, 7, 8], [90, 91, 92, 93])
    save_real_images(path, batches, n=4, num_classes=100, value_range=(0.0, 255.0))
    assert not path.exists()


def test_a_class_that_is_not_found_leaves_images_of_the_others(tmp_path):
    labels = np.zeros(8, int)
    assert grid_of(batches_of(np.arange(8), labels), tmp_path, 4, 2).size == 2


def test_a_run_keeps_them_in_the_size_of_its_samples(trained, recipe):
    folder = trained.folder
    with Image.open(folder.real) as real:
        pixels = np.asarray(real)
        assert "synthetic" not in real.info["Source"]
    batches = data.load(
        recipe.data,
        batch_size=recipe.batch_size,
        value_range=recipe.value_range,
        seed=recipe.seed,
    )
    images = np.concatenate(list(batches.as_numpy_iterator()))
    expected = plotting.image_grid(images, value_range=(0, 1), scale=None)
    np.testing.assert_array_equal(pixels, np.asarray(expected))
    with Image.open(folder.samples / "epoch_0001.png") as samples:
        assert samples.size[0] >= pixels.shape[1]


def test_a_run_that_is_resumed_keeps_or_draws_them(copy, recipe):
    kept = (copy / "real.png").read_bytes()
    (copy / "real.png").unlink()
    with pytest.warns() as heard:
        experiment.train(recipe, copy, resume=True, progress=False)
    assert (copy / "real.png").read_bytes() == kept
    assert not [each for each in heard if "starts anew" in str(each.message)]
