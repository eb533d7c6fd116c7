"""What TensorBoard finds in the folder of a training."""

import io

import keras
import numpy as np
import pytest
import tensorflow as tf
from harness.gans import linear_gan
from PIL import Image

from keras_gan import callbacks, plotting, priors

LOGS = ("d_loss", "g_loss", "d_real", "d_fake")


def events(directory):
    """The records of all event files in a folder, in the order that readers take."""
    for path in sorted(directory.iterdir()):
        yield from tf.compat.v1.train.summary_iterator(str(path))


def figures(directory):
    """{tag: {step: value}} of all figures; each may be there once."""
    found = {}
    for event in events(directory):
        for value in event.summary.value:
            if value.HasField("simple_value"):
                steps = found.setdefault(value.tag, {})
                assert event.step not in steps, f"{value.tag} twice at {event.step}"
                steps[event.step] = value.simple_value
    return found


def pictures(directory):
    """{step: array of pixels} of the samples."""
    found = {}
    for event in events(directory):
        for value in event.summary.value:
            if value.HasField("image"):
                assert value.tag == "samples"
                assert event.step not in found
                with Image.open(io.BytesIO(value.image.encoded_image_string)) as image:
                    assert image.size == (value.image.width, value.image.height)
                    assert len(image.getbands()) == value.image.colorspace
                    found[event.step] = np.asarray(image)
    return found


def fit(gan, images, *callbacks, epochs=1):
    return gan.fit(
        images, batch_size=2, epochs=epochs, callbacks=callbacks, verbose=0
    ).history


def as_float32(values):
    return [float(np.float32(value)) for value in values]


def test_the_logs_of_each_epoch_are_there_by_step(make_tiny_gan, tiny_images, tmp_path):
    metric = callbacks.EvaluateMetrics({"answer": lambda gan: int(gan.step) + 0.5})
    board = callbacks.TensorBoard(tmp_path / "run" / "board", every=None)
    history = fit(make_tiny_gan(), tiny_images, metric, board, epochs=2)
    found = figures(tmp_path / "run" / "board")
    for name in (*LOGS, "answer"):
        steps = found[f"epoch/{name}"]
        assert list(steps) == [4, 8]
        assert list(steps.values()) == as_float32(history[name])
    assert not [tag for tag in found if tag.startswith("steps/")]


def test_at_an_interval_there_are_the_means_since_the_last_time(
    make_tiny_gan, tiny_images, tmp_path
):
    means = []

    class Spy(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            means.append([logs[name] for name in LOGS])  # over the epoch so far

    images = np.tile(tiny_images, (2, 1, 1, 1))  # 8 steps
    board = callbacks.TensorBoard(tmp_path, every=3)
    fit(make_tiny_gan(), images, board, Spy(), epochs=2)
    counts = np.arange(1, 9)[:, np.newaxis]
    for first in (0, 8):
        epoch = np.array(means[first : first + 8]) * counts
        single = np.diff(epoch, axis=0, prepend=0.0)
        for number, name in enumerate(LOGS):
            steps = figures(tmp_path)[f"steps/{name}"]
            assert list(steps) == [3, 6, 11, 14]
            for step, rows in ((3, slice(0, 3)), (6, slice(3, 6))):
                expected = single[rows, number].mean()
                assert steps[first + step] == pytest.approx(expected, rel=1e-5)


def test_learning_rates_and_loss_scales_are_there_as_they_change(
    make_tiny_gan, tiny_images, tmp_path
):
    decay = keras.optimizers.schedules.ExponentialDecay(0.5, 1, 0.5)
    scaled = keras.optimizers.LossScaleOptimizer(
        keras.optimizers.SGD(0.25), initial_scale=64.0, dynamic_growth_steps=3
    )
    gan = make_tiny_gan(keras.optimizers.SGD(decay), scaled)
    fit(gan, tiny_images, callbacks.TensorBoard(tmp_path, every=2))
    found = figures(tmp_path)
    assert found["learning_rate/generator"] == {2: 0.125, 4: 0.03125}
    assert found["learning_rate/discriminator"] == {2: 0.25, 4: 0.25}
    assert found["loss_scale/discriminator"] == {2: 64.0, 4: 128.0}
    assert "loss_scale/generator" not in found


def test_the_samples_of_the_same_seeds_are_a_picture(
    make_tiny_gan, tiny_images, tmp_path
):
    gan = make_tiny_gan()
    board = callbacks.TensorBoard(tmp_path, samples=5, seed=3, samples_every=2)
    fit(gan, tiny_images, board, epochs=5)
    found = pictures(tmp_path)
    assert list(found) == [8, 16]
    assert (found[8] != found[16]).any()
    fit(gan, tiny_images, board)
    assert list(pictures(tmp_path)) == [8, 16]
    board = callbacks.TensorBoard(tmp_path, samples=5, seed=3)
    fit(gan, tiny_images, board)
    images = gan.sample(seeds=priors.spawn_seeds(3, 5))
    grid = plotting.image_grid(images, value_range=(-1, 1), scale=32)
    np.testing.assert_array_equal(pictures(tmp_path)[28], np.asarray(grid))


def test_a_gan_of_points_has_figures_but_no_pictures(tmp_path):
    gan = linear_gan()
    gan.compile("sgd", "sgd", run_eagerly=True)
    with pytest.raises(ValueError, match=r"Pictures need .* none with `samples=0`"):
        callbacks.TensorBoard(tmp_path).set_model(gan)
    board = callbacks.TensorBoard(tmp_path, samples=0)
    fit(gan, np.zeros((4, 2), np.float32), board)
    assert list(figures(tmp_path)["epoch/d_loss"]) == [2]
    assert pictures(tmp_path) == {}


@pytest.mark.parametrize("killed_at", [2, 5, 7])
def test_a_resumed_training_writes_what_an_uninterrupted_one_does(
    make_tiny_gan, tiny_images, tmp_path, killed_and_resumed, killed_at
):
    def board(name):
        return callbacks.TensorBoard(tmp_path / name, every=1, samples=2)

    fit(make_tiny_gan(), tiny_images, board("whole"), epochs=2)
    killed_and_resumed(lambda: [board("killed")], killed_at)
    found, expected = figures(tmp_path / "killed"), figures(tmp_path / "whole")
    assert found == expected
    assert list(found["steps/d_loss"]) == [1, 2, 3, 5, 6, 7]
    assert list(found["epoch/d_loss"]) == [4, 8]
    found, expected = pictures(tmp_path / "killed"), pictures(tmp_path / "whole")
    assert list(found) == list(expected)
    for step, picture in expected.items():
        np.testing.assert_array_equal(found[step], picture)


def test_a_board_that_is_open_is_told_what_to_forget(tmp_path, killed_and_resumed):
    killed_and_resumed(lambda: [callbacks.TensorBoard(tmp_path / "board", every=1)], 5)
    first, second = sorted((tmp_path / "board").iterdir())
    headers = list(tf.compat.v1.train.summary_iterator(str(second)))[:2]
    assert [event.file_version for event in headers] == ["brain.Event:2", ""]
    assert headers[1].session_log.status == tf.compat.v1.SessionLog.START
    assert headers[1].step == 4  # the checkpoint is of step 3
    kept = list(tf.compat.v1.train.summary_iterator(str(first)))
    assert max(event.step for event in kept) == 2
    assert not any(event.HasField("session_log") for event in kept)


def test_tensorboards_own_reader_finds_what_was_written(
    make_tiny_gan, tiny_images, tmp_path, killed_and_resumed
):
    name = "tensorboard.backend.event_processing.event_accumulator"
    reader = pytest.importorskip(name)
    killed_and_resumed(
        lambda: [callbacks.TensorBoard(tmp_path / "board", every=1, samples=2)], 7
    )
    read = reader.EventAccumulator(str(tmp_path / "board")).Reload()
    for tag, values in figures(tmp_path / "board").items():
        assert {each.step: each.value for each in read.Scalars(tag)} == values
        assert len(read.Scalars(tag)) == len(values)
    assert read.Tags()["images"] == ["samples"]
    drawn = read.Images("samples")
    assert [each.step for each in drawn] == [4, 8]
    with Image.open(io.BytesIO(drawn[1].encoded_image_string)) as image:
        expected = pictures(tmp_path / "board")[8]
        np.testing.assert_array_equal(np.asarray(image), expected)


def test_a_training_made_longer_writes_what_a_long_one_does(
    make_tiny_gan, tiny_images, tmp_path
):
    def train(name, *epochs):
        for last in epochs:
            board = callbacks.TensorBoard(tmp_path / name, every=2, samples=2)
            kept = callbacks.Checkpoint(tmp_path / f"kept {name}", every_steps=3)
            fit(make_tiny_gan(), tiny_images, board, kept, epochs=last)
        return figures(tmp_path / name)

    assert train("twice", 1, 2) == train("once", 2)


def test_newer_files_come_after_older_ones(
    make_tiny_gan, tiny_images, tmp_path, monkeypatch
):
    gan = make_tiny_gan()
    for now in (2e9, 2e9, 1e9):  # the clock may be turned back
        monkeypatch.setattr("time.time", lambda now=now: now)
        fit(gan, tiny_images, callbacks.TensorBoard(tmp_path))
    assert list(figures(tmp_path)["epoch/d_loss"]) == [4, 8, 12]
    assert len(list(tmp_path.iterdir())) == 3


def test_cutting_leaves_the_files_of_others_alone(tmp_path, killed_and_resumed):
    board = tmp_path / "board"
    board.mkdir()
    others = board / "events.out.tfevents.1700000000.host.v2"
    others.write_bytes(b"not ours")
    killed_and_resumed(lambda: [callbacks.TensorBoard(board, every=1)], 2)
    assert others.read_bytes() == b"not ours"


def test_only_the_chief_writes(make_tiny_gan, tiny_images, tmp_path, monkeypatch):
    monkeypatch.setattr(callbacks.TensorBoard, "writes_files", False)
    fit(make_tiny_gan(), tiny_images, callbacks.TensorBoard(tmp_path / "x", every=1))
    assert not (tmp_path / "x").exists()


def test_a_figure_that_is_not_finite_is_written_as_it_is(
    make_tiny_gan, tiny_images, tmp_path
):
    metric = callbacks.EvaluateMetrics({"broken": lambda gan: float("nan")})
    board = callbacks.TensorBoard(tmp_path)
    fit(make_tiny_gan(), tiny_images, metric, board)
    assert np.isnan(figures(tmp_path)["epoch/broken"][4])


@pytest.mark.parametrize("name", ["every", "samples_every"])
def test_bad_intervals_are_named(tmp_path, name):
    with pytest.raises(ValueError, match=f"`{name}` must be an integer >= 1"):
        callbacks.TensorBoard(tmp_path, **{name: 0})


def test_a_bad_number_of_samples_is_named(tmp_path):
    with pytest.raises(ValueError, match="`samples` must be an integer >= 0"):
        callbacks.TensorBoard(tmp_path, samples=-1)
