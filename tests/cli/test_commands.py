"""The command line: what each command does, and how it refuses."""

import json
import re
import shutil
from types import SimpleNamespace

import numpy as np
import pytest
import tensorflow as tf
from harness.commands import assert_mistake, invoke, succeed
from PIL import Image

from keras_gan import experiment, plotting, presets, priors
from keras_gan._process import program
from keras_gan.runs.folder import RunFolder


def test_train_shows_progress_and_says_where_everything_is(
    training, run, place, monkeypatch
):
    assert training.stderr == ""
    lines = training.stdout.splitlines()
    assert lines[0].startswith("data     npz:")
    assert lines[0].endswith("tiny.npz (train), 64 of 8×8×1 in 3 classes")
    assert re.fullmatch(
        r"networks generator [\d,]+, discriminator [\d,]+ parameters", lines[1]
    )
    assert lines[2:4] == ["training 8 steps of 16, 2 epochs", "folder   run"]
    line = (
        r"epoch {0}/2  step {1}/8 .* images/s  0:\d\d left  d_real 0\.\d\d  d_fake .*"
    )
    assert re.fullmatch(line.format(1, 4), lines[4])
    assert re.fullmatch(line.format(2, 8), lines[5])
    assert lines[6] == "drawing pictures…"
    assert "report   run/report.html" in lines
    assert (run / "report.html").is_file()
    sample = "sample run --n 64 --seed 7 --out run/images.png"
    monkeypatch.chdir(place)  # from there the command was run
    assert f"  {program()} {sample}" in lines


def test_options_change_the_recipe_and_the_config_records_it(run, place):
    config = json.loads((run / "config.json").read_text())
    assert config["name"] == "tiny"
    assert config["recipe"]["epochs"] == 2
    assert config["recipe"]["seed"] == 5
    assert config["recipe"]["data"] == f"npz:{place / 'tiny.npz'}"


@pytest.fixture
def calls(monkeypatch):
    """Puts what `train` would train in a list instead."""
    calls = []

    def record(recipe, folder, **arguments):
        calls.append(SimpleNamespace(recipe=recipe, folder=folder, **arguments))
        folder.mkdir(parents=True, exist_ok=True)
        gan = SimpleNamespace(distribute_strategy=tf.distribute.get_strategy())
        return SimpleNamespace(folder=RunFolder(folder), gan=gan)

    monkeypatch.setattr(experiment, "train", record)
    return calls


def test_a_run_is_resumed_with_its_own_recipe(run, calls):
    others = ("--epochs", 9, "--set", "loss=minimax", "--track", "wandb, mlflow")
    succeed("train", "--resume", "--out", run, *others)
    (call,) = calls
    assert call.track == ["wandb", "mlflow"]
    recorded = presets.Recipe.from_file(run / "config.json")
    assert call.recipe == recorded.replace(epochs=9, loss="minimax")
    assert (call.folder, call.resume, call.name) == (run, True, None)
    assert (call.strategy, call.checkpoint_steps) == ("none", None)


def test_a_run_starts_from_the_weights_of_another(run, place, calls):
    new = ("--config", place / "tiny.json", "--out", place / "no")
    succeed("train", *new, "--from", run, "--set", "freeze=2")
    assert (calls[0].recipe.pretrained, calls[0].recipe.freeze) == (str(run), 2)


def test_set_takes_json_and_plain_text(place, calls):
    settings = ["prior=uniform", "image_size=[8, 8]", "ema_decay=0.5", "labels=false"]
    options = [part for setting in settings for part in ("--set", setting)]
    succeed("train", "--config", place / "tiny.json", "--out", place / "no", *options)
    recipe = calls[0].recipe
    assert (recipe.prior, recipe.image_size) == ("uniform", (8, 8))
    assert (recipe.ema_decay, recipe.labels) == (0.5, False)
    (place / "no").rmdir()


def test_without_out_each_training_gets_a_new_folder(
    place, calls, monkeypatch, tmp_path
):
    monkeypatch.chdir(tmp_path)
    for _ in range(3):
        succeed("train", "--config", place / "tiny.json")
    succeed("train", "digits", "--steps", 7)
    folders = [str(call.folder) for call in calls]
    assert folders == ["runs/tiny", "runs/tiny-2", "runs/tiny-3", "runs/digits"]
    assert [call.steps for call in calls] == [None, None, None, 7]


def test_other_data_are_taken_whole(calls, tmp_path):
    succeed("train", "goodfellow2014", "--data", "mnist_10k", "--out", tmp_path / "run")
    assert (calls[0].recipe.data, calls[0].recipe.split) == ("mnist_10k", "train")


def test_sample_writes_a_grid_of_the_images_that_the_gan_draws(run, gan, tmp_path):
    out = tmp_path / "grid.png"
    output = succeed("sample", run, "--n", 6, "--seed", 3, "--out", out)
    assert output == f"6 images: {out} (seed 3)\n"
    expected = plotting.image_grid(
        gan.sample(6, seed=3), value_range=(-1, 1), scale=None
    )
    with Image.open(out) as picture:
        assert "synthetic" in picture.info["Source"]
        np.testing.assert_array_equal(np.asarray(picture), np.asarray(expected))
    shape = ("--columns", 6, "--scale", 2)
    succeed("sample", run, "--n", 6, "--seed", 3, *shape, "--out", out)
    with Image.open(out) as picture:
        assert picture.size == (6 * (2 * 8 + 1) + 1, 2 * 8 + 2)
    vectors = tmp_path / "grid.svg"
    succeed("sample", run, "--n", 6, "--seed", 3, *shape, "--out", vectors)
    assert "synthetic" in vectors.read_text()


def test_sample_writes_arrays_and_one_file_each(run, gan, tmp_path):
    options = ("--seeds", "3,-5,8", "--labels", "1,0,1", "--truncation", 0.5)
    expected = gan.sample(seeds=[3, -5, 8], labels=[1, 0, 1], truncation=0.5)
    succeed("sample", run, *options, "--out", tmp_path / "x.npz")
    with np.load(tmp_path / "x.npz") as arrays:
        np.testing.assert_array_equal(arrays["images"], expected)
        np.testing.assert_array_equal(arrays["seeds"], [3, -5, 8])
        np.testing.assert_array_equal(arrays["labels"], [1, 0, 1])
    succeed("sample", run / "gan.keras", *options, "--out", tmp_path / "files")

    def names(folder):
        return sorted(path.stem for path in (tmp_path / folder).iterdir())

    assert names("files") == ["seed_-5_class_0", "seed_3_class_1", "seed_8_class_1"]
    with Image.open(tmp_path / "files" / "seed_-5_class_0.png") as picture:
        single = plotting.image_grid(
            expected[1:2], value_range=(-1, 1), padding=0, scale=1
        )
        np.testing.assert_array_equal(np.asarray(picture), np.asarray(single))
        note = "generator gan.keras, seed -5, label 0, truncation 0.5"
        assert picture.info["Comment"] == note
        assert "synthetic" in picture.info["Source"]
    succeed("sample", run / "gan.keras", "--seeds", "7,7", "--out", tmp_path / "twice")
    assert names("twice") == ["seed_7", "seed_7_again_2"]
    succeed("sample", run / "gan.keras", "--n", 3, "--out", tmp_path / "places")
    assert names("places") == ["0", "1", "2"]


def test_a_sample_without_a_seed_tells_the_seed_it_took(run, gan, tmp_path):
    output = succeed("sample", run, "--labels", "1", "--out", tmp_path / "x.npz")
    seed = int(re.search(r"^64 images: .* \(seed (\d+)\)$", output)[1])
    with np.load(tmp_path / "x.npz") as arrays:
        expected = gan.sample(64, seed=seed, labels=1)
        np.testing.assert_array_equal(arrays["images"], expected)


@pytest.mark.parametrize("artifact", ["onnx", "litert", "saved_model"])
def test_an_artifact_draws_what_its_run_draws(artifact, request, gan, tmp_path):
    path, out = request.getfixturevalue(artifact), tmp_path / "x.npz"
    succeed("sample", path, "--n", 5, "--seed", 2, "--out", out)
    with np.load(out) as arrays:
        np.testing.assert_allclose(arrays["images"], gan.sample(5, seed=2), atol=1e-5)
    out.unlink()
    ends = ("--from", 1, "--to", 5, "--label", 1, "--steps", 4)
    succeed("interpolate", path, *ends, "--kind", "spherical", "--out", out)
    with np.load(out) as arrays:
        between, z = arrays["images"], arrays["z"]
    np.testing.assert_allclose(z[[0, -1]], gan.latents([1, 5]), atol=1e-6)
    np.testing.assert_allclose(between, gan.generate(z, [1] * 4), atol=1e-5)
    assert "seeds equal: image within" in succeed("verify", path)


def test_a_served_model_is_told_whether_it_draws_batches_as_one(
    run, saved_model, tmp_path
):
    succeed("export", "saved-model", run, tmp_path, "--batched")
    found = [
        json.loads((folder / "1" / "manifest.json").read_text())["exact"]
        for folder in (saved_model, tmp_path)
    ]
    assert found == [True, False]


def test_interpolate_draws_one_row_in_the_class_of_its_first_seed(run, gan, tmp_path):
    out = tmp_path / "row.png"
    succeed("interpolate", run, "--from", 1, "--to", 5, "--steps", 3, "--out", out)
    start, end = priors.get("normal").latents([1, 5], 4)
    label = priors.labels([1], 3)[0]
    images = gan.generate(np.stack([start, (start + end) / 2, end]), [label] * 3)
    expected = plotting.image_grid(images, value_range=(-1, 1), columns=3, scale=None)
    with Image.open(out) as picture:
        difference = np.asarray(picture).astype(int) - np.asarray(expected)
        assert np.abs(difference).max() <= 1


def test_presets_are_listed_shown_and_given_as_a_recipe(tmp_path):
    listed = succeed("presets").splitlines()
    names = [line.split()[0] for line in listed]
    assert names == list(presets.names())
    assert "follows" in succeed("presets", "goodfellow2014")
    recipe = json.loads(succeed("presets", "algorithm1", "--json"))
    assert (recipe["loss"], recipe["batch_size"]) == ("minimax", 100)


@pytest.fixture(scope="module")
def damaged(place, onnx):
    """Files that are not what they seem."""
    content = onnx.read_bytes()
    (place / "cut.onnx").write_bytes(content[: len(content) // 2])
    shutil.copy(f"{onnx}.json", place / "cut.onnx.json")
    (place / "empty").mkdir()
    (place / "bad.keras").write_bytes(b"PK")
    return place


MISTAKES = [
    ("", "Name a command"),
    ("tran", "Did you mean 'train'?"),
    ("train", f"Name a preset ({', '.join(presets.names())})"),
    ("train digitz", "Did you mean 'digits'?"),
    ("train digits --epochs abc", "Invalid value for '--epochs'"),
    ("train digits --epochs 0", "`--epochs` must be an integer >= 1; got 0"),
    ("train digits --epochz 3", "--epochz"),
    ("train digits --set epoch=3", "Did you mean 'epochs'?"),
    ("train digits --out run --set epoch=3", "Did you mean 'epochs'?"),
    ("train digits --out run --set seed=-1", "`--seed` must be an integer"),
    ("train digits --set epochs", "`--set` must be FIELD=VALUE"),
    (f"train digits --name {'x' * 81}", "`--name` must be 1 to 80 printable"),
    ("train --config tiny.json --strategy multi-worker --out new", "TF_CONFIG"),
    ("train digits --strategy miror", "Did you mean 'mirrored'?"),
    ("train digits --resume", "`--resume` needs the run's folder"),
    ("train digits --config tiny.json", "either a preset or `--config`"),
    ("train digits --out run", "'run': the folder is not empty"),
    ("train digits --out text.txt", "'text.txt': it is a file"),
    ("train digits --data folder:none --out new", "none"),
    ("train --config none.json", "'none.json': there is no such file"),
    ("train --config text.txt", "'text.txt': it cannot be read as JSON"),
    ("train --config tiny.json --batch-size 500 --out new", "`--batch-size 500`"),
    ("train --config tiny.json --set image_size=1000000000", "pixels of one image"),
    ("train --config tiny.json --set image_size=[64,1000000000]", "pixels of one"),
    ("train --config tiny.json --set latent_dim=1000000000", "numbers of a latent"),
    ("train --config tiny.json --batch-size 1000000000000", "images of one step"),
    ("train digits --data http://a:sesame@x/y --out new", "'http://…@x/y'"),
    ("train --config tiny.json --metrics fid --out new", "`--metrics` must be one of"),
    (
        "train --config tiny.json --metrics fid --out new",
        "`keras-gan evaluate RUN --",
    ),
    ("train --config tiny.json --track wand --out new", "Did you mean 'wandb'?"),
    ("train --config tiny.json --steps 0 --out new", "`--steps` must be an integer"),
    ("train --resume --out empty", "'empty': it is no run"),
    ("train --resume --out run --set latent_dim=5", "`latent_dim` 4, and 5 was given"),
    ("train --resume --out run --from a", "`--from` None, and 'a' was given"),
    ("train digits --out new --from none", "'none': there is no such run or file"),
    ("train digits --out new --from bad.keras", "'bad.keras': refused: its archive"),
    ("train digits --out new --from cut.onnx", "`--from` 'cut.onnx' must be a run or"),
    ("train digits --out new --from run", "That run has `--set 'architecture_options"),
    ("train digits --out new --set freeze=2", "random weights; give `--from`, a run"),
    ("sample", "Missing argument"),
    ("sample none", "'none': there is no such run or file"),
    ("sample text.txt", "'text.txt': it must be a run"),
    ("sample empty", "'empty': it is no run"),
    ("sample bad.keras", "'bad.keras': refused: its archive is damaged"),
    ("sample cut.onnx", "'cut.onnx': refused: it is no whole protocol buffer"),
    ("sample none.onnx", "'none.onnx': there is no such run or file"),
    ("sample run --seeds 1,x", "`--seeds` must be integers"),
    ("sample run --seeds 1 --seed 2", "either `--seed` or `--seeds`"),
    ("sample run --n 0", "`--n` must be an integer >= 1"),
    ("sample run --n 1000000000000", "`--n 1000000000000` is more than the 1,000,000"),
    ("sample g.onnx --n 1000000000000", "draw them in several requests"),
    ("sample run --labels 3", "`--labels` must be in 0..2"),
    ("sample run --truncation 2", "`--truncation` must be in (0, 1]"),
    ("sample run --out x.jpg", "`--out` must be a .png, .pdf, .svg or .npz file"),
    ("sample run --columns 0", "`--columns` must be an integer >= 1"),
    ("sample run --scale 1000000000000", "`--scale=1000000000000` is more than"),
    ("sample run --out run", "'run': the folder is not empty"),
    ("sample run --out text.txt/x.png", "text.txt"),
    ("interpolate run --from 1", "Missing option '--to'"),
    ("interpolate run --from 1 --to 2 --steps 1", "`--steps` must be an integer >= 2"),
    ("interpolate run --from 1 --to 2 --steps 1000000000000", "draw fewer at once"),
    ("interpolate run --from 1 --to 2 --kind round", "`--kind` must be one of"),
    ("interpolate run --from 1 --to 2 --label 9", "`labels` must be in 0..2"),
    ("classes run --rows 1000000000000", "`--rows=1000000000000` is more than"),
    ("neighbors run --samples 1000000000000", "`--samples=1000000000000` is more"),
    ("neighbors run --n 1000000000000", "images of one request; draw fewer"),
    ("evaluate run --n 1000000000000", "`--n=1000000000000` is more than"),
    ("bench g.onnx --batch-sizes 1000000000000", "images of one call; take less"),
    ("animate run --seconds 1e9", "`--seconds 1000000000.0` is more than the 600.0"),
    ("export", "Missing command"),
    ("export onnx run x.onnx --opset 99", "opset"),
    ("export onnx run x.onnx --precision int4", "`--precision` must be one of"),
    ("export onnx g.onnx x.onnx", "'g.onnx': it is an export already"),
    ("export saved-model none served", "'none': there is no such run"),
    ("verify cut.onnx", "cut.onnx': the file was changed after its export"),
    ("verify none", "'none': there is no such file"),
    ("verify text.txt", "text.txt"),
    ("presets digit", "Did you mean 'digits'?"),
]


@pytest.mark.parametrize(("line", "message"), MISTAKES, ids=[m[0] for m in MISTAKES])
def test_a_mistake_is_answered_with_one_line_and_code_2(
    line, message, damaged, monkeypatch
):
    monkeypatch.chdir(damaged)
    assert_mistake(line, message, damaged)


def test_the_traceback_is_shown_on_request(monkeypatch):
    monkeypatch.setenv("KERAS_GAN_TRACEBACK", "1")
    result = invoke("presets", "digit")
    assert result.exit_code == 1
    assert isinstance(result.exception, ValueError)


def test_an_error_that_is_not_the_users_keeps_its_traceback(monkeypatch):
    def broken(name):
        raise RuntimeError("ours")

    monkeypatch.setattr("keras_gan.presets.get", broken)
    result = invoke("presets", "digits")
    assert result.exit_code == 1
    assert isinstance(result.exception, RuntimeError)


@pytest.mark.slow
def test_a_full_disk_ends_a_training_with_one_line_and_keeps_the_checkpoints(
    place, tmp_path, run_process
):
    run = tmp_path / "run"
    program = (
        "import resource, sys; from keras_gan.cli import main\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000)); main()"
    )
    command = ["train", "--config", place / "tiny.json", "--out", run]
    result = run_process("-W", "ignore", "-c", program, *command)
    assert result.returncode == 2, result.stderr
    assert result.stderr == f"keras-gan: '{run / 'gan.keras'}': File too large\n"
    assert not (run / "gan.keras").exists()
    assert list((run / "checkpoints").iterdir())
    succeed("train", "--resume", "--out", run)
    assert (run / "gan.keras").is_file()


def test_an_interrupted_training_says_how_to_continue(place, tmp_path, monkeypatch):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(experiment, "train", interrupted)
    result = invoke("train", "--config", place / "tiny.json", "--out", tmp_path / "a b")
    assert result.exit_code == 130
    again = f"--config {place / 'tiny.json'} --resume --out '{tmp_path / 'a b'}'\n"
    assert result.stderr.endswith(again)
    # Before anything is written there is nothing to continue.
    monkeypatch.setattr(experiment, "recommend", interrupted)
    result = invoke("train", "--data", "mnist_10k", "--out", tmp_path / "new")
    assert (result.exit_code, result.stderr) == (130, "keras-gan: interrupted\n")


def test_help_and_presets_import_nothing_heavy(run_process):
    program = (
        "import sys\n"
        "from keras_gan.cli import main\n"
        "for line in (['--help'], ['train', '--help'], ['presets']):\n"
        "    sys.argv = ['keras-gan', *line]\n"
        "    try:\n        main()\n"
        "    except SystemExit as done:\n        assert not done.code, done.code\n"
        "    heavy = {'tensorflow', 'keras', 'matplotlib', 'onnxruntime', 'PIL'}\n"
        "    heavy.add('ai_edge_litert')\n"
        "    assert not heavy & set(sys.modules), heavy & set(sys.modules)\n"
    )
    process = run_process("-c", program)
    assert process.returncode == 0, process.stderr
    assert "Usage: keras-gan train" in process.stdout
    assert "goodfellow2014" in process.stdout


def test_garbage_is_not_collected_while_tensorflow_is_imported(tmp_path, run_process):
    # Here it is a module that tells whether it would be, and leaves a cycle behind.
    (tmp_path / "tensorflow.py").write_text(
        "import gc\nstate = gc.isenabled()\ncycle = []\ncycle.append(cycle)\n"
    )
    program = (
        "import gc, sys\nimport keras_gan.cli\ncli = sys.modules['keras_gan.cli.app']\n"
        f"sys.path.insert(0, {str(tmp_path)!r})\n"
        "def command():\n"
        "    import tensorflow\n"
        "    assert not any(found is tensorflow.cycle for found in gc.get_objects())\n"
        "    print(tensorflow.state, gc.isenabled())\n"
        "cli.app = command\nheld = []\nheld.append(held)\ncli.main()\n"
        "print(any(found is held for found in gc.get_objects()))\n"
    )
    process = run_process("-c", program)
    assert process.returncode == 0, process.stderr
    assert process.stdout.split() == ["False", "True", "False"]


@pytest.mark.parametrize("artifact", ["onnx", "litert"])
def test_a_file_is_drawn_and_verified_without_tensorflow(
    artifact, request, tmp_path, run_process
):
    path = request.getfixturevalue(artifact)
    program = (
        "import sys\n"
        "from keras_gan.cli import app\n"
        f"path = {str(path)!r}\n"
        "app(['verify', path], standalone_mode=False)\n"
        "for command in ('sample', 'classes', 'truncation'):\n"
        "    app([command, path, '--out', command + '.png'], standalone_mode=False)\n"
        "assert not {'tensorflow', 'keras'} & set(sys.modules)\n"
    )
    process = run_process("-c", program, cwd=tmp_path)
    assert (process.returncode, process.stderr) == (0, "")
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["classes.png", "sample.png", "truncation.png"]


def test_the_module_runs_as_a_program_and_fails_with_code_2_and_one_line(run_process):
    process = run_process("-m", "keras_gan", "presets", "digit")
    assert process.returncode == 2
    assert process.stdout == ""
    assert process.stderr.startswith("keras-gan: ")
    assert "Did you mean 'digits'?" in process.stderr
    assert process.stderr.count("\n") == 1
