"""Files that would hang a reader or fill the memory are refused in one line."""

import gzip
import io
import os
import socket
import struct
import tracemalloc
import zipfile
import zlib

import numpy as np
import pytest
from PIL import Image

from keras_gan import _limits, data
from keras_gan._checks import InputError

IMAGES = np.zeros((20, 8, 8), np.uint8)


@pytest.fixture
def little_memory(monkeypatch):
    """A process that may use 4 MiB."""
    monkeypatch.setattr(_limits, "_memories", lambda: [4 * 2**20])


def refused(call, *words):
    """The error of a call, which is one line with those words."""
    with pytest.raises(InputError) as caught:
        call()
    message = str(caught.value)
    assert message.isprintable()
    for word in words:
        assert word in message, message
    return message


def make_pipe(path):
    os.mkfifo(path)


def make_socket(path):
    before = os.getcwd()
    os.chdir(path.parent)  # the name of a socket must be short
    try:
        with socket.socket(socket.AF_UNIX) as bound:
            bound.bind(path.name)
    finally:
        os.chdir(before)


def make_device(path):
    path.symlink_to("/dev/zero")


SPECIAL = pytest.mark.parametrize(
    ("make", "kind"),
    [(make_pipe, "a named pipe"), (make_socket, "a socket"), (make_device, "a device")],
)


@SPECIAL
@pytest.mark.parametrize("classes", [False, True])
def test_a_folder_with_what_is_no_file_does_not_hang(tmp_path, make, kind, classes):
    folder = tmp_path / "cats" if classes else tmp_path
    folder.mkdir(exist_ok=True)
    Image.new("L", (8, 8)).save(folder / "a.png")
    make(folder / "b.png")
    source = f"folder:{tmp_path}"
    for call in (data.info, lambda name: data.load(name, batch_size=1)):
        refused(lambda call=call: call(source), str(folder / "b.png"), kind)


@SPECIAL
@pytest.mark.parametrize("scheme", ["npz", "idx", "folder"])
def test_a_source_that_is_no_file_does_not_hang(tmp_path, make, kind, scheme):
    make(tmp_path / "source")
    refused(lambda: data.info(f"{scheme}:{tmp_path}/source"), f"{tmp_path}/source")


@SPECIAL
@pytest.mark.parametrize(
    "name", ["dataset_info.json", "features.json", "tiny-train.tfrecord-00000-of-00001"]
)
def test_a_prepared_data_set_with_what_is_no_file_does_not_hang(
    tmp_path, make, kind, name
):
    version = tmp_path / "tiny" / "1.0.0"
    version.mkdir(parents=True)
    make(version / name)
    refused(lambda: data.info("tiny", data_dir=tmp_path), str(version / name))


def idx(shape, content=b""):
    return struct.pack(f">I{len(shape)}I", 0x800 | len(shape), *shape) + content


def test_an_idx_file_that_claims_more_than_memory_is_refused_unread(tmp_path):
    path = tmp_path / "images"
    for pack in (bytes, gzip.compress):
        path.write_bytes(pack(idx((2**32 - 1, 2**32 - 1, 2**32 - 1))))
        refused(lambda: data.info(f"idx:{path}"), str(path), "GiB")


def test_a_gzip_bomb_is_unpacked_no_further_than_its_header_promises(tmp_path):
    path = tmp_path / "images.gz"
    path.write_bytes(gzip.compress(idx((2, 8, 8)) + bytes(2**27)))
    tracemalloc.start()
    refused(lambda: data.info(f"idx:{path}"), str(path), "promises 128 bytes")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2**24


@pytest.mark.usefixtures("little_memory")
def test_archives_that_unpack_to_more_than_memory_are_refused(tmp_path):
    np.savez_compressed(tmp_path / "set.npz", images=np.zeros((2**17, 8, 8), np.uint8))
    path = tmp_path / "images.gz"
    path.write_bytes(gzip.compress(idx((2**17, 8, 8), bytes(2**23))))
    for source in (f"npz:{tmp_path}/set.npz", f"idx:{path}"):
        refused(lambda source=source: data.info(source), str(tmp_path), "GiB")


def npz_with(tmp_path, header, content=b""):
    """An archive whose images have that header and content."""
    head = header.encode()
    npy = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head + content
    path = tmp_path / "set.npz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("images.npy", npy)
    return path


@pytest.mark.parametrize(
    "header",
    [
        "{'descr': '|u1', 'fortran_order': False, 'shape': (1099511627776, 8, 8)}\n",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (9223372036854775807, 9)}\n",
        "{'descr': '<U1000000000', 'fortran_order': False, 'shape': (9,)}\n",
        "{'descr': '|O', 'fortran_order': False, 'shape': (9,)}\n",
        "(" * 5000 + ")" * 5000,
        "\x1b[2J",
        "",
    ],
    ids=["shape", "overflow", "texts", "objects", "deep", "escape", "empty"],
)
def test_an_npz_array_with_a_strange_header_is_one_line(tmp_path, header):
    path = npz_with(tmp_path, header, bytes(64))
    refused(lambda: data.info(f"npz:{path}"), str(path))


def test_an_npz_archive_with_a_password_or_an_unknown_packing_is_one_line(tmp_path):
    np.savez(tmp_path / "set.npz", images=IMAGES)
    content = bytearray((tmp_path / "set.npz").read_bytes())
    entry = content.index(b"PK\x01\x02")
    for field, value in ((8, 1), (10, 99)):  # flags, and the method
        changed = bytearray(content)
        changed[field - 2] = changed[entry + field] = value
        (tmp_path / "set.npz").write_bytes(changed)
        refused(lambda: data.info(f"npz:{tmp_path}/set.npz"), "set.npz")


@pytest.mark.parametrize("error", [MemoryError(), RecursionError(), KeyError("x")])
def test_whatever_a_library_raises_names_the_file(tmp_path, monkeypatch, error):
    def fail(*_, **__):
        raise error

    np.savez(tmp_path / "set.npz", images=IMAGES)
    Image.new("L", (8, 8)).save(tmp_path / "a.png")
    monkeypatch.setattr(np, "load", fail)
    monkeypatch.setattr(Image, "open", fail)
    reason = "x" if isinstance(error, KeyError) else type(error).__name__
    refused(lambda: data.info(f"npz:{tmp_path}/set.npz"), "set.npz", reason)
    (tmp_path / "set.npz").unlink()
    refused(lambda: data.info(f"folder:{tmp_path}"), "a.png", reason)


def png_of(width, height):
    def chunk(kind, content):
        crc = struct.pack(">I", zlib.crc32(kind + content))
        return struct.pack(">I", len(content)) + kind + content + crc

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    data = chunk(b"IDAT", zlib.compress(bytes(100)))
    return b"\x89PNG\r\n\x1a\n" + header + data + chunk(b"IEND", b"")


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize("size", [(60_000, 60_000), (10_000, 10_000), (2**31 - 1, 1)])
def test_an_image_of_absurd_size_is_refused_by_its_header(tmp_path, size):
    (tmp_path / "a.png").write_bytes(png_of(*size))
    refused(lambda: data.info(f"folder:{tmp_path}"), "a.png", "pixels")


def test_an_image_whose_text_is_a_bomb_is_one_line(tmp_path):
    file = io.BytesIO()
    Image.new("L", (8, 8)).save(file, "PNG")
    content = file.getvalue()
    bomb = b"Comment\0\0" + zlib.compress(bytes(2**26))
    crc = struct.pack(">I", zlib.crc32(b"zTXt" + bomb))
    chunk = struct.pack(">I", len(bomb)) + b"zTXt" + bomb + crc
    (tmp_path / "a.png").write_bytes(content[:33] + chunk + content[33:])
    refused(lambda: data.info(f"folder:{tmp_path}"), "a.png")


@pytest.mark.parametrize(
    "label", [2_000_000_000, 2**62, np.uint64(2**63), 1e300, 10**6]
)
def test_a_huge_label_takes_no_memory(tmp_path, label):
    labels = np.array([0] * 19 + [label])
    np.savez(tmp_path / "set.npz", images=IMAGES, labels=labels)
    for split in ("train", "train[:10]"):
        for source in (f"npz:{tmp_path}/set.npz", (IMAGES, labels)):
            refused(
                lambda source=source, split=split: data.info(source, split=split),
                "999,999",
                "numpy.unique",
            )


@pytest.mark.parametrize("label", [np.nan, np.inf, -np.inf, -1])
def test_labels_that_are_no_classes_are_refused(label):
    labels = np.array([0.0] * 19 + [label])
    refused(lambda: data.info((IMAGES, labels)), "whole numbers from 0")


def test_the_largest_label_is_a_class():
    labels = np.arange(20) + 999_980
    with pytest.warns(UserWarning, match="classes without images"):
        assert data.info((IMAGES, labels)).num_classes == 1_000_000


def test_stacks_of_too_many_classes_have_no_labels(tmp_path):
    np.savez(tmp_path / "set.npz", images=IMAGES, labels=np.arange(20) * 10)
    source = f"stacked:npz:{tmp_path}/set.npz"
    data.load(source, batch_size=4)
    refused(lambda: data.load(source, batch_size=4, labels=True), "100 classes")


@pytest.mark.parametrize("size", [10**9, (10**12, 1), 10**30])
@pytest.mark.parametrize("kind", ["array", "folder", "mnist_10k"])
def test_an_absurd_image_size_is_refused_before_memory_is_taken(tmp_path, size, kind):
    Image.new("L", (8, 8)).save(tmp_path / "a.png")
    source = {"array": IMAGES, "folder": f"folder:{tmp_path}"}.get(kind, kind)
    refused(
        lambda: data.load(source, batch_size=1, image_size=size), f"image_size={size}"
    )


@pytest.mark.usefixtures("little_memory")
def test_images_that_do_not_fit_in_memory_at_the_size_are_refused(tmp_path):
    Image.new("L", (8, 8)).save(tmp_path / "a.png")
    for source in (IMAGES, f"folder:{tmp_path}"):
        refused(
            lambda source=source: data.load(source, batch_size=1, image_size=2000),
            "GiB",
            "`image_size`",
        )


@pytest.mark.parametrize("scheme", ["folder", "idx", "npz"])
@pytest.mark.parametrize("name", ["x" * 5000, "a\0b", "loop", "~nobody_here/x"])
def test_a_name_that_no_file_can_have_is_one_line(tmp_path, scheme, name):
    (tmp_path / "loop").symlink_to("loop")
    path = name if name.startswith("~") else f"{tmp_path}/{name}"
    assert len(refused(lambda: data.info(f"{scheme}:{path}"))) < 600


def test_no_error_shows_a_password():
    source = "https://anna:sesame@example.org/images.npz"
    assert "sesame" not in refused(lambda: data.info(source), "example.org")
