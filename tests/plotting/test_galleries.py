"""Classes, truncations and neighbours as pictures."""

import numpy as np
import pytest
from PIL import Image

from keras_gan import plotting
from keras_gan.plotting._captions import LINE

BLUE = (0x2A, 0x6F, 0xB0)


def _shades(count, size=4):
    """Images of one shade each: 10, 20, ..."""
    values = 10 * (1 + np.arange(count, dtype=np.uint8))
    return np.ones((count, size, size, 1), np.uint8) * values[:, None, None, None]


def _cells(picture, size, columns, rows, top, padding=1):
    """The shade in the middle of each cell of a grid."""
    pixels = np.asarray(picture)
    down = top + padding + size // 2 + np.arange(rows) * (size + padding)
    across = padding + size // 2 + np.arange(columns) * (size + padding)
    return pixels[np.ix_(down, across)]


def _ink(picture, box):
    """How many dark pixels there are in a box."""
    return int((np.asarray(picture.convert("L").crop(box)) < 128).sum())


@pytest.mark.parametrize(
    ("count", "classes", "columns"), [(64, 10, 10), (64, 3, 9), (4, 10, 10), (64, 2, 8)]
)
def test_classes_take_turns_in_whole_columns(count, classes, columns):
    labels, wide = plotting.class_turns(count, classes)
    assert wide == columns
    np.testing.assert_array_equal(labels, np.arange(count) % classes)
    assert wide % classes == 0  # so that each column is one class


def test_each_class_has_a_column_in_any_order_of_labels():
    images = _shades(6, size=20)
    labels = np.array([7, 2, 7, 5, 2, 7])
    picture = plotting.class_grid(images, labels, value_range=(0, 255), scale=1)
    assert (picture.mode, picture.size) == ("L", (3 * 21 + 1, 3 * 21 + 1 + LINE))
    cells = _cells(picture, 20, columns=3, rows=3, top=LINE)
    np.testing.assert_array_equal(cells, [[20, 40, 10], [50, 255, 30], [255, 255, 60]])


def test_the_columns_are_named():
    images, labels = _shades(2, size=30), [0, 1]
    numbers = plotting.class_grid(images, labels, value_range=(0, 255), scale=1)
    names = ["", "tee"]
    named = plotting.class_grid(
        images, labels, value_range=(0, 255), names=names, scale=1
    )
    left, right = (0, 0, 31, LINE), (31, 0, 62, LINE)
    assert _ink(numbers, left) > 5
    assert _ink(numbers, right) > 3
    assert _ink(named, left) == 0
    assert _ink(named, right) > 10


def test_a_name_that_is_too_long_stays_in_its_column():
    names = ["automobile of great length", ""]
    picture = plotting.class_grid(
        _shades(2, size=40), [0, 1], value_range=(0, 255), names=names, scale=1
    )
    assert _ink(picture, (0, 0, 41, LINE)) > 10
    assert _ink(picture, (42, 0, 82, LINE)) == 0


def test_each_row_of_a_sweep_is_a_seed_and_each_column_a_truncation():
    images = _shades(6, size=30).reshape(2, 3, 30, 30, 1)
    picture = plotting.truncation_sweep(
        images, [0.5, 0.75, 1.0], value_range=(0, 255), scale=1
    )
    cells = _cells(picture, 30, columns=3, rows=2, top=LINE)
    np.testing.assert_array_equal(cells, [[10, 20, 30], [40, 50, 60]])
    for column in range(3):
        assert _ink(picture, (31 * column, 0, 31 * (column + 1), LINE)) > 5


def test_each_sample_stands_left_of_its_framed_neighbours():
    samples = _shades(3, size=8)
    neighbors = 100 + _shades(6, size=8).reshape(3, 2, 8, 8, 1)
    picture = plotting.neighbor_grid(
        samples, neighbors, value_range=(0, 255), columns=1, scale=1
    )
    # A sample, 4 apart from it a frame of 3, and frames of 3 around each neighbour.
    width, height = 8 + 4 + 3 * 3 + 2 * 8, 8 + 2 * 3
    assert picture.size == (12 + width + 12, 12 + 3 * (height + 12))
    pixels = np.asarray(picture)
    for index in range(3):
        group = pixels[12 + index * (height + 12) :, 12:][:height, :width]
        middle = group[height // 2, :, 0]
        assert set(middle[:8]) == {10 * (index + 1)}
        assert set(middle[8:12]) == {255}
        assert set(middle[15:23]) == {100 + 10 * (2 * index + 1)}
        assert set(middle[26:34]) == {100 + 10 * (2 * index + 2)}
        for frame in (group[0, 12:], group[-1, 12:], group[:, 12], group[:, 24]):
            assert set(map(tuple, frame)) == {BLUE}
        assert set(map(tuple, group[0, :12])) == {(255, 255, 255)}


def test_one_neighbour_each_needs_no_axis_of_its_own():
    images = np.random.default_rng(0).uniform(size=(2, 2, 6, 5))
    short = plotting.neighbor_grid(*images, value_range=(0, 1))
    full = plotting.neighbor_grid(
        images[0][..., None], images[1][:, None, ..., None], value_range=(0, 1)
    )
    np.testing.assert_array_equal(np.asarray(short), np.asarray(full))


def test_captions_stand_below_their_sample():
    samples = _shades(3, size=40)
    picture = plotting.neighbor_grid(
        samples,
        samples,
        value_range=(0, 255),
        captions=["1.25", "", "3.5"],
        columns=2,
        scale=1,
    )
    width, height = 40 + 4 + 46, 46 + LINE
    written = [
        _ink(picture, (left, bottom - LINE, left + width, bottom))
        for left, bottom in [
            (12, 12 + height),
            (24 + width, 12 + height),
            (12, 24 + 2 * height),
        ]
    ]
    assert written[0] > 10
    assert written[1] == 0
    assert written[2] > 10


def test_colours_stay_colours():
    red = np.zeros((1, 4, 4, 3))
    red[..., 0] = 1.0
    picture = plotting.neighbor_grid(red, 1 - red, value_range=(0, 1), scale=1)
    pixels = np.asarray(picture)
    assert tuple(pixels[17, 14]) == (255, 0, 0)
    assert tuple(pixels[17, 25]) == (0, 255, 255)
    classes = plotting.class_grid(red, [0], value_range=(0, 1), scale=1)
    assert tuple(np.asarray(classes)[LINE + 2, 2]) == (255, 0, 0)


@pytest.mark.parametrize("channels", [2, 4])
def test_captioned_pictures_of_transparent_images_show_a_light_checkerboard(channels):
    clear = np.zeros((2, 24, 24, channels), np.uint8)
    options = {"value_range": (0, 255), "scale": 1}
    for picture, box in (
        (plotting.class_grid(clear, [0, 1], **options), (1, LINE + 1, 25, LINE + 25)),
        (
            plotting.truncation_sweep(clear[None], [0.5, 1], **options),
            (1, LINE + 1, 25, LINE + 25),
        ),
        (plotting.neighbor_grid(clear, clear, **options), (12, 15, 36, 39)),
    ):
        assert picture.mode == "RGB"
        colours = {colour for _, colour in picture.crop(box).getcolors()}
        assert colours == {(255,) * 3, (230,) * 3}


def test_captioned_pictures_of_five_channels_say_which_they_show():
    images = np.random.default_rng(0).uniform(size=(4, 40, 40, 5))
    options = {"value_range": (0, 1), "scale": 1}

    def pictures(images):
        yield plotting.class_grid(images, [0, 1, 0, 1], **options)
        sweep = images.reshape(2, 2, *images.shape[1:])
        yield plotting.truncation_sweep(sweep, [0.5, 1.0], **options)
        yield plotting.neighbor_grid(images, images[:, None], **options)

    pairs = zip(pictures(images), pictures(images[..., :3]), strict=True)
    for noted, plain in pairs:
        assert noted.height == plain.height + LINE
        box = (0, 0, *plain.size)
        np.testing.assert_array_equal(np.asarray(noted.crop(box)), np.asarray(plain))
        assert _ink(noted, (0, plain.height, *noted.size)) > 50


def test_a_saved_picture_says_where_it_comes_from(tmp_path):
    picture = plotting.class_grid(_shades(2), [0, 1], value_range=(0, 255))
    plotting.save_picture(tmp_path / "a.png", picture)
    plotting.save_picture(tmp_path / "b.png", picture, metadata={"Source": "MNIST"})
    for name, source in [("a", "synthetic"), ("b", "MNIST")]:
        with Image.open(tmp_path / f"{name}.png") as saved:
            assert source in saved.info["Source"]
            assert saved.info["Software"].startswith("keras_gan ")
            np.testing.assert_array_equal(np.asarray(saved), np.asarray(picture))


ONE = np.zeros((2, 4, 4, 1))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: plotting.class_grid(ONE, [0], value_range=(0, 1)),
            "`labels` must be 2 integers",
        ),
        (
            lambda: plotting.class_grid(ONE, [0.0, 1.0], value_range=(0, 1)),
            "`labels` must be 2 integers",
        ),
        (
            lambda: plotting.class_grid(ONE, [0, 3], value_range=(0, 1), names=["a"]),
            "`names` must name every class from 0 to 3",
        ),
        (
            lambda: plotting.class_grid(ONE[:, :, 0, 0], [0, 1], value_range=(0, 1)),
            "`images` must have shape",
        ),
        (lambda: plotting.class_turns(0, 3), "`count` must be an integer >= 1"),
        (lambda: plotting.class_turns(3, 0), "`num_classes` must be an integer >= 1"),
        (
            lambda: plotting.truncation_sweep(ONE, [1.0], value_range=(0, 1)),
            r"`images` must have shape \(seeds, T, H, W, C\)",
        ),
        (
            lambda: plotting.truncation_sweep(ONE[None], [1.0], value_range=(0, 1)),
            "got .* and 1 truncations",
        ),
        (
            lambda: plotting.neighbor_grid(ONE, ONE[:1], value_range=(0, 1)),
            "`neighbors` must have shape",
        ),
        (
            lambda: plotting.neighbor_grid(ONE, ONE[:, None, :2], value_range=(0, 1)),
            "`neighbors` must have shape",
        ),
        (
            lambda: plotting.neighbor_grid(
                ONE, ONE, value_range=(0, 1), captions=["a"]
            ),
            "`captions` must be 2",
        ),
        (
            lambda: plotting.neighbor_grid(ONE[0, 0], ONE, value_range=(0, 1)),
            "`samples` must have shape",
        ),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
