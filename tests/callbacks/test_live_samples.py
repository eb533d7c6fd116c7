"""`LiveSamples` without a notebook; tests/notebooks has it in one."""

import keras
import numpy as np
import pytest
from harness.gans import linear_gan

from keras_gan import callbacks
from keras_gan.callbacks import live_samples
from keras_gan.plotting.training_curves import beside_curves


@pytest.fixture
def each_step(monkeypatch):
    """Lets curves have a point at each step."""
    monkeypatch.setattr(live_samples, "_POINT_SECONDS", 0.0)


def test_pictures_come_before_the_first_step_when_due_and_at_the_end(
    make_tiny_gan, tiny_images
):
    pictures = []
    live = callbacks.LiveSamples(n=4, every=2, show=pictures.append)
    gan = make_tiny_gan()
    untrained = gan.show(4, seed=0)
    gan.fit(tiny_images, batch_size=4, epochs=5, callbacks=[live], verbose=0)
    # Before, after the epochs 2 and 4, and at the end.
    assert len(pictures) == 4
    first, last = np.asarray(pictures[0].convert("L")), np.asarray(pictures[-1])
    assert first.shape[1] == untrained.width
    np.testing.assert_array_equal(first[: untrained.height], np.asarray(untrained))
    assert last.shape[1] > 600  # with curves


def test_by_the_clock_drawing_takes_a_small_share_of_the_time(
    make_tiny_gan, tiny_images, monkeypatch
):
    pictures = []
    live = callbacks.LiveSamples(n=4, every_seconds=1e-6, show=pictures.append)
    monkeypatch.setattr(live_samples, "_SHARE", 1e-9)
    gan = make_tiny_gan()
    gan.fit(tiny_images, batch_size=4, epochs=5, callbacks=[live], verbose=0)
    assert len(pictures) == 2  # before and after
    monkeypatch.setattr(live_samples, "_SHARE", 1e9)
    gan.fit(tiny_images, batch_size=4, epochs=1, callbacks=[live], verbose=0)
    assert len(pictures) >= 5


def test_the_curves_are_the_means_of_each_interval_and_the_figures_of_epochs(
    make_tiny_gan, tiny_images, each_step
):
    live = callbacks.LiveSamples(n=4, metric="brightness", show=lambda picture: None)
    brightness = callbacks.EvaluateMetrics({"brightness": lambda gan: 0.25})
    gan = make_tiny_gan()
    history = gan.fit(
        tiny_images, batch_size=4, epochs=2, callbacks=[brightness, live], verbose=0
    ).history
    records = live.get_state()["records"]
    assert [record["step"] for record in records] == [1, 2, 3, 4]
    assert [record.get("brightness") for record in records] == [None, 0.25, None, 0.25]
    for epoch in (0, 1):
        means = [record["d_real"] for record in records[2 * epoch : 2 * epoch + 2]]
        assert np.mean(means) == pytest.approx(history["d_real"][epoch])


def test_a_resumed_training_goes_on_with_its_curves(
    killed_and_resumed, each_step, monkeypatch
):
    lives = []

    def make():
        lives.append(callbacks.LiveSamples(n=4, show=lambda picture: None))
        return [lives[-1]]

    killed_and_resumed(make, killed_at=5)
    # The checkpoint after step 3 has the points of steps 1 to 3 or 2.
    steps = [record["step"] for record in lives[1].get_state()["records"]]
    assert steps == sorted(set(steps))
    assert steps[0] == 1
    assert steps[-1] == 8


def test_a_long_training_has_no_more_points_than_can_be_drawn(
    make_tiny_gan, tiny_images, each_step, monkeypatch
):
    monkeypatch.setattr(live_samples, "_MOST_POINTS", 6)
    live = callbacks.LiveSamples(n=4, show=lambda picture: None)
    live._spacing = 0.0
    make_tiny_gan().fit(
        tiny_images, batch_size=1, epochs=3, callbacks=[live], verbose=0
    )
    records = live.get_state()["records"]
    assert len(records) <= 6
    assert records[-1]["step"] == 24


def test_outside_of_a_notebook_one_line_says_what_to_do(make_tiny_gan, tiny_images):
    with pytest.raises(ValueError, match=r"in a notebook.*SampleGrid\('samples'\)"):
        make_tiny_gan().fit(
            tiny_images, batch_size=4, callbacks=[callbacks.LiveSamples()], verbose=0
        )


def test_what_cannot_be_shown_is_refused():
    with pytest.raises(ValueError, match="Pictures need images"):
        callbacks.LiveSamples().set_model(linear_gan())
    with pytest.raises(ValueError, match=r"works on a keras_gan\.GAN"):
        callbacks.LiveSamples().set_model(keras.Sequential())
    for options in ({"n": 0}, {"every": 0}, {"every_seconds": 0.0}):
        with pytest.raises(ValueError, match=f"`{next(iter(options))}`"):
            callbacks.LiveSamples(**options)


def test_large_pictures_are_reduced_smoothly_beside_the_curves(make_tiny_gan):
    from keras_gan import plotting

    stripes = np.zeros((16, 256, 256, 1))
    stripes[:, ::2] = 1.0
    grid = plotting.image_grid(stripes)
    picture = beside_curves(grid, [{"step": 1, "d_real": 0.6}])
    assert picture.height < 400
    middle = np.asarray(picture.convert("L"))[100:150, 20:60]
    # The mean of black and white, where the nearest pixel would be either.
    assert 90 < middle.min() <= middle.max() < 170
