"""MNIST-format files, written here byte by byte."""

import gzip
import struct

import numpy as np
import pytest

from keras_gan import data
from keras_gan._checks import InputError

# The labels of these files leave classes out.
pytestmark = pytest.mark.filterwarnings("ignore:.*classes without images")
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
        (idx_bytes(LABELS) + bytes(9), "0x00000801, expected such as 0x00000803"),
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "magic number is 0x89504e47"),
        (b"", "cut short"),
    ],
)
def test_a_damaged_file_is_named(folder, content, message):
    path = folder / "train-images-idx3-ubyte"
    path.write_bytes(content)
    with pytest.raises(InputError, match=f"^{path} .*{message}"):
        first_batch(f"idx:{folder}")


STORED = {"byte": ">i1", "short": ">i2", "int": ">i4", "float": ">f4", "double": ">f8"}
CODES = {"byte": 0x9, "short": 0xB, "int": 0xC, "float": 0xD, "double": 0xE}


def write_stored(path, kind, array):
    header = struct.pack(f">HBB{array.ndim}I", 0, CODES[kind], array.ndim, *array.shape)
    path.write_bytes(header + array.astype(STORED[kind]).tobytes())


@pytest.mark.parametrize("kind", STORED)
def test_every_type_of_element_keeps_its_levels(tmp_path, kind):
    highest = {"byte": 127, "float": 1, "double": 1}.get(kind, 4095)
    images = np.linspace(0, highest, 120).reshape(6, 4, 5).astype(STORED[kind])
    write_stored(tmp_path / f"train-images-idx3-{kind}", kind, images)
    write_stored(tmp_path / f"train-labels-idx1-{kind}", kind, LABELS)
    arguments = {"labels": True, "shuffle": False, "value_range": (0, 1)}
    if highest > 1:
        with pytest.raises(InputError, match=r"Pass `source_range=\(0, "):
            data.load(f"idx:{tmp_path}", batch_size=6, **arguments)
        arguments["source_range"] = (0, highest)
    found, labels = next(iter(data.load(f"idx:{tmp_path}", batch_size=6, **arguments)))
    expected = images.astype(np.float64) / highest
    np.testing.assert_allclose(found[..., 0], expected, rtol=1e-6)
    np.testing.assert_array_equal(labels, LABELS)


def test_images_of_bytes_may_have_channels(tmp_path):
    colours = np.random.default_rng(1).integers(0, 256, (4, 3, 2, 3), np.uint8)
    header = struct.pack(">5I", 0x804, *colours.shape)
    (tmp_path / "train-images-idx4-ubyte").write_bytes(header + colours.tobytes())
    found = first_batch(f"idx:{tmp_path}", labels=False)
    np.testing.assert_array_equal(found, colours)


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
