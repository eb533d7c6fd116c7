"""Whatever a file or an argument holds, data load, or one line says why not."""

import gzip
import io
import random
import struct
import warnings

import numpy as np
import pytest
from harness.properties import ANYTHING, QUICK, SCALARS, message_of, mutated
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from keras_gan import data
from keras_gan.data.image_files import FORMATS, decode_floats, read_header
from keras_gan.data.load_options import check_options
from keras_gan.data.split_slices import rows_of

PIXELS = np.random.default_rng(0).integers(0, 256, (6, 5, 3), np.uint8)
NAMES = {"JPEG": "jpg", "TIFF": "tif"}


def picture(format, mode="RGB"):
    file = io.BytesIO()
    Image.fromarray(PIXELS).convert(mode).save(file, format)
    return file.getvalue()


def right_files():
    """The contents of right files by name; `folder` images by their format."""
    idx = struct.pack(">4I", 0x803, 6, 5, 3) + PIXELS.tobytes()
    npz = io.BytesIO()
    np.savez_compressed(npz, images=PIXELS, labels=np.arange(6))
    files = {"idx": idx, "gzip": gzip.compress(idx, mtime=0), "npz": npz.getvalue()}
    files |= {format: picture(format) for format in FORMATS}
    deep = io.BytesIO()
    Image.fromarray(PIXELS[..., 0].astype(np.uint16) * 257).save(deep, "PNG")
    return files | {"16 bits": deep.getvalue()}


RIGHT = right_files()


def read(path, kind):
    """Reads a file as its source does, to the pixels."""
    if kind in ("idx", "gzip", "npz"):
        scheme = "npz" if kind == "npz" else "idx"
        info = data.info(f"{scheme}:{path}")
        assert min(info.num_examples, *info.image_shape) > 0
        return
    header = read_header(path)
    assert min(header.size) > 0
    shape = (*header.size, 1)
    images = decode_floats(path, shape, (-1e38, 1e38), (-1.0, 1.0))
    assert images.shape == shape


def mutate_many(path, seed, count):
    rng = random.Random(seed)
    for _ in range(count):
        kind = rng.choice(list(RIGHT))
        path.write_bytes(mutated(RIGHT[kind], rng))
        message = message_of(lambda kind=kind: read(path, kind))
        assert message.isprintable(), (kind, message)
        assert not message or str(path) in message, (kind, message)


@pytest.fixture(autouse=True)
def no_warnings():
    """What Pillow warns of in a damaged file is no error here, as for users."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@pytest.mark.parametrize("kind", RIGHT)
def test_right_files_are_read(tmp_path, kind):
    path = tmp_path / "file"
    path.write_bytes(RIGHT[kind])
    assert message_of(lambda: read(path, kind)) == ""


def test_mutations_of_files_load_or_are_one_line_with_the_name(tmp_path):
    mutate_many(tmp_path / "file", 2014, 600)


@pytest.mark.slow
def test_10_000_mutations_of_files_load_or_are_one_line_with_the_name(tmp_path):
    mutate_many(tmp_path / "file", 15, 10_000)


BRACKETS = st.text(alphabet="train[]:-%0123456789 \u0664", max_size=12)


@QUICK
@given(st.one_of(BRACKETS, st.integers().map(lambda n: f"train[:{n}]")), st.integers(1))
def test_any_split_selects_rows_or_is_one_line(split, count):
    def call():
        rows = rows_of(split, count)
        assert 0 <= rows.start < rows.stop <= count

    assert message_of(call).isprintable()


@QUICK
@given(
    st.sampled_from(
        ["batch_size", "image_size", "channels", "value_range", "seed", "source_range"]
    ),
    SCALARS | st.lists(SCALARS, max_size=3),
)
def test_any_option_is_taken_or_is_one_line(name, value):
    right = {
        "batch_size": 4,
        "image_size": None,
        "channels": None,
        "value_range": (-1.0, 1.0),
        "seed": 0,
        "source_range": None,
        "labels": False,
        "shuffle": True,
        "drop_remainder": True,
    }
    message = message_of(lambda: check_options(**right | {name: value}))
    assert "\n" not in message


@QUICK
@given(ANYTHING)
def test_any_object_loads_or_is_one_line(source):
    message = message_of(lambda: data.info((np.zeros((2, 4, 4)), source)))
    assert "\n" not in message
