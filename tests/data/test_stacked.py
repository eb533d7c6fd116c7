"""Three random images as the channels of one: Stacked-MNIST."""

import numpy as np
import pytest

from keras_gan import data
from keras_gan._checks import InputError


@pytest.fixture(scope="module")
def digits():
    options = {"batch_size": 10_000, "labels": True, "shuffle": False}
    return next(data.load("mnist_10k", **options).as_numpy_iterator())


@pytest.fixture(scope="module")
def stacks():
    batches = data.load("stacked:mnist_10k", batch_size=500, labels=True, shuffle=False)
    return next(batches.as_numpy_iterator())


def test_each_channel_is_an_image_of_the_source_and_the_label_names_all_three(
    digits, stacks
):
    known = {image.tobytes(): label for image, label in zip(*digits, strict=True)}
    images, labels = stacks
    assert images.shape == (500, 28, 28, 3)
    assert labels.dtype == np.int32
    for image, label in zip(images[:100], labels[:100], strict=True):
        planes = [image[..., channel : channel + 1] for channel in range(3)]
        a, b, c = (known[np.ascontiguousarray(plane).tobytes()] for plane in planes)
        assert label == 100 * a + 10 * b + c


def test_there_are_as_many_as_published_and_all_thousand_classes():
    info = data.info("stacked:mnist_10k")
    assert (info.num_examples, info.num_classes) == (128_000, 1000)
    assert info.image_shape == (28, 28, 3)
    test = data.load("stacked:mnist_10k", split="test", batch_size=10_000, labels=True)
    ((_, labels),) = test.as_numpy_iterator()
    # Of 10,000 draws from 1,000 equal classes 0.05 are missed on average.
    assert len(np.unique(labels)) >= 998


def test_stacks_are_the_same_each_time_and_others_in_each_split(stacks):
    options = {"batch_size": 500, "labels": True, "shuffle": False}
    again = next(data.load("stacked:mnist_10k", **options).as_numpy_iterator())
    np.testing.assert_array_equal(again[0], stacks[0])
    other = data.load("stacked:mnist_10k", split="test", **options)
    assert (next(other.as_numpy_iterator())[1] != stacks[1]).mean() > 0.9


def test_size_and_range_are_as_asked():
    batches = data.load(
        "stacked:mnist_10k", batch_size=4, image_size=8, value_range=(0.0, 1.0)
    )
    images = next(batches.as_numpy_iterator())
    assert images.shape == (4, 8, 8, 3)
    assert images.min() == 0.0
    assert 0.5 < images.max() <= 1.0


@pytest.mark.parametrize(
    ("source", "options", "message"),
    [
        ("stacked:", {}, "lacks a source: 'stacked:SOURCE'"),
        ("stacked:mnist10k", {}, "Did you mean 'mnist_10k'"),
        ("stacked:ring", {}, r"stacks grey images.*'ring' have shape \(2,\) and 8"),
        ("stacked:stacked:mnist_10k", {}, r"shape \(28, 28, 3\) and 1000 classes"),
        ("stacked:npz:{npz}", {}, r"shape \(4, 4, 1\) and no classes"),
        ("stacked:mnist_10k", {"channels": 1}, "`channels=1` has no meaning"),
        ("stacked:mnist_10k", {"split": "valid"}, "`split` must be one of"),
    ],
)
def test_what_cannot_be_stacked_is_refused(tmp_path, source, options, message):
    path = tmp_path / "grey.npz"
    np.savez(path, images=np.zeros((5, 4, 4), np.uint8))
    with pytest.raises(InputError, match=message):
        data.load(source.format(npz=path), batch_size=2, **options)
