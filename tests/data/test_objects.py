"""What is given as an object or as a path is taken, or refused in one clear line."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_gan import data
from keras_gan._checks import InputError

IMAGES = np.random.default_rng(0).integers(0, 256, (8, 4, 4), np.uint8)
LABELS = np.arange(8) % 4


def batch_of(source, **arguments):
    return next(iter(data.load(source, batch_size=8, shuffle=False, **arguments)))


@pytest.mark.parametrize(
    "source",
    [
        (IMAGES, LABELS),
        [IMAGES, LABELS],
        [tf.constant(IMAGES), LABELS.tolist()],
        [IMAGES, LABELS[:, None]],
        [np.zeros((8, 3)), LABELS],
    ],
    ids=["tuple", "list", "tensor and list", "column", "points"],
)
def test_a_tuple_or_list_of_two_arrays_is_a_pair(source):
    images, labels = batch_of(source, labels=True)
    assert len(images) == 8
    np.testing.assert_array_equal(labels, LABELS)


def test_a_list_of_two_images_is_no_pair():
    assert data.info([IMAGES[0], IMAGES[1]]).num_examples == 2


class Batches(keras.utils.PyDataset):
    """Batches that Keras trains on."""

    def __len__(self):
        return 1

    def __getitem__(self, index):
        return IMAGES


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (
            tf.data.Dataset.from_tensor_slices(IMAGES),
            r"Dataset.* `fit` takes it.*batch",
        ),
        (Batches(), "got Batches.*`fit` takes it as it is"),
        ((image for image in IMAGES), "got generator.*`fit` takes it as it is"),
        (
            {"image": IMAGES, "label": LABELS},
            r"\['image', 'label'\].*\(images, labels\)",
        ),
        ((IMAGES, LABELS, LABELS), r"pair \(images, labels\); got a tuple of 3"),
        ([IMAGES[0], IMAGES[1, :2]], "differ in shape"),
        ([IMAGES[0], IMAGES[1, :2], IMAGES[2]], "differ in shape.*numpy.stack"),
        (np.array([[1.0, 2, "a"]] * 8, dtype=object), "array of objects"),
        (np.array([IMAGES[0], None], dtype=object), "array of objects"),
        ((IMAGES, np.array([1, None] * 4, dtype=object)), "labels: an array of obj"),
        (7, "got int"),
        (None, "got NoneType"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_other_objects_are_refused_in_one_line(source, message):
    with pytest.raises(InputError, match=message) as refusal:
        data.load(source, batch_size=8)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ([1, 2, 3, 4] * 2, r"1 of 5 classes without images \(0\).*`labels - 1` counts"),
        ([3, 4, 5, 6] * 2, r"3 of 7 classes .*\(0, 1, 2\).*`labels - 3` counts"),
        ([0, 2, 3, 5] * 2, r"2 of 6 classes .*\(1, 4\).*return_inverse"),
        ([10, 2000, 10, 9] * 2, r"1998 of 2001 classes .*\(0, 1, 2, ...\).*return_inv"),
    ],
)
@pytest.mark.parametrize("kind", ["array", "points", "npz"])
def test_classes_without_images_are_said(labels, message, kind, tmp_path):
    source = ({"points": np.zeros((8, 2))}.get(kind, IMAGES), np.array(labels))
    if kind == "npz":
        np.savez(tmp_path / "a.npz", images=IMAGES, labels=labels)
        source = f"npz:{tmp_path / 'a.npz'}"
    with pytest.warns(UserWarning, match=message):
        assert data.info(source).num_classes == max(labels) + 1
    with pytest.warns(UserWarning, match=message):
        batch_of(source, labels=True)
    batch_of(source)  # labels that are not asked for are no matter


def test_full_labels_and_parts_of_them_give_no_warning():
    assert data.info((IMAGES, LABELS)).num_classes == 4
    assert data.info((IMAGES, LABELS), split="train[:2]").num_classes == 4


@pytest.mark.parametrize(
    "path",
    [
        "C:\\data\\faces",
        "d:/faces",
        "\\\\server\\faces",
        "/nowhere/faces",
        "~/no",
        "./no",
    ],
)
def test_a_path_without_its_kind_is_said_to_be_one(path):
    with pytest.raises(InputError) as refusal:
        data.load(path, batch_size=8)
    assert "is a path" in str(refusal.value)
    assert f"'folder:{path}'" in str(refusal.value)
