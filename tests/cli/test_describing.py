"""`data`, `recommend` and `train` without a preset, on a folder of pictures."""

import json
from types import SimpleNamespace

import pytest
from harness.commands import assert_mistake, invoke, succeed
from harness.pictures import save_pictures
from PIL import Image

from keras_gan import data, experiment, presets
from keras_gan.experiment import recommended_values

SMALL = (
    *("--set", "architecture_options.generator_filters=8"),
    *("--set", "generator_optimizer.learning_rate=0.002"),
)


@pytest.fixture
def pictures(tmp_path):
    return save_pictures(tmp_path / "shapes", 30, (8, 8, 3))


def test_data_prints_the_sheet_and_draws_the_pictures(pictures, tmp_path):
    out = tmp_path / "grid.png"
    printed = succeed("data", f"folder:{pictures}", "--out", str(out))
    assert "images   30" in printed
    assert "sizes    8×8" in printed
    with Image.open(out) as grid:
        assert min(grid.size) >= 5 * 8
    Image.open(pictures / "000.png").save(pictures / "again.png")
    sheet = json.loads(succeed("data", f"folder:{pictures}", "--json"))
    assert sheet["duplicates"] == [["000.png", "again.png"]]


def test_data_says_the_shape_that_recommend_chooses(tmp_path):
    rounded = save_pictures(tmp_path / "rounded", 9, (40, 30, 4))
    out = tmp_path / "grid.png"
    printed = succeed("data", f"folder:{rounded}", "--out", str(out))
    sheet = data.data_sheet(f"folder:{rounded}")
    chosen = recommended_values.choose_size(sheet)
    assert f"trained  {chosen.reason}" in printed
    assert "padded with transparency" in printed
    assert "cropped" not in printed
    cut = succeed(
        "data", f"folder:{rounded}", "--image-size", 8, "--resize", "crop", "--out", out
    )
    assert "trained  8×8, cropped in the middle" in cut


@pytest.mark.parametrize(
    "line",
    [
        "data folder:our pictures",
        "data --split train folder:our pictures",
        "recommend --set a=b folder:our pictures",
        "train --data folder:our pictures",
        "inspect our pictures",
    ],
)
def test_a_path_that_the_shell_has_cut_needs_quotes(line, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "our pictures").mkdir()
    quoted = line[line.index("folder:" if "folder:" in line else "our") :]
    message = f". A path with spaces needs quotes: '{quoted}'."
    assert_mistake(line, message, tmp_path)
    (tmp_path / "our pictures").rmdir()
    assert "quotes" not in invoke(*line.split()).stderr


def test_the_grid_shows_the_size_that_is_trained(tmp_path):
    photographs = save_pictures(tmp_path / "wide", 9, (150, 100, 3))
    out = tmp_path / "grid.png"
    succeed("data", f"folder:{photographs}", "--out", str(out))
    with Image.open(out) as grid:
        assert grid.size == (3 * 64 + 4, 3 * 96 + 4)


@pytest.mark.slow
def test_a_recommended_recipe_is_a_file_to_train_with(pictures, tmp_path):
    recipe = tmp_path / "recipe.json"
    printed = succeed(
        "recommend",
        f"folder:{pictures}",
        *("--minutes", "0.01", *SMALL, "--out", str(recipe)),
    )
    assert "networks   lean_dcgan, grown from 4×4 by 1 doubling," in printed
    assert json.loads(recipe.read_text())["architecture"] == "lean_dcgan"
    run = tmp_path / "run"
    succeed(
        "train", "--config", str(recipe), "--epochs", "1", "--steps", "2",
        "--out", str(run),
    )  # fmt: skip
    assert (run / "gan.keras").is_file()


def test_recommend_begins_with_other_weights_as_train_does(monkeypatch):
    asked = []

    def recommend(source, *, given, **_):
        asked.append(given)
        return SimpleNamespace(recipe=presets.get("digits").recipe, metrics=())

    monkeypatch.setattr(experiment, "recommend", recommend)
    printed = succeed("recommend", "folder:none", "--from", "emoji", "--import", "json")
    assert asked[0]["pretrained"] == "emoji"
    assert printed.endswith("train --data folder:none --from emoji --import json\n")


@pytest.mark.slow
def test_pictures_alone_are_enough_to_train(pictures, tmp_path):
    run = tmp_path / "run"
    options = ("--minutes", "0.01", *SMALL, "--out", str(run))
    command = ("train", "--data", f"folder:{pictures}", *options)
    # Without a run to continue, `--resume` begins one.
    printed = succeed(*command, "--resume", "--import", "json")
    assert f"evaluate {run} --import json" in printed
    assert "kept back  every tenth picture" in printed
    assert "steps give blots" in printed
    config = json.loads((run / "config.json").read_text())
    assert config["metrics"][0] == "patch_frechet"
    assert (run / "best.keras").is_file()

    more = ("--resume", "--epochs", config["recipe"]["epochs"] + 1)
    printed = succeed(*command, *more)
    assert "measuring" not in printed
    assert "continues after step " in printed


@pytest.mark.slow
def test_a_run_goes_on_when_its_pictures_have_moved(pictures, tmp_path):
    run, moved = tmp_path / "run", tmp_path / "moved"
    tail = ("--resume", "--out", run)
    fixed = ("--epochs", 1, "--set", "passes_per_epoch=1", *SMALL, *tail)
    succeed("train", "--data", f"folder:{pictures}", *fixed)
    pictures.rename(moved)
    others = save_pictures(tmp_path / "others", 30, (8, 8, 3), seed=1)
    for named, message in (
        ((), "no such folder. A run whose pictures lie elsewhere"),
        (("--data", f"folder:{others}"), "has other images than"),
        (("--data", "mnist_10k"), "the run was started with `--data`"),
    ):
        result = invoke("train", *named, "--epochs", 2, *tail)
        assert result.exit_code == 2
        assert message in " ".join(result.stderr.split())
    printed = succeed("train", "--data", f"folder:{moved}", "--epochs", 2, *tail)
    assert "continues after step " in printed
    assert json.loads((run / "config.json").read_text())["recipe"]["data"] == (
        f"folder:{moved}"
    )
    succeed("neighbors", run, "--n", 2, "--out", tmp_path / "n.png")


def test_several_machines_need_one_recipe(pictures, tmp_path):
    assert_mistake(
        f"train --data folder:{pictures} --strategy multi-worker --out {tmp_path}/run",
        "`--strategy multi-worker` needs one recipe for all workers",
        tmp_path,
    )


def test_minutes_are_for_pictures_without_a_preset(pictures, tmp_path):
    assert_mistake(
        f"train digits --data folder:{pictures} --minutes 3",
        "`--minutes` is for `--data` without a preset",
        tmp_path,
    )
