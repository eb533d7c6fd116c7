"""A mistake on the command line is answered with options that the command has."""

import re

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from keras_gan import presets
from keras_gan.cli import app
from keras_gan.cli.options import parse_settings, with_settings


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A folder of pictures of 19×18 without classes, and an archive of 70 images."""
    (tmp_path / "odd").mkdir()
    for number in range(2):
        Image.new("L", (18, 19)).save(tmp_path / "odd" / f"{number}.png")
    (tmp_path / "sizes").mkdir()
    for number in (16, 20):
        Image.new("L", (number, 16)).save(tmp_path / "sizes" / f"{number}.png")
    np.savez(tmp_path / "d.npz", images=np.zeros((70, 16, 16), np.uint8))
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("digits --data folder:odd", "has no labels, .*: add `--set labels=false`"),
        (
            "digits --data folder:odd --set labels=false --batch-size 2",
            r"got 19×18\. Load the images with `--set image_size=\[20,16\]`",
        ),
        (
            "lecture --data folder:sizes --batch-size 2 --set image_size=null",
            "Add for example `--set image_size=16`",
        ),
        ("lecture --data npz:d.npz", "`--batch-size 128` .* as `--batch-size 64`"),
        (r"lecture --data C:\faces", r"'folder:C:\\faces', 'idx:"),
        ("lecture --data nowhere", "`--data` must be"),
        ("lecture --epochs 0", "`--epochs` must be an integer"),
    ],
)
@pytest.mark.usefixtures("place")
def test_the_remedy_is_an_option(line, message):
    result = CliRunner().invoke(app, ["train", *line.split(" "), "--out", "run"])
    assert result.exit_code == 2
    assert result.stderr.count("\n") == 1
    assert re.search(message, result.stderr), result.stderr
    assert "drop_remainder" not in result.stderr


def changed(*settings):
    recipe = presets.get("digits").recipe
    return recipe.replace(**with_settings(recipe.to_dict(), parse_settings(settings)))


def test_a_dotted_setting_changes_one_value_of_a_description():
    optimizer = presets.get("digits").recipe.generator_optimizer
    recipe = changed(
        "generator_optimizer.learning_rate=1e-4", "generator_optimizer.beta_2=0.5"
    )
    expected = {**optimizer, "learning_rate": 1e-4, "beta_2": 0.5}
    assert recipe.generator_optimizer == expected
    assert presets.get("digits").recipe.generator_optimizer == optimizer


def test_a_dotted_setting_of_a_name_makes_a_description_of_it():
    recipe = changed("loss=non_saturating", "loss.label_smoothing=0.1")
    assert recipe.loss == {"name": "non_saturating", "label_smoothing": 0.1}


def test_a_dotted_setting_of_nothing_is_refused():
    with pytest.raises(ValueError, match=r"`--set seed\.x`: seed is 0 in"):
        changed("seed.x=3")


def test_a_dotted_setting_leads_into_a_list():
    recipe = changed(
        'penalties=[{"name": "R1", "gamma": 1.0}]', "penalties.0.gamma=2", "loss=hinge"
    )
    assert recipe.penalties == ({"name": "R1", "gamma": 2},)
    form = re.escape("""'penalties=[{"name": "R1", "gamma": 1.0, "every": 16}]'`""")
    with pytest.raises(ValueError, match=rf"penalties is \[\] in .*{form}"):
        changed("penalties.0.gamma=2")
    with pytest.raises(ValueError, match=r"penalties\.0\.gamma is 1\.0 in"):
        changed('penalties=[{"name": "R1", "gamma": 1.0}]', "penalties.0.gamma.x=2")


def test_h_is_help():
    result = CliRunner().invoke(app, ["train", "-h"])
    assert result.exit_code == 0
    assert "--batch-size" in result.stdout
