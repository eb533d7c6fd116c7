"""GANs that come with the package are found by name."""

import hashlib
import json

import numpy as np
import pytest
from harness.commands import invoke

from keras_gan import experiment
from keras_gan.trained_generators.file_kinds import (
    RUN,
    bundled_names,
    find_generator,
)
from keras_gan.trained_generators.loading import open_gan, open_generator
from keras_gan.trained_generators.provenance import begun_from, provenance_of


@pytest.mark.parametrize("name", bundled_names())
def test_the_card_beside_a_gan_has_its_sum_and_a_licence(name):
    file = find_generator(name).path
    card = file.with_suffix(".md").read_text(encoding="utf-8")
    assert hashlib.sha256(file.read_bytes()).hexdigest() in card
    for known in (provenance_of(name), provenance_of(file)):
        assert known.name == name
        assert known.data in " ".join(card.split())
        assert known.licence.startswith("CC-BY 4.0 (https://")
    assert provenance_of(name, "MIT").licence == "MIT"


def test_emoji_are_drawn_without_a_training(tmp_path):
    gan = open_gan("emoji")
    assert gan.ema_generator is not None
    images = gan.sample(4, seed=7)
    assert images.shape == (4, 64, 64, 4)
    assert images.std(axis=0).mean() > 0.1  # four different ones
    drawing = open_generator("emoji")
    assert drawing.discriminator is None
    assert int(drawing.step) == int(gan.step)
    np.testing.assert_array_equal(images, drawing.sample(4, seed=7))
    np.testing.assert_array_equal(
        gan.sample(4, seed=7, ema=False), drawing.sample(4, seed=7, ema=False)
    )
    out = tmp_path / "x.png"
    assert invoke("sample", "emoji", "--n", 4, "--out", out).exit_code == 0
    assert out.stat().st_size > 1000


def test_a_run_of_that_name_comes_first(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "emoji").mkdir()
    (tmp_path / "emoji/config.json").write_text("{}")
    assert find_generator("emoji").kind == RUN


def test_a_smaller_pair_starts_from_it(tmp_path):
    np.savez(
        tmp_path / "pictures.npz",
        images=np.random.default_rng(0).integers(0, 256, (48, 32, 32, 4), np.uint8),
    )
    source = f"npz:{tmp_path / 'pictures.npz'}"
    given = {"pretrained": "emoji", "epochs": 1, "channels": 4}
    chosen = experiment.recommend(source, minutes=0.001, given=given)
    experiment.train(chosen.recipe, tmp_path / "run", steps=1, progress=False)
    config = json.loads((tmp_path / "run/config.json").read_text())
    assert config["pretrained"]["file"] == "emoji.keras"
    attribution = "Copyright Twitter, Inc. and other contributors"
    known = provenance_of(tmp_path / "run")
    assert known.begun_from.startswith("emoji, trained on 3,407 of the 3,786 pictures")
    assert f"licence: {provenance_of('emoji').licence}" in known.begun_from
    assert attribution in (tmp_path / "run/report.html").read_text(encoding="utf-8")
    # And on, to a run that begins with this one.
    assert begun_from(tmp_path / "run/gan.keras") == begun_from(tmp_path / "run")
    assert attribution in begun_from(tmp_path / "run")
