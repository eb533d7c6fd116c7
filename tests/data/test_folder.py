"""Folders of images."""

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from keras_gan import data
from keras_gan._checks import InputError
from keras_gan.data import batching

RANDOM = np.random.default_rng(0)


def write(path, shape=(6, 4, 3), **save_arguments):
    """A random picture; returns its pixels."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = RANDOM.integers(0, 256, shape, np.uint8)
    Image.fromarray(pixels).save(path, **save_arguments)
    return pixels


def load(folder, **arguments):
    defaults = {"batch_size": 2, "shuffle": False, "value_range": (0, 255)}
    return data.load(f"folder:{folder}", **{**defaults, **arguments})


def first_batch(folder, **arguments):
    return next(iter(load(folder, **arguments)))


@pytest.fixture(params=["in memory", "decoded lazily"])
def size(request, monkeypatch):
    """Both ways that a folder is read, by its size."""
    if request.param == "decoded lazily":
        monkeypatch.setattr(batching, "IN_MEMORY_BYTES", 0)


@pytest.mark.usefixtures("size")
def test_images_come_in_the_order_of_their_names(tmp_path):
    expected = [write(tmp_path / f"{name}.png") for name in "abc"]
    batch = first_batch(tmp_path, batch_size=3)
    assert batch.dtype == tf.float32
    np.testing.assert_array_equal(batch, expected)


@pytest.mark.usefixtures("size")
def test_sub_folders_are_classes_in_the_order_of_their_names(tmp_path):
    dogs = write(tmp_path / "dogs" / "1.png")
    cats = [write(tmp_path / "cats" / f"{number}.png") for number in (1, 2)]
    images, labels = first_batch(tmp_path, batch_size=3, labels=True)
    np.testing.assert_array_equal(images, [*cats, dogs])
    assert labels.dtype == tf.int32
    assert labels.numpy().tolist() == [0, 0, 1]
    expected = data.DataInfo(3, (6, 4, 3), 2, ("cats", "dogs"))
    assert data.info(f"folder:{tmp_path}") == expected


@pytest.mark.usefixtures("size")
def test_shuffling_keeps_labels_with_images_and_changes_each_epoch(tmp_path):
    for label in range(8):
        pixels = np.full((2, 2), label, np.uint8)
        (tmp_path / str(label)).mkdir()
        for copy in range(2):
            Image.fromarray(pixels).save(tmp_path / str(label) / f"{copy}.png")
    dataset = load(tmp_path, labels=True, shuffle=True)
    epochs = []
    for _ in range(2):
        batches = list(dataset)
        for images, labels in batches:
            np.testing.assert_array_equal(images[:, 0, 0, 0], labels)
        epochs.append(np.concatenate([labels for _, labels in batches]).tolist())
    assert sorted(epochs[0]) == sorted(epochs[1]) == sorted([*range(8)] * 2)
    assert epochs[0] != epochs[1]


def test_the_order_does_not_depend_on_how_the_folder_is_read(tmp_path, monkeypatch):
    for number in range(6):
        write(tmp_path / f"{number}.png")
    options = {"shuffle": True, "mirror": True, "passes": 3, "image_size": 4}
    in_memory = list(load(tmp_path, **options))
    monkeypatch.setattr(batching, "IN_MEMORY_BYTES", 0)
    lazily = list(load(tmp_path, **options))
    np.testing.assert_array_equal(in_memory, lazily)


@pytest.mark.usefixtures("size")
def test_shapes_are_static(tmp_path):
    for number in range(3):
        write(tmp_path / "class" / f"{number}.png")
    dataset = load(tmp_path, labels=True)
    assert dataset.element_spec == (
        tf.TensorSpec((2, 6, 4, 3), tf.float32),
        tf.TensorSpec((2,), tf.int32),
    )
    assert int(dataset.cardinality()) == len(list(dataset)) == 1
    ragged = load(tmp_path, drop_remainder=False)
    assert [len(batch) for batch in ragged] == [2, 1]


def test_mixed_sizes_name_two_files_and_their_sizes(tmp_path):
    write(tmp_path / "a.png", (6, 4))
    write(tmp_path / "b.png", (6, 4))
    write(tmp_path / "c.png", (3, 5))
    match = r"`image_size` .*a\.png is 6x4, .*c\.png is 3x5"
    with pytest.raises(InputError, match=match):
        load(tmp_path)
    assert first_batch(tmp_path, image_size=(8, 9)).shape == (2, 8, 9, 1)
    assert data.info(f"folder:{tmp_path}").image_shape == (None, None, 1)


def test_resizing_is_pillows_antialiased_bilinear(tmp_path):
    pixels = Image.fromarray(write(tmp_path / "a.png", (9, 12, 3)))
    batch = first_batch(tmp_path, batch_size=1, image_size=(3, 5), resize="stretch")
    expected = pixels.resize((5, 3), Image.Resampling.BILINEAR)
    np.testing.assert_array_equal(batch[0], np.asarray(expected))


def test_one_channel_if_all_are_grey_else_three(tmp_path):
    grey = write(tmp_path / "a.png", (6, 4))
    assert first_batch(tmp_path, batch_size=1).shape == (1, 6, 4, 1)
    colour = write(tmp_path / "b.png", (6, 4, 3))
    batch = first_batch(tmp_path)
    np.testing.assert_array_equal(batch[0], np.stack([grey] * 3, -1))
    np.testing.assert_array_equal(batch[1], colour)
    assert first_batch(tmp_path, channels=1).shape == (2, 6, 4, 1)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16"])
def test_every_common_pixel_format_gives_the_right_colours(tmp_path, mode):
    black_and_white = np.array([[0, 0, 255], [0, 255, 255]], np.uint8)
    if mode == "I;16":
        image = Image.fromarray(black_and_white.astype(np.uint16) * 257)
    else:
        image = Image.fromarray(black_and_white).convert("RGB").convert(mode)
    assert image.mode == mode
    image.save(tmp_path / ("a.tiff" if mode == "CMYK" else "a.png"))
    batch = first_batch(tmp_path, batch_size=1, channels=3)
    np.testing.assert_array_equal(batch[0], np.stack([black_and_white] * 3, -1))


@pytest.mark.parametrize("suffix", ["bmp", "gif", "jpg", "png", "ppm", "tiff", "webp"])
def test_every_common_file_format_is_read(tmp_path, suffix):
    Image.new("RGB", (16, 16), (250, 120, 10)).save(tmp_path / f"a.{suffix}")
    batch = first_batch(tmp_path, batch_size=1)
    assert batch.shape == (1, 16, 16, 3)
    np.testing.assert_allclose(batch[0, 8, 8], [250, 120, 10], atol=4)


def test_formats_that_start_other_programs_are_refused(tmp_path):
    Image.new("RGB", (4, 4)).save(tmp_path / "a.eps")
    with pytest.raises(InputError, match=r"a\.eps is not an image that can be read"):
        load(tmp_path)


def test_pixels_of_32_bits_are_refused(tmp_path):
    Image.new("F", (4, 4)).save(tmp_path / "a.tiff")
    with pytest.raises(InputError, match=r"a\.tiff has 32-bit pixels"):
        load(tmp_path, batch_size=1)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_transparent_pixels_are_white(tmp_path, mode):
    if mode == "P":
        image = Image.new("P", (2, 2), 0)
        image.save(tmp_path / "a.png", transparency=0)
    else:
        Image.new(mode, (2, 2), (0, 0, 0, 0)[: len(mode)]).save(tmp_path / "a.png")
    assert np.unique(first_batch(tmp_path, batch_size=1)).tolist() == [255]


def test_photographs_stand_upright(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by 90 degrees to look at it
    upper_half_white = Image.fromarray(
        np.repeat([255, 0], [8, 8])[:, None].repeat(24, 1).astype(np.uint8)
    )
    upper_half_white.save(tmp_path / "a.jpg", exif=exif, quality=95)
    batch = first_batch(tmp_path, batch_size=1)
    assert batch.shape == (1, 24, 16, 1)
    assert batch.numpy()[0, :, 9:].min() > 200  # turned, the upper half is at the right
    assert batch.numpy()[0, :, :7].max() < 50


def test_what_desktops_leave_behind_is_ignored(tmp_path):
    write(tmp_path / "cats" / "a.png")
    for name in (".DS_Store", "Thumbs.db", "desktop.ini", "cats/.hidden"):
        (tmp_path / name).write_text("not an image")
    (tmp_path / ".git").mkdir()
    told = r"left out: 2 files of a desktop \(Thumbs\.db, desktop\.ini\)\.$"
    with pytest.warns(UserWarning, match=told):
        assert data.info(f"folder:{tmp_path}").class_names == ("cats",)


def test_folders_named_after_splits_are_splits(tmp_path):
    write(tmp_path / "train" / "cats" / "a.png")
    write(tmp_path / "train" / "cats" / "b.png")
    write(tmp_path / "test" / "cats" / "a.png")
    source = f"folder:{tmp_path}"
    assert data.info(source).num_examples == 2
    assert data.info(source, split="test") == data.DataInfo(1, (6, 4, 3), 1, ("cats",))
    with pytest.raises(InputError, match=r"'test', 'train'; got 'val'"):
        data.info(source, split="val")


@pytest.mark.parametrize("name", ["notes", "b.png", "b.jpg"])
def test_a_file_that_is_no_image_is_named(tmp_path, name):
    write(tmp_path / "a.png")
    (tmp_path / name).write_text("not an image")
    with pytest.raises(InputError, match=f"{tmp_path / name} is not an image"):
        load(tmp_path)


@pytest.mark.usefixtures("size")
def test_a_truncated_png_is_named_before_training(tmp_path):
    write(tmp_path / "a.png", (40, 40, 3))
    content = (tmp_path / "a.png").read_bytes()
    (tmp_path / "b.png").write_bytes(content[: len(content) // 2])
    with pytest.raises(InputError, match=str(tmp_path / "b.png")):
        load(tmp_path)


@pytest.mark.usefixtures("size")
def test_truncated_jpegs_are_named_before_training(tmp_path):
    for name in "abc":
        write(tmp_path / f"{name}.jpg", (64, 64, 3))
    for name in "bc":
        content = (tmp_path / f"{name}.jpg").read_bytes()
        (tmp_path / f"{name}.jpg").write_bytes(content[: len(content) // 2])
    match = rf"{tmp_path}/b\.jpg is not .* truncated .* So it is with c\.jpg\."
    with pytest.raises(InputError, match=match):
        load(tmp_path)


def test_a_jpeg_that_lacks_no_pixels_is_read_whatever_its_end(tmp_path):
    write(tmp_path / "a.jpg", (16, 16, 3))
    content = (tmp_path / "a.jpg").read_bytes()
    (tmp_path / "b.jpg").write_bytes(content + bytes(9))
    one, other = first_batch(tmp_path)
    np.testing.assert_array_equal(one, other)


def test_a_file_that_breaks_during_training_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(batching, "IN_MEMORY_BYTES", 0)
    write(tmp_path / "a.png")
    dataset = load(tmp_path, batch_size=1)
    (tmp_path / "a.png").unlink()
    with pytest.raises(tf.errors.OpError, match=f"{tmp_path}/a.png cannot be decoded"):
        next(iter(dataset))


@pytest.mark.parametrize(
    ("paths", "message"),
    [
        ([], "is empty: it holds no images"),
        (["a.png", "cats/a.png"], r"both files \(a.png, ...\) and sub-folders \(cats"),
        (["cats/small/a.png", "cats/b.png"], "cats/small: a folder inside a class"),
    ],
)
def test_a_wrong_layout_is_explained(tmp_path, paths, message):
    for path in paths:
        write(tmp_path / path)
    with pytest.raises(InputError, match=f"{tmp_path}.*{message}"):
        load(tmp_path)


def test_an_empty_class_and_a_missing_folder_are_named(tmp_path):
    write(tmp_path / "cats" / "a.png")
    (tmp_path / "dogs").mkdir()
    with pytest.raises(InputError, match=f"{tmp_path}/dogs holds no images"):
        load(tmp_path)
    with pytest.raises(InputError, match=f"{tmp_path}/mice: no such folder"):
        load(tmp_path / "mice")


def test_labels_need_classes(tmp_path):
    write(tmp_path / "a.png")
    with pytest.raises(InputError, match=r"`labels=True`, but .* has no labels"):
        load(tmp_path, labels=True)
