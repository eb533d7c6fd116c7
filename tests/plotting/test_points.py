"""Points in the plane, and films."""

import numpy as np
import pytest
from PIL import Image

from keras_gan import data, plotting

SAMPLES = (217, 115, 26)  # the orange of the forger
DATA = (141, 180, 217)  # the light blue of the data


def pixels(path):
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB")).astype(int)


def places(picture, colour):
    """The (across, up) of pixels near a colour, inside of the axes, in 0 to 1."""
    near = np.abs(picture - colour).sum(axis=2) < 60
    rows, columns = np.nonzero(near)
    return columns / picture.shape[1], 1 - rows / picture.shape[0]


def test_samples_lie_where_they_belong_before_the_data(tmp_path):
    corners = np.array([[-1, -1], [-1, 1], [1, -1], [1, 1.0]])
    many = np.repeat(corners, 50, axis=0)
    plotting.save_points(
        tmp_path / "both.png",
        np.tile([[-0.5, 0.5]], (400, 1)),
        reference=many,
        title="step 7",
    )
    picture = pixels(tmp_path / "both.png")
    across, up = places(picture, SAMPLES)
    main = (across < 0.5) & (up > 0.5) & (up < 0.85)
    assert main.any()
    assert not ((across > 0.55) & (up < 0.8)).any()
    with Image.open(tmp_path / "both.png") as image:
        assert "synthetic" in image.info["Source"]


def test_pictures_of_one_training_show_the_same_part_of_the_plane(tmp_path):
    reference, _ = data.mixture("ring").draw(200, seed=0)
    for name, scale in (("near", 0.1), ("far", 50.0)):
        plotting.save_points(
            tmp_path / f"{name}.png", scale * reference, reference=reference
        )
    near, far = (pixels(tmp_path / f"{name}.png") for name in ("near", "far"))
    # The ticks on the left are the same: the limits are those of the data.
    np.testing.assert_array_equal(near[:, :30], far[:, :30])


def test_points_that_are_not_finite_are_left_out(tmp_path):
    points = np.array([[0.0, np.nan], [np.inf, 1.0]])
    plotting.save_points(tmp_path / "p.png", points)
    assert (tmp_path / "p.png").is_file()


@pytest.mark.parametrize(
    ("points", "axes", "message"),
    [
        (np.zeros((3, 1)), (0, 1), r"`points` must be points \(N, F\) with F >= 2"),
        (np.zeros((0, 2)), (0, 1), r"`points` must be points .* got shape \(0, 2\)"),
        (np.zeros((3, 2)), (0, 2), r"`axes` must be two of the numbers 0\.\.1"),
        (np.zeros((3, 2)), 1, "`axes` must be two of the numbers"),
    ],
)
def test_what_cannot_be_drawn_is_named(tmp_path, points, axes, message):
    with pytest.raises(ValueError, match=message):
        plotting.save_points(tmp_path / "p.png", points, axes=axes)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", ["gif", "webp"])
def test_a_film_shows_the_pictures_in_their_order(kind, tmp_path):
    paths = []
    for shade in (0, 120, 240):
        paths.append(tmp_path / f"{shade}.png")
        Image.new("L", (8, 6), shade).save(paths[-1])
    plotting.save_animation(tmp_path / f"film.{kind}", paths, seconds=0.1)
    with Image.open(tmp_path / f"film.{kind}") as film:
        assert (film.n_frames, film.size, film.info["loop"]) == (3, (8, 6), 0)
        shown = []
        for frame in range(3):
            film.seek(frame)
            level = film.convert("L").getpixel((4, 3))
            shown.append((level, film.info["duration"]))
    levels, durations = zip(*shown, strict=True)
    assert levels == pytest.approx((0, 120, 240), abs=2)
    assert durations == (100, 100, 2100)


@pytest.mark.parametrize("kind", ["gif", "webp"])
def test_a_film_says_that_it_is_synthetic(kind, tmp_path):
    Image.new("L", (8, 6)).save(tmp_path / "a.png")
    plotting.save_animation(tmp_path / f"film.{kind}", [tmp_path / "a.png"])
    assert plotting.SYNTHETIC.encode() in (tmp_path / f"film.{kind}").read_bytes()


def test_a_film_of_nothing_is_refused(tmp_path):
    with pytest.raises(ValueError, match="`pictures` is empty"):
        plotting.save_animation(tmp_path / "film.gif", [])
    with pytest.raises(ValueError, match="`seconds` must be a positive number"):
        plotting.save_animation(tmp_path / "film.gif", ["x.png"], seconds=0)
    with pytest.raises(ValueError, match=r"`path` must end with .gif or .webp"):
        plotting.save_animation(tmp_path / "film.mp4", ["x.png"])
