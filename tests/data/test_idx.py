"""MNIST-format files, written here byte by byte."""

import gzip
import struct

import numpy as np
import pytest

from keras_gan import data
from keras_gan._checks import InputError

# The labels of these files leave classes out.
pytestmark = pytest.mark.filterwarnings("ignore:.*classes have no images")
IMAGES = np.random.default_rng(0).integers(0, 256, (6, 4, 5), np.uint8)
LABELS = np.array([3, 1, 4, 1, 5, 9], np.uint8)


def idx_bytes(array):
    header = {1: 0x801, 3: 0x803}[array.ndim]
    return struct.pack(f">I{array.ndim}I", header, *array.shape) + array.tobytes()


@pytest.fixture
def folder(tmp_path):
    """Plain training files and gzipped test files."""
    (tmp_path / "train-images-idx3-ubyte").write_bytes(idx_bytes(IMAGES))
    (tmp_path / "train-labels-idx1-ubyte").write_bytes(idx_bytes(LABELS))
    for name, array in (("images-idx3", IMAGES[:4]), ("labels-idx1", LABELS[:4])):
        content = gzip.compress(idx_bytes(array))
        (tmp_path / f"t10k-{name}-ubyte.gz").write_bytes(content)
    return tmp_path


def first_batch(source, **arguments):
    dataset = data.load(
        source,
        **{"batch_size": 4, "labels": True, "shuffle": False, **arguments},
        value_range=(0, 255),
    )
    return next(iter(dataset))


def test_a_folder_is_read_by_mnist_names_plain_or_gzipped(folder):
    for split, size in (("train", 6), ("test", 4)):
        images, labels = first_batch(f"idx:{folder}", split=split, batch_size=size)
        np.testing.assert_array_equal(images[..., 0], IMAGES[:size])
        np.testing.assert_array_equal(labels, LABELS[:size])


@pytest.mark.parametrize("dot", ["-", "."])
def test_one_images_file_finds_the_labels_beside_it(tmp_path, dot):
    path = tmp_path / f"letters-images{dot}idx3-ubyte"
    path.write_bytes(idx_bytes(IMAGES))
    (tmp_path / f"letters-labels{dot}idx1-ubyte").write_bytes(idx_bytes(LABELS))
    images, labels = first_batch(f"idx:{path}")
    np.testing.assert_array_equal(images[..., 0], IMAGES[:4])
    np.testing.assert_array_equal(labels, LABELS[:4])


def test_images_alone_load_without_labels_only(tmp_path):
    path = tmp_path / "digits"
    path.write_bytes(idx_bytes(IMAGES))
    assert first_batch(f"idx:{path}", labels=False).shape == (4, 4, 5, 1)
    assert data.info(f"idx:{path}") == data.DataInfo(6, (4, 5, 1))
    with pytest.raises(InputError, match=f"idx:{path}' has no labels"):
        first_batch(f"idx:{path}")


def test_info_counts_the_classes(folder):
    assert data.info(f"idx:{folder}") == data.DataInfo(6, (4, 5, 1), 10)


GZIPPED = gzip.compress(idx_bytes(IMAGES), mtime=0)  # one test name in every process


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (GZIPPED[: len(GZIPPED) // 2], "damaged or cut short"),
        (GZIPPED[:-30] + bytes(22) + GZIPPED[-8:], "damaged or cut short"),
        (idx_bytes(IMAGES)[:-1], "header promises 120 bytes"),
        (idx_bytes(IMAGES) + b"0", "header promises 120 bytes"),
        (idx_bytes(LABELS) + bytes(9), "0x00000801, expected 0x00000803"),
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "magic number is 0x89504e47"),
        (b"", "cut short"),
    ],
)
def test_a_damaged_file_is_named(folder, content, message):
    path = folder / "train-images-idx3-ubyte"
    path.write_bytes(content)
    with pytest.raises(InputError, match=f"^{path} .*{message}"):
        first_batch(f"idx:{folder}")


def test_more_labels_than_images_names_both_files(folder):
    path = folder / "train-labels-idx1-ubyte"
    path.write_bytes(idx_bytes(np.append(LABELS, LABELS)))
    match = f"{path}: more labels .* 12 labels for the 6 images of .*train-images"
    with pytest.raises(InputError, match=match):
        first_batch(f"idx:{folder}", labels=False)


def test_what_is_missing_is_said(folder, tmp_path_factory):
    empty = tmp_path_factory.mktemp("empty")
    with pytest.raises(InputError, match=f"{empty} holds no MNIST-format files"):
        first_batch(f"idx:{empty}")
    with pytest.raises(InputError, match=r"nowhere: no such file or folder"):
        first_batch("idx:/nowhere")
    with pytest.raises(InputError, match=r"`split` .*'test', 'train'; got 'valid'"):
        first_batch(f"idx:{folder}", split="valid")
    (folder / "t10k-images-idx3-ubyte.gz").unlink()
    with pytest.raises(InputError, match=r"`split` must be one of 'train'; got 'test'"):
        first_batch(f"idx:{folder}", split="test")
