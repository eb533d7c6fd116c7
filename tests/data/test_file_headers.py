"""Examining the files of a folder, and remembering them."""

import os

import numpy as np
import pytest
from PIL import Image

from keras_gan import data
from keras_gan._checks import InputError
from keras_gan.data import file_headers


@pytest.fixture
def read(monkeypatch):
    """The names of the files that are examined."""
    names = []
    true_one = file_headers.read_header

    def counted(path):
        names.append(path.name)
        return true_one(path)

    monkeypatch.setattr(file_headers, "read_header", counted)
    return names


def write(path, size=8):
    Image.fromarray(np.zeros((size, size), np.uint8)).save(path)


def test_files_are_examined_again_only_if_something_changed(tmp_path, read):
    write(tmp_path / "a.png")
    write(tmp_path / "b.png")
    source = f"folder:{tmp_path}"
    assert data.info(source) == data.info(source)
    assert read == ["a.png", "b.png"]
    write(tmp_path / "b.png", 6)
    assert data.info(source).image_shape == (None, None, 1)
    (tmp_path / "b.png").unlink()
    assert data.info(source) == data.DataInfo(1, (8, 8, 1))
    os.rename(tmp_path / "a.png", tmp_path / "c.png")
    data.info(source)
    assert read[2:] == ["a.png", "b.png", "a.png", "c.png"]


def test_a_file_that_breaks_is_met_at_the_next_opening(tmp_path):
    write(tmp_path / "a.png")
    source, content = f"folder:{tmp_path}", (tmp_path / "a.png").read_bytes()
    data.info(source)
    # Of the same length, and of the same time.
    (tmp_path / "a.png").write_bytes(bytes(len(content)))
    os.utime(tmp_path / "a.png", ns=(0, 0))
    for _ in range(2):
        with pytest.raises(InputError, match=r"a\.png is not an image"):
            data.info(source)
    (tmp_path / "a.png").write_bytes(content)
    assert data.info(source).num_examples == 1


def test_few_folders_are_remembered(tmp_path, read):
    for number in range(9):
        (tmp_path / str(number)).mkdir()
        write(tmp_path / str(number) / "a.png")
        data.info(f"folder:{tmp_path / str(number)}")
    assert len(file_headers._folders) <= 4
    data.info(f"folder:{tmp_path / '8'}")
    assert len(read) == 9
