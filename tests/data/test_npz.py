"""NumPy archives."""

import numpy as np
import pytest

from keras_gan import data
from keras_gan._checks import InputError

# The labels of these files leave classes out.
pytestmark = pytest.mark.filterwarnings("ignore:.*classes without images")
IMAGES = np.random.default_rng(0).integers(0, 256, (6, 4, 5), np.uint8)
LABELS = np.arange(6)


def first_batch(path, **arguments):
    dataset = data.load(
        f"npz:{path}", batch_size=3, shuffle=False, value_range=(0, 255), **arguments
    )
    return next(iter(dataset))


@pytest.mark.parametrize("keys", [("images", "labels"), ("x", "y"), ("arr_0", "arr_1")])
def test_an_undivided_archive_is_the_training_split(tmp_path, keys):
    path = tmp_path / "set.npz"
    np.savez(path, **dict(zip(keys, (IMAGES, LABELS), strict=True)))
    images, labels = first_batch(path, labels=True)
    np.testing.assert_array_equal(images[..., 0], IMAGES[:3])
    assert labels.numpy().tolist() == [0, 1, 2]
    with pytest.raises(InputError, match="`split` must be one of 'train'"):
        first_batch(path, split="test")


@pytest.mark.parametrize(
    ("images_key", "labels_key"),
    [("x_{}", "y_{}"), ("{}_images", "{}_labels"), ("images_{}", "labels_{}")],
)
def test_splits_are_found_by_their_keys(tmp_path, images_key, labels_key):
    path = tmp_path / "set.npz"
    arrays = {}
    for split, part in (("train", slice(3)), ("test", slice(3, 6))):
        arrays[images_key.format(split)] = IMAGES[part]
        arrays[labels_key.format(split)] = LABELS[part]
    np.savez(path, **arrays)
    assert first_batch(path, labels=True)[1].numpy().tolist() == [0, 1, 2]
    test_pair = first_batch(path, split="test", labels=True)
    assert test_pair[1].numpy().tolist() == [3, 4, 5]
    with pytest.raises(InputError, match=r"'test', 'train'; got 'val'"):
        first_batch(path, split="val")


def test_an_archive_without_labels_loads_images(tmp_path):
    np.savez(tmp_path / "set.npz", x_train=IMAGES)
    assert first_batch(tmp_path / "set.npz").shape == (3, 4, 5, 1)
    with pytest.raises(InputError, match="no labels"):
        first_batch(tmp_path / "set.npz", labels=True)


def test_unknown_keys_are_listed(tmp_path):
    np.savez(tmp_path / "set.npz", pictures=IMAGES, notes=LABELS)
    with pytest.raises(InputError, match=r"keys are \['notes', 'pictures'\]"):
        first_batch(tmp_path / "set.npz")


def test_more_labels_than_images_names_file_and_keys(tmp_path):
    path = tmp_path / "set.npz"
    np.savez(path, x=IMAGES, y=np.arange(9))
    match = rf"{path} \('y'\): more labels than images: 9 labels .* 6 .*\('x'\)"
    with pytest.raises(InputError, match=match):
        first_batch(path)


@pytest.mark.parametrize("damage", ["cut", "garbage", "array", "empty"])
def test_what_is_not_an_archive_of_arrays_is_named(tmp_path, damage):
    path = tmp_path / "set.npz"
    np.savez_compressed(path, x=IMAGES)
    if damage == "cut":
        path.write_bytes(path.read_bytes()[:150])
    elif damage == "garbage":
        path.write_bytes(b"not an archive")
    elif damage == "array":
        with path.open("wb") as stream:
            np.save(stream, IMAGES)
    else:
        path.write_bytes(b"")
    with pytest.raises(InputError, match=f"{path} is not an .npz archive"):
        first_batch(path)


def test_a_damaged_array_is_named(tmp_path):
    path = tmp_path / "set.npz"
    np.savez(path, x=IMAGES)
    content = bytearray(path.read_bytes())
    content[content.index(IMAGES.tobytes())] ^= 1
    path.write_bytes(content)
    with pytest.raises(InputError, match=rf"{path} cannot be read: .*CRC"):
        first_batch(path)


def test_pickled_objects_are_never_loaded(tmp_path):
    path = tmp_path / "set.npz"
    np.savez(path, x=np.array([{"a": 1}], dtype=object))
    with pytest.raises(InputError, match=f"{path} cannot be read: Object arrays"):
        first_batch(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(InputError, match=f"{tmp_path}/no.npz: no such file"):
        first_batch(tmp_path / "no.npz")
