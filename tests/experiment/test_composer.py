"""The composer: what a run leaves, how it continues, what it refuses."""

import dataclasses
import json
import re
import shutil
from pathlib import Path

import keras
import numpy as np
import pytest
from harness.html import faults
from PIL import Image

from keras_gan import callbacks, data, experiment, metrics, presets, training
from keras_gan.experiment.recipe_data import RecipeData
from keras_gan.experiment.run_folder_callbacks import StopAfter, run_callbacks
from keras_gan.experiment.trackers import open_trackers
from keras_gan.trained_generators.provenance import provenance_of
from keras_gan.trained_generators.run_pictures import draw_run
from keras_gan.training.fitting.pace import TRAIN_HOOKS, listens


def _log(folder):
    return [json.loads(x) for x in (folder / "log.jsonl").read_text().splitlines()]


def test_a_run_leaves_the_files_that_it_promises(trained, recipe):
    folder = trained.folder.path
    assert sorted(path.name for path in folder.iterdir()) == [
        "checkpoints",
        "config.json",
        "curves.png",
        "gan.keras",
        "interpolation.png",
        "log.jsonl",
        "memorization.json",
        "neighbors.png",
        "real.png",
        "report.html",
        "samples",
        "samples.gif",
        "times.jsonl",
        "truncation.png",
    ]
    assert sorted(path.name for path in (folder / "samples").iterdir()) == [
        "epoch_0001.png",
        "epoch_0002.png",
    ]
    epochs = [record for record in _log(folder) if record["event"] == "epoch"]
    assert [(r["epoch"], r["step"], r["images"]) for r in epochs] == [
        (1, 3, 48),
        (2, 6, 96),
    ]
    for path in folder.rglob("*.png"):
        with Image.open(path) as picture:
            picture.load()


@pytest.mark.slow
def test_a_run_keeps_its_best_epoch_beside_the_last(recipe, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    wanted = ["frechet", "precision_recall"]
    counted = []
    watch = keras.callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: counted.append(epoch)
    )
    run = experiment.train(
        recipe.replace(epochs=1),
        tmp_path / "run",
        progress=False,
        metrics=wanted,
        callbacks=[watch],
    )
    # A run that is continued keeps its figures.
    run = experiment.train(
        recipe.replace(epochs=3), run.folder.path, resume=True, progress=False
    )
    assert counted == [0]
    epochs = run.folder.read_log("epoch")
    best = run.folder.read_best()
    figures = [record["frechet"] for record in epochs]
    assert len(figures) == 3
    assert best["epoch"] == 1 + int(np.argmin(figures))
    assert best["values"]["frechet"] == min(figures)
    assert set(best["values"]) == {"frechet", "precision", "recall"}
    assert best["step"] == epochs[best["epoch"] - 1]["step"]
    for which, step in {None: best["step"], "best": best["step"], "last": 9}.items():
        kept = experiment.load_run(run.folder.path, which)
        assert int(kept.gan.step) == step
    assert "best.keras" in run.folder.report.read_text()
    # Its pictures are of the best epoch, too.
    assert run.folder.read_memorization()["step"] == best["step"]


def test_a_run_without_metrics_has_no_best_epoch_to_open(trained):
    assert int(experiment.load_run(trained.folder.path, "last").gan.step) == 6
    with pytest.raises(ValueError, match="the run has no best epoch"):
        experiment.load_run(trained.folder.path, "best")
    with pytest.raises(ValueError, match="`which` must be one of"):
        experiment.load_run(trained.folder.path, "first")


def test_modes_that_are_asked_for_are_counted_once(recipe, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    tiny = {"generator_units": [8], "discriminator_units": [8]}
    points = recipe.replace(
        architecture="mlp",
        architecture_options=tiny,
        data="ring",
        value_range=None,
        labels=False,
        batch_size=25_000,
        epochs=1,
    )
    run = experiment.train(
        points, tmp_path / "run", metrics=["mode_coverage"], progress=False
    )
    (last,) = run.folder.read_log("epoch")
    best = run.folder.read_best()["values"]
    assert set(best) == {"modes", "high_quality", "mode_kl"}
    assert {name: last[name] for name in best} == best


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "\x1b[31m", "\u202e", "x" * 81, 7])
def test_a_name_that_is_no_short_line_is_refused(recipe, tmp_path, name):
    with pytest.raises(ValueError, match="`name` must be 1 to 80 printable") as error:
        experiment.train(recipe, tmp_path / "run", name=name, progress=False)
    assert str(error.value).isprintable()
    assert not (tmp_path / "run").exists()


def test_an_unknown_metric_is_refused_before_anything_is_written(recipe, tmp_path):
    with pytest.raises(ValueError, match=r"'frechet'"):
        experiment.train(recipe, tmp_path / "run", metrics=["fid"], progress=False)
    assert not (tmp_path / "run").exists()


def test_the_config_holds_the_whole_recipe_and_the_versions(trained, recipe):
    config = json.loads(trained.folder.config.read_text())
    assert presets.Recipe.from_dict(config["recipe"]) == recipe
    assert config["data"]["num_examples"] == 48
    assert config["versions"]["keras"] == keras.__version__
    assert (config["name"], config["steps"]) == ("tiny <b>&", None)


def test_the_config_and_the_report_hold_the_optimizers_in_full_and_the_machine(trained):
    config = json.loads(trained.folder.config.read_text())
    resolved = config["optimizers"]["generator_optimizer"]
    optimizer = trained.gan.generator_optimizer
    assert resolved["name"] == type(optimizer).__name__
    assert resolved["momentum"] == pytest.approx(optimizer.momentum)
    assert resolved["learning_rate"] == pytest.approx(float(optimizer.learning_rate))
    (machine,) = config["environments"]
    assert machine["versions"] == config["versions"]
    assert machine["cores"] >= 1
    assert (machine["strategy"], machine["replicas"]) == ("none", 1)
    assert machine["deterministic"] in (True, False)
    page = trained.folder.report.read_text()
    assert f"momentum={resolved['momentum']}" in page
    assert machine["os"] in page
    for place in (Path.home(), Path.cwd(), trained.folder.path):
        assert str(place) not in json.dumps(machine)


def test_the_report_is_one_page_that_needs_nothing_else(trained):
    page = trained.folder.report.read_text()
    sources = re.findall(r'(?:src|href)="([^"]*)"', page)
    # The grid, real images, the curves, the strip, the truncations, the neighbours, two
    # epochs.
    kinds = [source.partition(";base64,")[0] for source in sources]
    assert sorted(kinds) == ["data:image/gif", *["data:image/png"] * 8]
    assert faults(page) == []
    assert "http" not in re.sub(r"base64,[^\"]*", "", page)
    shown = "tiny &lt;b&gt;&amp; · a &lt;b&gt; run"
    assert f"<title>{shown} · keras_gan</title>" in page
    assert "<b>" not in page
    assert "<p>The discriminator " in page  # what d_real and d_fake say, in words
    assert "sgd(learning_rate=0.05, momentum=0.5)" in page
    assert "keras-gan export onnx &#39;" in page
    assert "/page&#39; --serve" in page


def test_a_run_is_loaded_with_the_same_samples(trained, recipe):
    loaded = experiment.load_run(trained.folder.path)
    assert loaded.recipe == recipe
    expected = trained.gan.sample(5, seed=1)
    np.testing.assert_array_equal(loaded.gan.sample(5, seed=1), expected)


def _assert_same_run(run, other):
    """Compares the variables and the log bit for bit."""
    states = training.read_state(run.gan), training.read_state(other.gan)
    for name, value in states[0].items():
        np.testing.assert_array_equal(value, states[1][name], err_msg=name)
    logs = [Path(r.folder.log).read_bytes() for r in (run, other)]
    assert logs[0] == logs[1]


def test_a_resumed_run_ends_like_one_that_went_through(copy, recipe, tmp_path):
    # What was logged after the last checkpoint is done again, so it goes from the log.
    with (copy / "log.jsonl").open("a") as log:
        log.write('{"event": "step", "epoch": 3, "step": 7}\n{"event": "st')
    longer = recipe.replace(epochs=3)
    run = experiment.train(
        longer, copy, resume=True, progress=False, track=["tensorboard"]
    )
    _assert_same_run(run, experiment.train(longer, tmp_path / "one", progress=False))
    assert int(run.gan.step) == 9
    assert (copy / "samples" / "epoch_0003.png").is_file()
    config = json.loads((copy / "config.json").read_text())
    assert (config["name"], config["recipe"]["epochs"]) == ("tiny <b>&", 3)
    assert len(config["environments"]) == 1  # the same machine
    assert config["track"] == ["tensorboard"]
    assert [path.suffix for path in (copy / "tracking").iterdir()] == [".keras_gan"]
    # A run keeps its trackers.
    (copy / "config.json").write_text(json.dumps(config | {"track": ["wandbb"]}))
    with pytest.raises(ValueError, match=r"`track` must be one of .*mean 'wandb'"):
        experiment.train(longer, copy, resume=True, progress=False)


def test_a_finished_run_that_is_resumed_stays_as_it_is_but_for_another_name(
    copy, recipe
):
    before = (copy / "log.jsonl").read_text()
    (copy / "report.html").unlink()
    run = experiment.train(recipe, copy, name="new", resume=True, progress=False)
    assert run.folder.read_name() == provenance_of(copy).name == "new"
    page = (copy / "report.html").read_text()
    assert "<h1>new</h1>" in page
    assert f"<title>new · {copy.name} · keras_gan</title>" in page
    assert int(run.gan.step) == 6
    assert (copy / "log.jsonl").read_text() == before
    assert (copy / "report.html").is_file()


def test_a_run_of_an_earlier_version_goes_on_with_stretched_images(copy, recipe):
    """Its config.json knows nothing of other shapes, and neither does its recipe."""
    config = json.loads((copy / "config.json").read_text())
    for name in ("resize", "mirror", "test_split", "passes_per_epoch"):
        del config["recipe"][name]
    del config["environments"], config["optimizers"]
    config["versions"]["keras"] = "3.0.0"
    (copy / "config.json").write_text(json.dumps(config))
    run = experiment.train(recipe, copy, resume=True, progress=False)
    assert run.recipe.resize == "stretch"
    written = json.loads((copy / "config.json").read_text())["recipe"]
    assert written["resize"] == "stretch"
    first, second = json.loads((copy / "config.json").read_text())["environments"]
    assert first["versions"]["keras"] == "3.0.0"
    assert second["versions"]["keras"] == keras.__version__
    with pytest.raises(ValueError, match="started with `resize` 'stretch', and 'pad'"):
        experiment.train(
            recipe.replace(resize="pad"), copy, resume=True, progress=False
        )


def test_a_held_out_part_that_is_trained_on_is_refused(recipe, tmp_path):
    overlapping = recipe.replace(split="train[:40]", test_split="train[39:]")
    with pytest.raises(ValueError, match=r"`test_split` .* has 1 image of `split`"):
        experiment.train(overlapping, tmp_path / "run", progress=False)
    apart = recipe.replace(split="train[:32]", test_split="train[32:]", epochs=1)
    experiment.train(apart, tmp_path / "run", progress=False)


@pytest.mark.slow
def test_a_run_of_single_steps_is_continued_with_several(recipe, tmp_path, trained):
    """As runs of older versions are, whose files hold an integer."""
    single = recipe.replace(epochs=1, steps_per_execution=1)
    folder = experiment.train(single, tmp_path / "run", progress=False).folder.path
    resumed = experiment.train(recipe, folder, resume=True, progress=False)
    _assert_same_run(resumed, trained)


def test_nothing_that_fills_a_run_must_hear_of_each_step(trained, recipe):
    watchers = run_callbacks(
        trained.folder,
        recipe,
        RecipeData(recipe).reference(),
        metrics=(),
        steps_per_epoch=3,
        checkpoint_steps=None,
    )
    watchers += open_trackers(["tensorboard"], trained.folder, recipe, 3, True)
    watchers += [StopAfter(5), callbacks.ProgressBar()]
    assert not any(listens(watcher, TRAIN_HOOKS) for watcher in watchers)


@pytest.mark.slow
def test_a_cap_on_steps_ends_the_training_there(trained, recipe, tmp_path):
    run = experiment.train(recipe, tmp_path / "run", steps=4, progress=False)
    assert int(run.gan.step) == 4
    assert int(experiment.load_run(tmp_path / "run").gan.step) == 4
    resumed = experiment.train(recipe, tmp_path / "run", resume=True, progress=False)
    _assert_same_run(resumed, trained)


@pytest.mark.slow
def test_a_run_goes_on_from_its_newest_checkpoint(recipe, tmp_path, monkeypatch):
    class Interrupting(callbacks.JSONLog):
        def on_train_batch_begin(self, batch, logs=None):
            super().on_train_batch_begin(batch, logs)
            if int(self.gan.step) == 5:
                raise MemoryError

    def train():
        return experiment.train(
            recipe, tmp_path / "run", resume=True, checkpoint_steps=2, progress=False
        )

    with monkeypatch.context() as patch:
        patch.setattr(callbacks, "JSONLog", Interrupting)
        with pytest.raises(MemoryError):
            train()
    checkpoints = sorted((tmp_path / "run" / "checkpoints").iterdir())
    assert checkpoints[-1].name == "step_000000004.npz"
    assert int(train().gan.step) == 6


def test_an_interrupted_run_keeps_its_last_epoch_and_shows_it(
    recipe, tmp_path, monkeypatch
):
    class Interrupting(callbacks.SampleGrid):
        def on_epoch_end(self, epoch, logs=None):
            super().on_epoch_end(epoch, logs)
            if epoch == 1:
                raise KeyboardInterrupt

    monkeypatch.setattr(callbacks, "SampleGrid", Interrupting)
    with pytest.raises(KeyboardInterrupt):
        experiment.train(recipe, tmp_path / "run", progress=False)
    assert int(experiment.load_run(tmp_path / "run").gan.step) == 3
    assert (tmp_path / "run" / "report.html").is_file()


def test_samples_that_are_not_finite_leave_a_report_all_the_same(copy, recipe):
    run = experiment.load_run(copy)
    for weights in run.gan.sampler.weights:
        weights.assign(np.full(weights.shape, np.nan))
    draw_run(run.gan, run.folder, RecipeData(recipe).reference())
    page = run.folder.report.read_text()
    assert "The samples hold NaN or infinity; the generator diverged." in page
    assert not run.folder.neighbors.exists()


@pytest.mark.slow
def test_stacks_of_digits_are_counted_and_other_stacks_are_not(tmp_path):
    stacks = RecipeData(presets.get("stacked_mnist").recipe).reference()
    coverage = stacks.mode_coverage()

    class Real:
        def sample(self, n, seed):
            test = data.load("stacked:mnist_10k", split="test", batch_size=n)
            return next(test.as_numpy_iterator())

    # Real stacks, in place of a perfect generator's; see metrics.class_coverage.
    figures = coverage(Real())
    assert figures["modes"] >= 998
    assert figures["mode_kl"] == pytest.approx(999 / 20_000, rel=0.3)
    random = np.random.default_rng(0).integers(0, 256, (50, 28, 28), dtype=np.uint8)
    path = tmp_path / "noise.npz"
    np.savez(path, images=random, labels=np.arange(50) % 10)
    noise = dataclasses.replace(stacks, source=f"stacked:npz:{path}")
    assert noise.mode_coverage() is None
    larger = dataclasses.replace(stacks, image_shape=(32, 32, 3))
    assert larger.mode_coverage() is None


def test_a_folder_with_something_in_it_is_left_alone(recipe, tmp_path):
    (tmp_path / "thesis.tex").write_text("")
    with pytest.raises(ValueError, match="the folder is not empty"):
        experiment.train(recipe, tmp_path, progress=False)
    with pytest.raises(ValueError, match="it is no run"):
        experiment.train(recipe, tmp_path, resume=True, progress=False)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


def test_a_run_is_not_continued_with_another_recipe(copy, recipe):
    other = recipe.replace(batch_size=8)
    with pytest.raises(ValueError, match="started with `batch_size` 16, and 8 was"):
        experiment.train(other, copy, resume=True, progress=False)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda run: shutil.rmtree(run), "there is no such run"),
        (lambda run: (run / "config.json").unlink(), "holds no config.json"),
        (lambda run: (run / "config.json").write_text("{"), "it is damaged"),
        (lambda run: (run / "config.json").write_text("{}"), "it holds no recipe"),
        (lambda run: (run / "gan.keras").unlink(), "has saved no model yet"),
        (lambda run: (run / "gan.keras").write_bytes(b"PK"), "its archive is damaged"),
    ],
)
def test_a_damaged_run_is_named(copy, damage, message):
    damage(copy)
    with pytest.raises(ValueError, match=message) as caught:
        experiment.load_run(copy)
    assert str(copy) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_keras_file_of_another_model_is_no_gan(tmp_path):
    path = tmp_path / "dense.keras"
    keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)]).save(path)
    with pytest.raises(ValueError, match="it holds a Sequential, not a GAN"):
        experiment.load_gan(path)


def test_a_run_of_points_counts_the_modes_and_makes_a_film(tmp_path):
    tiny = {"generator_units": [8], "discriminator_units": [8]}
    sgd = {"name": "sgd", "learning_rate": 0.05}
    points = presets.Recipe(
        architecture="mlp",
        architecture_options=tiny,
        generator_optimizer=sgd,
        discriminator_optimizer=sgd,
        data="ring",
        value_range=None,
        latent_dim=2,
        batch_size=25_000,
        epochs=2,
        steps_per_execution=2,
    )
    run = experiment.train(points, tmp_path / "run", progress=False)
    epochs = run.folder.read_log("epoch")
    mixture = data.mixture("ring")
    samples = run.gan.sample(2500, seed=0)
    expected = metrics.mode_coverage(samples, mixture.centres, mixture.std)
    last = epochs[-1]
    found = (last["modes"], last["high_quality"], last["mode_kl"])
    assert found == pytest.approx(expected)
    with Image.open(run.folder.animation) as film:
        assert film.n_frames == 2
    for picture in ("interpolation", "truncation", "classes", "neighbors"):
        assert not getattr(run.folder, picture).exists()
    assert run.folder.read_memorization() is None
    page = run.folder.report.read_text()
    assert "data:image/gif;base64" in page
    assert "<dt>high_quality</dt>" in page
    loaded = experiment.load_run(tmp_path / "run")
    assert loaded.recipe.value_range is None
    drawn = [gan.sample(5, seed=1) for gan in (loaded.gan, run.gan)]
    np.testing.assert_array_equal(*drawn)
