"""The bundled digits, and the script that builds them."""

import gzip
import runpy
import struct
import sys
from pathlib import Path

import numpy as np
import pytest

from keras_gan import data
from keras_gan._checks import InputError
from keras_gan.data import bundled_digits

ROOT = Path(__file__).parents[2]


def all_pairs(split, count):
    dataset = data.load(
        "mnist_10k",
        split=split,
        batch_size=count,
        labels=True,
        shuffle=False,
        value_range=(0, 255),
    )
    (images, labels), *others = dataset
    assert others == []
    return images.numpy(), labels.numpy()


# The first labels, the class counts and the ink of the first digit, as MNIST has them.
@pytest.mark.parametrize(
    ("split", "count", "first_labels", "first_sum"),
    [
        ("train", 10_000, [5, 0, 4, 1, 9, 2, 1, 3, 1, 4], 27_525),
        ("test", 2_000, [7, 2, 1, 0, 4, 1, 4, 9, 5, 9], 18_454),
    ],
)
def test_the_digits_are_the_first_of_mnist(split, count, first_labels, first_sum):
    images, labels = all_pairs(split, count)
    assert images.shape == (count, 28, 28, 1)
    assert labels[:10].tolist() == first_labels
    assert images[0].sum() == first_sum


def test_training_labels_have_the_counts_of_the_first_ten_thousand():
    counts = np.bincount(all_pairs("train", 10_000)[1]).tolist()
    assert counts == [1001, 1127, 991, 1032, 980, 863, 1014, 1070, 944, 978]


def test_info_knows_the_classes():
    assert data.info("mnist_10k", split="test") == data.DataInfo(
        2_000, (28, 28, 1), 10, tuple("0123456789")
    )


def test_an_unknown_split_names_those_there_are():
    with pytest.raises(InputError, match=r"'test', 'train'; got 'tset'. Did you mean"):
        data.load("mnist_10k", split="tset", batch_size=10)


@pytest.mark.parametrize("damage", ["flip", "cut", "remove"])
def test_a_damaged_file_is_named(tmp_path, monkeypatch, damage):
    for path in bundled_digits.FOLDER.iterdir():
        content = bytearray(path.read_bytes())
        if path.name == "mnist_10k-test-labels-idx1-ubyte.gz":
            damaged = tmp_path / path.name
            if damage == "remove":
                continue
            content[len(content) // 2] ^= 1
            content = content if damage == "flip" else content[:100]
        (tmp_path / path.name).write_bytes(content)
    monkeypatch.setattr(bundled_digits, "FOLDER", tmp_path)
    with pytest.raises(InputError, match=f"{damaged} .*reinstall"):
        data.load("mnist_10k", split="test", batch_size=10)


def test_the_licence_notice_lies_beside_the_files():
    notice = (bundled_digits.FOLDER / "NOTICE").read_text(encoding="utf-8")
    assert "LeCun" in notice
    assert "CC BY-SA 3.0" in notice


@pytest.fixture
def build(monkeypatch):
    """The script as a function of the folders, for the first 5 and 3 examples."""
    monkeypatch.setattr(bundled_digits, "SPLIT_SIZES", {"train": 5, "test": 3})
    module = runpy.run_path(str(ROOT / "scripts" / "build_mnist_10k.py"))

    def run(data_dir, output):
        arguments = ["build", "--data-dir", str(data_dir), "--output", str(output)]
        monkeypatch.setattr(sys, "argv", arguments)
        return module["main"]()

    return run


def test_the_script_takes_the_first_examples_byte_for_byte_alike(tmp_path, build):
    for name in ("train", "t10k"):
        for kind, pixels in (("images-idx3", 6), ("labels-idx1", 1)):
            shape = (8, 2, 3)[: 3 if pixels == 6 else 1]
            header = struct.pack(f">I{len(shape)}I", 0x800 + len(shape), *shape)
            content = header + bytes(range(8 * pixels))
            (tmp_path / f"{name}-{kind}-ubyte").write_bytes(content)
    assert build(tmp_path, tmp_path / "first") == 1  # these are not the pinned digits
    assert build(tmp_path, tmp_path / "second") == 1

    built = {path.name: path for path in (tmp_path / "first").iterdir()}
    assert built.keys() == bundled_digits.SHA256.keys()
    for name, path in built.items():
        assert path.read_bytes() == (tmp_path / "second" / name).read_bytes()
    images = gzip.decompress(built["mnist_10k-train-images-idx3-ubyte.gz"].read_bytes())
    assert images == struct.pack(">4I", 0x803, 5, 2, 3) + bytes(range(30))
    labels = gzip.decompress(built["mnist_10k-test-labels-idx1-ubyte.gz"].read_bytes())
    assert labels == struct.pack(">2I", 0x801, 3) + bytes(range(3))
