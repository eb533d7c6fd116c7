"""Callbacks under `fit`, on GANs of a few weights."""

import io
import json
import re
import time

import keras
import numpy as np
import pytest
from harness.gans import dense_gan, linear_gan
from PIL import Image

from keras_gan import callbacks, plotting, priors
from keras_gan.experiment.run_folder_callbacks import StopAfter
from keras_gan.training.fitting import progress

LATENT_DIM, SIZE = 3, 4


def _gan(num_classes=None):
    keras.utils.set_random_seed(0)
    gan = dense_gan((SIZE, SIZE, 1), latent_dim=LATENT_DIM, num_classes=num_classes)
    sgd = keras.optimizers.SGD
    gan.compile(sgd(0.1), sgd(0.1), run_eagerly=True)
    return gan


IMAGES = np.random.default_rng(0).uniform(-1, 1, (12, SIZE, SIZE, 1)).astype("float32")
LABELS = np.arange(12) % 3


def _fit(gan, callback, epochs=1):
    labels = None if gan.num_classes is None else LABELS
    return gan.fit(IMAGES, labels, 4, epochs, callbacks=[callback], verbose=0)


def _pixels(path):
    with Image.open(path) as picture:
        return np.asarray(picture)


def test_each_epoch_leaves_a_grid_of_the_same_seeds(tmp_path):
    gan = _gan()
    _fit(gan, callbacks.SampleGrid(tmp_path / "samples", n=6, seed=5), epochs=2)
    written = sorted(path.name for path in (tmp_path / "samples").iterdir())
    assert written == ["epoch_0001.png", "epoch_0002.png"]
    first, second = (_pixels(tmp_path / "samples" / name) for name in written)
    assert (first != second).any()
    images = gan.sample(seeds=priors.spawn_seeds(5, 6))
    expected = plotting.image_grid(images, value_range=(-1, 1), scale=16)
    np.testing.assert_array_equal(second, np.asarray(expected))


def test_pictures_may_be_written_every_few_epochs(tmp_path):
    _fit(_gan(), callbacks.SampleGrid(tmp_path, n=1, every=2), epochs=5)
    written = sorted(path.name for path in tmp_path.iterdir())
    assert written == ["epoch_0002.png", "epoch_0004.png"]


@pytest.mark.parametrize(("n", "turns"), [(9, 1), (36, 2), (7, 1)])
def test_each_column_of_a_conditional_grid_is_one_class(tmp_path, n, turns):
    gan = _gan(num_classes=3)
    # A shade for each class, and nothing from z: the class is visible.
    for layer in gan.generator.layers:
        if isinstance(layer, keras.layers.Dense):
            kernel = np.zeros(layer.kernel.shape)
            kernel[LATENT_DIM:] = 9.0
            layer.kernel.assign(kernel)
        if isinstance(layer, keras.layers.Embedding):
            shades = np.array([[-1.0], [0.0], [1.0]])
            layer.embeddings.assign(np.repeat(shades, layer.output_dim, axis=1))
    callbacks.SampleGrid(tmp_path, n=n).write(gan, tmp_path / "grid.png")
    tiles = _pixels(tmp_path / "grid.png")[32::65, 32::65]
    full_rows = n // (3 * turns)
    np.testing.assert_array_equal(
        tiles[:full_rows], [[0, 128, 255] * turns] * full_rows
    )


def test_interpolation_rows_run_from_one_seeds_sample_to_the_others(tmp_path):
    gan = _gan()
    strip = callbacks.Interpolation(tmp_path, seeds=[(1, 5), (7, 1)], steps=4)
    _fit(gan, strip)
    pixels = _pixels(tmp_path / "epoch_0001.png")
    ends = gan.sample(seeds=[1, 5, 7, 1])
    expected = plotting.image_grid(
        ends, value_range=(-1, 1), columns=2, padding=0, scale=16
    )
    rows = [slice(1, 65), slice(66, 130)]
    columns = [slice(1, 65), slice(1 + 3 * 65, 65 + 3 * 65)]
    tiles = [[pixels[row, column] for column in columns] for row in rows]
    np.testing.assert_allclose(np.block(tiles), np.asarray(expected), atol=1)
    assert pixels.shape == (131, 1 + 4 * 65)


def test_interpolation_keeps_one_class_in_a_row(tmp_path):
    gan = _gan(num_classes=3)
    strip = callbacks.Interpolation(tmp_path, seed=3, steps=2, kind="spherical")
    strip.write(gan, tmp_path / "strip.png")
    pairs = priors.spawn_seeds(3, 16)
    images = gan.sample(seeds=pairs, labels=np.repeat(np.arange(8) % 3, 2))
    expected = plotting.image_grid(images, value_range=(-1, 1), columns=2, scale=16)
    difference = _pixels(tmp_path / "strip.png").astype(int) - np.asarray(expected)
    assert np.abs(difference).max() <= 1


def _records(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_the_log_has_a_record_of_each_epoch_and_is_appended_to(tmp_path):
    gan, path = _gan(), tmp_path / "run" / "log.jsonl"
    times = tmp_path / "times.jsonl"
    log = callbacks.JSONLog(path, batch_size=4, times=times)
    history = _fit(gan, log, epochs=2).history
    _fit(gan, callbacks.JSONLog(path, batch_size=4))
    records = _records(path)
    assert [(r["event"], r["epoch"], r["step"]) for r in records] == [
        ("epoch", 1, 3),
        ("epoch", 2, 6),
        ("epoch", 1, 9),
    ]
    assert [r["images"] for r in records] == [12, 24, 36]
    assert [(r["event"], r["step"]) for r in _records(times)] == [
        ("epoch", 3),
        ("epoch", 6),
    ]
    assert all(r["seconds"] > 0 and r["images_per_second"] > 0 for r in _records(times))
    assert all("seconds" not in record for record in records)
    for name in ("d_loss", "g_loss", "d_real", "d_fake"):
        assert [r[name] for r in records[:2]] == history[name]


def test_step_records_hold_the_mean_since_the_record_before(tmp_path):
    gan, seen = _gan(), []

    class Spy(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            seen.append(logs["d_loss"])  # Keras' own mean over the epoch so far

    path = tmp_path / "log.jsonl"
    log = callbacks.JSONLog(path, every=2)
    gan.fit(IMAGES, batch_size=2, callbacks=[log, Spy()], verbose=0)
    records = _records(path)
    assert [(r["event"], r["step"]) for r in records] == [
        ("step", 2),
        ("step", 4),
        ("epoch", 6),
    ]
    single = np.diff(np.array(seen) * np.arange(1, 7), prepend=0.0)
    expected = [single[:2].mean(), single[2:4].mean(), single.mean()]
    np.testing.assert_allclose([r["d_loss"] for r in records], expected, rtol=1e-5)
    assert "images" not in records[0]


def test_a_figure_that_is_not_finite_is_null_in_the_log(tmp_path):
    gan = _gan()
    gan.discriminator.layers[-1].kernel.assign(np.full((SIZE * SIZE, 1), np.nan))
    _fit(gan, callbacks.JSONLog(tmp_path / "log.jsonl"))
    assert _records(tmp_path / "log.jsonl")[0]["d_loss"] is None


def test_without_a_terminal_progress_is_one_line_per_epoch():
    output = io.StringIO()
    bar = callbacks.ProgressBar(batch_size=4, file=output)
    history = _fit(_gan(), bar, epochs=2).history
    lines = output.getvalue().splitlines()
    pattern = (
        r"epoch (\d)/2  step [36]/6  [\d.]+ s  \d+ images/s  (\d+:\d\d) left"
        r"  d_real (0\.\d\d)  d_fake (0\.\d\d)"
    )
    matches = [re.fullmatch(pattern, line) for line in lines]
    assert [match[1] for match in matches] == ["1", "2"]
    assert matches[1][2] == "0:00"
    assert float(matches[1][3]) == pytest.approx(history["d_real"][1], abs=0.006)
    assert float(matches[1][4]) == pytest.approx(history["d_fake"][1], abs=0.006)


def test_on_a_terminal_progress_is_a_bar_that_gives_the_cursor_back(monkeypatch):
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "120")
    output = io.StringIO()
    _fit(_gan(), callbacks.ProgressBar(file=output), epochs=3)
    text = output.getvalue()
    assert "epoch 3/3" in text
    assert "d_fake 0." in text
    hide, show = "\x1b[?25l", "\x1b[?25h"
    assert text.count(hide) == text.count(show) == 1


@pytest.fixture
def show_bar(monkeypatch):
    """Returns the last state of a bar on a terminal of a width, or plain lines."""

    def show(columns, **options):
        monkeypatch.setenv("TTY_COMPATIBLE", "1")
        monkeypatch.setenv("TERM", "xterm")
        monkeypatch.setenv("COLUMNS", str(columns))
        output = io.StringIO()
        bar = callbacks.ProgressBar(batch_size=4, file=output, **options)
        stop = StopAfter(options.get("steps") or 99)
        _gan().fit(IMAGES, batch_size=4, epochs=3, callbacks=[bar, stop], verbose=0)
        plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", output.getvalue())
        return plain.replace("\r", "\n").strip().splitlines()[-1]

    return show


@pytest.mark.parametrize(
    ("columns", "parts"),
    [
        (120, ["epoch 2/3", "step 5/5", "━━", "images/s", "0:00 left", "d_real 0."]),
        (80, ["epoch 2/3", "step 5/5", "images/s", "0:00 left", "d_fake 0."]),
        (60, ["step 5/5", "0:00 left", "d_real 0.", "d_fake 0."]),
        (30, ["step 5/5", "0:00 left"]),
        (10, ["step 5/5"]),
    ],
)
def test_the_bar_counts_to_the_last_step_and_cuts_no_figure(show_bar, columns, parts):
    line = show_bar(columns, steps=5)
    assert all(part in line for part in parts), line
    assert "…" not in line
    assert len(line) <= columns
    for figure in re.findall(r"d_\w+ \S+", line):
        assert re.fullmatch(r"d_(real|fake) \d\.\d\d", figure)


def test_the_time_that_a_training_takes_is_told_as_soon_as_it_is_measured(monkeypatch):
    monkeypatch.setattr(progress, "_TIMED_SECONDS", 0.0)
    output = io.StringIO()
    gan = _gan()
    gan.compile("sgd", "sgd", steps_per_execution=1)
    gan.fit(
        np.repeat(IMAGES, 3, axis=0),
        batch_size=4,
        epochs=2,
        callbacks=[callbacks.ProgressBar(file=output)],
        verbose=0,
    )
    told, *epochs = output.getvalue().splitlines()
    assert re.match(r"about 0:\d\d for 18 steps on this machine", told)
    # The line of the first epoch would come within five seconds.
    assert [line[:9] for line in epochs] == ["epoch 2/2"]


def test_the_time_of_a_resumed_training_leaves_out_its_first_call(
    monkeypatch, tmp_path
):
    monkeypatch.setattr(progress, "_TIMED_SECONDS", 0.0)
    images, output = np.repeat(IMAGES, 6, axis=0), io.StringIO()

    def fit(gan, **callbacks_of):
        gan.compile("sgd", "sgd", steps_per_execution=1)
        saved = callbacks.Checkpoint(tmp_path / "checkpoints", every_steps=1)
        called = [saved, *callbacks_of.values()]
        gan.fit(images, batch_size=4, epochs=1, callbacks=called, verbose=0)

    class Stop(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            if batch == 4:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fit(_gan(), stop=Stop())
    gan = _gan()
    real_step, calls = gan.train_step, []

    def slow_first_step(data):
        if not calls:
            calls.append(time.sleep(3.0))  # as compiling takes long, once
        return real_step(data)

    gan.train_step = slow_first_step
    fit(gan, bar=callbacks.ProgressBar(file=output))
    continues, told = output.getvalue().splitlines()[:2]
    assert continues == "continues after step 5/18"
    minutes, seconds = re.match(r"about (\d+):(\d+) for 13 steps", told).groups()
    assert 60 * int(minutes) + int(seconds) < 13 * 3.0 / 2


def test_quick_epochs_are_not_a_flood_of_lines_and_the_last_one_is_told(monkeypatch):
    monkeypatch.setattr(progress, "_LINE_SECONDS", 500.0)
    output = io.StringIO()
    _fit(_gan(), callbacks.ProgressBar(file=output), epochs=9)
    lines = output.getvalue().splitlines()
    assert [line[:9] for line in lines] == ["epoch 1/9", "epoch 9/9"]
    assert "\r" not in output.getvalue()


def test_a_command_in_a_notebook_writes_lines_as_its_terminal_is_none(monkeypatch):
    for name, value in (("TTY_COMPATIBLE", "1"), ("JPY_PARENT_PID", "1")):
        monkeypatch.setenv(name, value)
    output = io.StringIO()
    _fit(_gan(), callbacks.ProgressBar(file=output), epochs=2)
    assert "\x1b" not in output.getvalue()
    assert len(output.getvalue().splitlines()) == 2


def test_beside_a_progress_bar_keras_shows_none_unless_told_to(capsys):
    bar = callbacks.ProgressBar(file=io.StringIO())
    _gan().fit(IMAGES, batch_size=4, callbacks=[bar])
    assert capsys.readouterr().out == ""
    _gan().fit(IMAGES, batch_size=4, callbacks=[bar], verbose=2)
    assert "d_real" in capsys.readouterr().out


def test_a_bar_left_by_a_broken_training_can_be_closed(monkeypatch):
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    monkeypatch.setenv("TERM", "xterm")
    output = io.StringIO()
    bar = callbacks.ProgressBar(file=output)

    def break_off(epoch, logs):
        raise RuntimeError("broken off")

    broken = keras.callbacks.LambdaCallback(on_epoch_end=break_off)
    with pytest.raises(RuntimeError, match="broken off"):
        _gan().fit(IMAGES, batch_size=4, callbacks=[bar, broken], verbose=0)
    assert "\x1b[?25h" not in output.getvalue()
    bar.close()
    assert "\x1b[?25h" in output.getvalue()


def test_a_resumed_training_counts_its_own_epochs_only():
    output = io.StringIO()
    bar = callbacks.ProgressBar(file=output)
    _gan().fit(
        IMAGES, batch_size=4, epochs=5, initial_epoch=3, callbacks=[bar], verbose=0
    )
    assert [line[:9] for line in output.getvalue().splitlines()] == [
        "epoch 4/5",
        "epoch 5/5",
    ]


@pytest.mark.parametrize(
    "make",
    [
        callbacks.SampleGrid,
        callbacks.Interpolation,
        callbacks.JSONLog,
        lambda _: callbacks.ProgressBar(),
    ],
)
def test_a_model_that_is_no_gan_is_refused_by_name(make, tmp_path):
    model = keras.Sequential([keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    with pytest.raises(ValueError, match=r"works on a keras_gan\.GAN; got a Sequ"):
        model.fit(
            np.zeros((4, 1)),
            np.zeros((4, 1)),
            callbacks=[make(tmp_path / "x")],
            verbose=0,
        )


def test_pictures_of_a_gan_of_points_are_refused(tmp_path):
    with pytest.raises(ValueError, match="Pictures need images"):
        callbacks.SampleGrid(tmp_path).set_model(linear_gan())


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: callbacks.SampleGrid("x", n=0), "`n` must be an integer >= 1"),
        (lambda: callbacks.SampleGrid("x", every=0), "`every` must be"),
        (lambda: callbacks.Interpolation("x", seeds=[1, 5]), r"\(from, to\) pairs"),
        (lambda: callbacks.Interpolation("x", steps=1), "`steps` must be"),
        (lambda: callbacks.Interpolation("x", kind="round"), "`kind` must be one of"),
        (lambda: callbacks.JSONLog("x", every=0), "`every` must be"),
        (lambda: callbacks.ProgressBar(batch_size=0), "`batch_size` must be"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
