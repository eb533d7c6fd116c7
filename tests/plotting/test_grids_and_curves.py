"""Pictures from arrays."""

import numpy as np
import pytest
from harness.processes import run_python
from PIL import Image
from scipy.spatial import geometric_slerp

from keras_gan import plotting
from keras_gan.plotting.grid import whole_rows
from keras_gan.plotting.picture import opaque, shown_channels

GAP = 160


def test_each_image_stands_in_its_place_row_by_row():
    images = np.arange(6, dtype=np.float32).reshape(6, 1, 1, 1) * np.ones((6, 2, 3, 1))
    grid = plotting.image_grid(images, value_range=(0, 5), columns=3, scale=1)
    grid = np.asarray(grid)
    assert grid.shape == (2 * 2 + 3, 3 * 3 + 4)
    # The value range is cut into 255 steps: 5 → 255, 1 → 51.
    expected = np.full((7, 13), GAP)
    for index in range(6):
        top, left = 1 + 3 * (index // 3), 1 + 4 * (index % 3)
        expected[top : top + 2, left : left + 3] = 51 * index
    np.testing.assert_array_equal(grid, expected)


def test_an_unfinished_row_is_left_blank():
    grid = plotting.image_grid(
        np.zeros((3, 1, 1)), value_range=(0, 1), columns=2, padding=0, scale=1
    )
    np.testing.assert_array_equal(np.asarray(grid), [[0, 0], [0, 255]])


def test_rows_are_whole_where_the_number_of_images_allows():
    for count in range(1, 101):
        columns = whole_rows(count)
        rows = -(-count // columns)
        assert rows <= columns <= 7 * rows
        divisors = [d for d in range(1, count + 1) if count % d == 0]
        if any(count / d <= d <= 7 * count / d for d in divisors):
            assert count == columns * rows
    grid = plotting.image_grid(np.zeros((10, 4, 4)), padding=0, scale=1)
    assert grid.size == (5 * 4, 2 * 4)


@pytest.mark.parametrize("level", [0, 255])
def test_neighbours_are_told_apart_whether_black_or_white(level):
    images = np.full((4, 8, 8, 3), level, np.uint8)
    pixels = np.asarray(plotting.image_grid(images, scale=1)).astype(int)
    assert (abs(pixels[9] - level) >= 90).all()
    assert (abs(pixels[:, 9] - level) >= 90).all()
    assert (pixels[1:9, 1:9] == level).all()


@pytest.mark.parametrize(
    ("low", "high", "value_range"),
    [(-1, 1, (-1, 1)), (-0.3, 0.2, (-1, 1)), (0, 1, (0, 1)), (0.04, 0.3, (0, 1))],
)
def test_floats_that_show_their_range_are_drawn_in_it(low, high, value_range):
    images = np.linspace(low, high, 4 * 9).reshape(4, 3, 3, 1).astype("float32")
    drawn, told = (
        plotting.image_grid(images),
        plotting.image_grid(images, value_range=value_range),
    )
    np.testing.assert_array_equal(np.asarray(drawn), np.asarray(told))


def test_bytes_and_booleans_are_drawn_from_their_least_to_their_largest_value():
    for dtype, most in (("uint8", 255), ("bool", 1)):
        images = np.array([0, most], dtype).reshape(2, 1, 1)
        grid = plotting.image_grid(images, padding=0, scale=1)
        np.testing.assert_array_equal(np.asarray(grid), [[0, 255]])


@pytest.mark.parametrize(
    ("values", "told"),
    [
        # White samples of a GAN in (-1, 1) would become grey ones in (0, 1).
        ([0.3, 1.0], "float64 values from 0.3 to 1 do not show it"),
        # An edge that a filter has overdone is no reason to draw black as grey.
        ([-0.01, 1.0], "from -0.01 to 1 do not show"),
        ([0.0, 1.1], "from 0 to 1.1"),
        ([-3.0, 2.0], "from -3 to 2"),
        ([0.0, 255.0], "from 0 to 255"),
        ([np.nan, np.inf], "float64 values do not show"),
        ([0, 1], "int64 values do not show"),
    ],
)
def test_images_that_do_not_show_their_range_need_it(values, told):
    images = np.array(values).reshape(2, 1, 1)
    with pytest.raises(ValueError, match=f"`value_range` must be given.*{told}"):
        plotting.image_grid(images)
    assert plotting.image_grid(images, value_range=(-1, 1)).mode == "L"


def test_colours_keep_their_order_and_a_scale_enlarges_them():
    images = np.array([[[[-1.0, 0.0, 1.0]]]])
    grid = plotting.image_grid(images, value_range=(-1, 1), padding=0, scale=3)
    assert (grid.mode, grid.size) == ("RGB", (3, 3))
    assert set(map(tuple, np.asarray(grid)[0])) == {(0, 128, 255)}


@pytest.mark.parametrize(("channels", "mode"), [(2, "LA"), (4, "RGBA")])
def test_a_grid_and_its_file_keep_alpha_between_opaque_gaps(channels, mode, tmp_path):
    images = np.random.default_rng(0).integers(0, 256, (4, 3, 2, channels), np.uint8)
    plotting.save_image_grid(tmp_path / "grid.png", images, scale=1)
    with Image.open(tmp_path / "grid.png") as grid:
        assert grid.mode == mode
        pixels = np.asarray(grid)
    np.testing.assert_array_equal(pixels[1:4, 1:3], images[0])
    np.testing.assert_array_equal(pixels[5:8, 4:6], images[3])
    np.testing.assert_array_equal(pixels[4, :, :-1], GAP)
    np.testing.assert_array_equal(pixels[4, :, -1], 255)


@pytest.mark.parametrize("mode", ["LA", "RGBA"])
def test_an_opaque_picture_is_mixed_with_a_checkerboard_by_its_alpha(mode):
    shape = (20, 30, len(mode))
    pixels = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
    laid = opaque(Image.fromarray(pixels))
    assert laid.mode == "RGB"
    row, column = np.indices((20, 30))
    board = np.where((row // 8 + column // 8) % 2, 230.0, 255.0)[..., None]
    alpha = pixels[..., -1:] / 255
    expected = alpha * pixels[..., :-1] + (1 - alpha) * board
    np.testing.assert_allclose(
        np.asarray(laid), np.broadcast_to(expected, (20, 30, 3)), atol=1
    )


def test_a_picture_without_alpha_is_opaque_already():
    picture = Image.new("RGB", (2, 2))
    assert opaque(picture) is picture


@pytest.mark.parametrize("channels", [5, 12])
def test_of_many_channels_the_first_three_are_drawn_and_a_line_says_so(channels):
    images = np.random.default_rng(0).uniform(size=(9, 24, 64, channels))
    grid = plotting.image_grid(images, value_range=(0, 1))
    first = plotting.image_grid(images[..., :3], value_range=(0, 1))
    assert (grid.mode, grid.width) == ("RGB", first.width)
    pixels = np.asarray(grid)
    np.testing.assert_array_equal(pixels[: first.height], np.asarray(first))
    below = pixels[first.height :]
    assert len(below) == 20
    assert (below < 128).all(axis=-1).sum() > 50
    assert shown_channels((24, 64, channels)) == f"channels 1 to 3 of {channels}"
    assert [shown_channels((8, 8, c)) for c in (1, 2, 3, 4)] == [""] * 4


def test_the_line_on_channels_fits_below_the_smallest_picture():
    grid = plotting.image_grid(np.zeros((1, 8, 8, 5)), value_range=(0, 1))
    assert grid.width > 100
    ink = (np.asarray(grid)[10:, :, 0] < 128).any(axis=0)
    assert np.argmax(ink) > 0
    assert np.argmax(ink[::-1]) > 0
    assert np.flatnonzero(ink).max() - np.flatnonzero(ink).min() > 100


@pytest.mark.parametrize("kind", ["gif", "webp"])
def test_a_film_of_transparent_pictures_shows_the_checkerboard(kind, tmp_path):
    for name, level in (("a", 0), ("b", 200)):
        image = np.zeros((1, 16, 16, 4))
        image[:, :8, :, 3] = 255
        image[..., 0] = level
        path = tmp_path / f"{name}.png"
        plotting.save_image_grid(path, image, value_range=(0, 255), padding=0, scale=1)
    pictures = [tmp_path / "a.png", tmp_path / "b.png"]
    plotting.save_animation(tmp_path / f"film.{kind}", pictures)
    with Image.open(tmp_path / f"film.{kind}") as film:
        for frame, level in enumerate((0, 200)):
            film.seek(frame)
            pixels = np.asarray(film.convert("RGB")).astype(int)
            np.testing.assert_allclose(pixels[2, 2], [level, 0, 0], atol=3)
            np.testing.assert_allclose(pixels[12, 4], [230] * 3, atol=3)
            np.testing.assert_allclose(pixels[12, 12], [255] * 3, atol=3)


def test_without_a_scale_small_images_become_legible_and_large_ones_stay():
    small = plotting.image_grid(
        np.zeros((1, 28, 28, 1)), value_range=(0, 1), padding=0, scale=None
    )
    large = plotting.image_grid(
        np.zeros((1, 96, 96, 1)), value_range=(0, 1), padding=0, scale=None
    )
    assert (small.size, large.size) == ((56, 56), (96, 96))


def test_values_outside_the_range_are_clipped_and_nan_is_black():
    images = np.array([-9.0, 9.0, np.nan, np.inf, -np.inf]).reshape(5, 1, 1)
    grid = plotting.image_grid(
        images, value_range=(-1, 1), columns=5, padding=0, scale=1
    )
    np.testing.assert_array_equal(np.asarray(grid), [[0, 255, 0, 255, 0]])


def test_a_saved_grid_is_the_picture_and_says_that_it_is_synthetic(tmp_path):
    images = np.random.default_rng(0).uniform(-1, 1, (5, 4, 4, 1))
    path = tmp_path / "deep" / "grid.png"
    plotting.save_image_grid(path, images, value_range=(-1, 1))
    with Image.open(path) as saved:
        assert saved.info["Software"].startswith("keras_gan ")
        assert "synthetic" in saved.info["Source"]
        expected = plotting.image_grid(images, value_range=(-1, 1))
        np.testing.assert_array_equal(np.asarray(saved), np.asarray(expected))
    assert [file.name for file in path.parent.iterdir()] == ["grid.png"]


def test_real_images_can_be_saved_under_another_source(tmp_path):
    path = tmp_path / "real.png"
    plotting.save_image_grid(
        path, np.zeros((1, 2, 2)), value_range=(0, 1), metadata={"Source": "MNIST"}
    )
    with Image.open(path) as saved:
        assert saved.info["Source"] == "MNIST"


@pytest.mark.parametrize("kind", ["linear", "spherical"])
def test_a_path_begins_and_ends_exactly_at_its_ends(kind):
    start, end = np.random.default_rng(1).normal(size=(2, 3, 50)).astype(np.float32)
    path = plotting.interpolate(start, end, steps=7, kind=kind)
    assert path.shape == (3, 7, 50)
    assert path.dtype == np.float32
    np.testing.assert_array_equal(path[:, 0], start)
    np.testing.assert_array_equal(path[:, -1], end)


def test_a_linear_path_has_equal_steps():
    path = plotting.interpolate([0.0, 4.0], [1.0, 0.0], steps=5)
    expected = [[0, 4], [0.25, 3], [0.5, 2], [0.75, 1], [1, 0]]
    np.testing.assert_allclose(path, expected, rtol=1e-6)


def test_a_spherical_path_between_unit_vectors_equals_scipys():
    start, end = np.random.default_rng(2).normal(size=(2, 20))
    start, end = start / np.linalg.norm(start), end / np.linalg.norm(end)
    expected = geometric_slerp(start, end, np.linspace(0, 1, 9))
    path = plotting.interpolate(start, end, steps=9, kind="spherical")
    np.testing.assert_allclose(path, expected, atol=1e-6)


@pytest.mark.parametrize("end", [[2.0, 4.0], [-1.0, -2.0], [0.0, 0.0], [1.0, 2.0]])
def test_a_spherical_path_along_one_line_is_linear_and_finite(end):
    path = plotting.interpolate([1.0, 2.0], end, steps=3, kind="spherical")
    np.testing.assert_allclose(path[1], (np.array([1.0, 2.0]) + end) / 2, atol=1e-6)


def _records(values):
    return [
        {"step": 10 * i, "d_loss": v, "g_loss": 1.0, "d_real": v, "d_fake": 0.2}
        for i, v in enumerate(values)
    ]


def test_curves_draw_both_networks_and_survive_gaps(tmp_path):
    path = tmp_path / "curves.png"
    plotting.curves(_records([1.0, None, float("nan"), 0.5]), path)
    with Image.open(path) as picture:
        assert picture.info["Software"].startswith("keras_gan ")
        pixels = np.asarray(picture.convert("RGB")).astype(int)
    width = pixels.shape[1]
    assert tuple(pixels[0, 0]) == (255, 255, 255)
    for half in (pixels[:, : width // 2], pixels[:, width // 2 :]):
        for colour in [(0x2A, 0x6F, 0xB0), (0xD9, 0x73, 0x1A)]:
            assert (np.abs(half - colour).max(axis=-1) == 0).any()


def test_the_line_at_one_half_crosses_the_picture_of_the_outputs(tmp_path):
    plotting.curves([{"step": 1, "d_loss": 1.0}], tmp_path / "curves.png")
    with Image.open(tmp_path / "curves.png") as picture:
        pixels = np.asarray(picture.convert("RGB")).astype(int)
    dark_grey = (np.ptp(pixels, axis=-1) == 0) & (pixels[..., 0] < 0xD0)
    left, right = np.split(dark_grey, 2, axis=1)
    assert right.mean(axis=1).max() > 0.5
    assert left.mean(axis=1).max() < 0.3


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: plotting.image_grid(np.zeros(4), value_range=(0, 1)),
            "`images` must have shape",
        ),
        (
            lambda: plotting.image_grid(np.zeros((0, 4, 4)), value_range=(0, 1)),
            "`images` must hold at least one image",
        ),
        (
            lambda: plotting.image_grid(np.zeros((2, 4, 4, 3, 1)), value_range=(0, 1)),
            r"\(N, H, W\) or \(N, H, W, C\)",
        ),
        (
            lambda: plotting.image_grid(np.zeros((2, 4, 4)), value_range=(1, 0)),
            "`value_range` must be",
        ),
        (
            lambda: plotting.image_grid(
                np.zeros((2, 4, 4)), value_range=(0, 1), columns=0
            ),
            "`columns` must be an integer >= 1",
        ),
        (
            lambda: plotting.interpolate([1.0], [1.0, 2.0], steps=3),
            "must have one shape",
        ),
        (
            lambda: plotting.interpolate([1.0], [2.0], steps=1),
            "`steps` must be an integer >= 2",
        ),
        (
            lambda: plotting.interpolate([1.0], [2.0], steps=3, kind="sperical"),
            "Did you mean 'spherical'",
        ),
        (lambda: plotting.curves([], "nowhere.png"), "no record with a `step`"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_pictures_need_neither_tensorflow_nor_pyplots_global_state(tmp_path):
    program = (
        "import sys, numpy as np; from keras_gan import plotting as p; "
        "heavy = {'matplotlib', 'PIL'} & set(sys.modules); assert not heavy, heavy; "
        "p.save_image_grid(sys.argv[1], np.zeros((1, 2, 2)), value_range=(0, 1)); "
        "p.curves([{'step': 1, 'd_loss': 1.0}], sys.argv[1]); "
        "heavy = {'tensorflow', 'keras', 'matplotlib.pyplot'} & set(sys.modules); "
        "assert not heavy, heavy"
    )
    run_python(program, tmp_path / "x.png")


@pytest.mark.parametrize("shape", [(9, 8), (9, 8, 1), (9, 8, 3), (9, 8, 4)])
def test_one_image_is_a_grid_of_one(shape):
    image = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
    one = image if len(shape) == 3 else image[..., np.newaxis]
    grid = plotting.image_grid(image)
    assert grid.tobytes() == plotting.image_grid(one[np.newaxis]).tobytes()


@pytest.mark.parametrize(
    ("images", "message"),
    [
        ([], "`images` must hold at least one image; it holds none"),
        (np.zeros((0, 8, 8, 1)), "it holds none"),
        ([np.zeros((8, 8)), np.zeros((9, 8))], "`images` must be of one size"),
        (np.full((2, 8, 8), 200.0), r"such as \(-1, 1\), \(0, 1\), \(0, 255\)"),
    ],
)
def test_what_is_no_grid_is_refused_by_its_own_fault(images, message):
    with pytest.raises(ValueError, match=message):
        plotting.image_grid(images)
