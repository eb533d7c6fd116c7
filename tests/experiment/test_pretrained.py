"""Runs that start from the weights of another run or file."""

import hashlib
import json
import shutil

import numpy as np
import pytest

from keras_gan import experiment, presets
from keras_gan.experiment import training
from keras_gan.runs.folder import RunFolder


def weights_of(gan):
    return [np.asarray(weight) for weight in gan.weights]


def train(recipe, folder, **options):
    return experiment.train(recipe, folder, progress=False, **options)


def config_of(folder):
    return json.loads((folder / "config.json").read_text(encoding="utf-8"))


@pytest.fixture
def tuned(recipe, copy, monkeypatch):
    """A recipe that starts from the trained run; no run of it draws its pictures."""
    monkeypatch.setattr(training, "draw_run", lambda *arguments: None)
    return recipe.replace(pretrained=str(copy), freeze=1, epochs=1, seed=4)


def test_a_run_starts_from_another_and_says_so(tuned, copy, trained, tmp_path, capsys):
    run = experiment.train(tuned, tmp_path / "tuned", steps=2)
    steps = int(trained.gan.step)
    out = capsys.readouterr().out
    assert (
        "start    3 of 3 layers of the generator and 3 of 3 of the discriminator start"
        f" from '{copy}' (step {steps}); frozen: "
    ) in out
    file = (copy / "gan.keras").read_bytes()
    assert config_of(tmp_path / "tuned")["pretrained"] == {
        "path": str(copy),
        "file": "gan.keras",
        "sha256": hashlib.sha256(file).hexdigest(),
        "step": steps,
        "begun_from": f"tiny <b>&, trained on {tuned.data}; licence: not known",
    }
    assert int(run.gan.step) == 2
    # Frozen to the bit; the others have moved, but not far.
    (first, *others), (kept, *before) = (
        gan.discriminator.get_weights() for gan in (run.gan, trained.gan)
    )
    np.testing.assert_array_equal(first, kept)
    moved = [
        np.abs(one - other).max() for one, other in zip(others, before, strict=True)
    ]
    assert 0 < max(moved) < 0.2
    loaded = experiment.load_run(tmp_path / "tuned")
    assert loaded.recipe == tuned
    trainable = [len(g.discriminator.trainable_weights) for g in (run.gan, loaded.gan)]
    assert trainable[0] == trainable[1] < len(run.gan.discriminator.weights)


def test_a_resumed_run_needs_its_source_no_more(tuned, copy, tmp_path):
    whole = train(tuned, tmp_path / "whole")
    train(tuned, tmp_path / "parted", steps=2)
    shutil.rmtree(copy)
    parted = train(tuned, tmp_path / "parted", resume=True)
    assert all(map(np.array_equal, weights_of(parted.gan), weights_of(whole.gan)))
    for name in ("pretrained", "recipe"):
        one, other = (config_of(tmp_path / run)[name] for run in ("parted", "whole"))
        assert one == other
    with pytest.raises(ValueError, match=r"started with `pretrained` .* and 'other'"):
        train(tuned.replace(pretrained="other"), tmp_path / "parted", resume=True)


def test_a_resumed_run_without_checkpoints_starts_from_the_same_file(
    tuned, copy, tmp_path
):
    whole = train(tuned, tmp_path / "again", steps=2)
    folder = RunFolder(tmp_path / "again")
    shutil.rmtree(folder.checkpoints)
    with pytest.warns(UserWarning, match="the run starts anew"):
        again = train(tuned, folder.path, steps=2, resume=True)
    assert all(map(np.array_equal, weights_of(again.gan), weights_of(whole.gan)))
    shutil.rmtree(folder.checkpoints)
    log = folder.log.read_bytes()
    shutil.copy(folder.gan, copy / "gan.keras")
    with pytest.raises(ValueError, match=r"has changed since\. Put that file back"):
        train(tuned, folder.path, steps=2, resume=True)
    shutil.rmtree(copy)
    with pytest.raises(ValueError, match=r"cannot be read .*no such run or file"):
        train(tuned, folder.path, steps=2, resume=True)
    assert folder.log.read_bytes() == log


def test_the_best_epoch_of_a_run_is_taken_where_there_is_one(tuned, copy, tmp_path):
    best = experiment.load_gan(copy / "gan.keras")
    best.step.assign(3)
    best.save(copy / "best.keras")
    record = {"epoch": 1, "step": 3, "values": {"kernel": 0.1}}
    (copy / "best.json").write_text(json.dumps(record))
    train(tuned, tmp_path / "tuned", steps=1)
    record = config_of(tmp_path / "tuned")["pretrained"]
    assert (record["file"], record["step"]) == ("best.keras", 3)


def test_a_refusal_names_the_networks_of_the_other_run(tuned, copy, tmp_path):
    other = tuned.replace(architecture_options={}, latent_dim=5)
    with pytest.raises(ValueError, match=r"Only 0 of 3 .* `latent_dim=4`\.$") as caught:
        train(other, tmp_path / "new")
    assert "`architecture_options={'generator_units': 8, " in str(caught.value)
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "new").exists()


def test_what_is_no_source_is_refused_before_anything_is_written(tuned, tmp_path):
    (tmp_path / "g.onnx").write_bytes(b"")
    for path, message in [
        (tmp_path / "nowhere", "there is no such run or file"),
        (tmp_path / "g.onnx", r"must be a run or a \.keras file"),
    ]:
        with pytest.raises(ValueError, match=message):
            train(tuned.replace(pretrained=str(path)), tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_layers_are_frozen_only_where_they_come_from_somewhere():
    recipe = presets.get("digits").recipe
    with pytest.raises(ValueError, match=r"`freeze=2` would keep .*give `pretrained`"):
        recipe.replace(freeze=2)
    with pytest.raises(ValueError, match="`freeze` must be an integer >= 0"):
        recipe.replace(freeze=-1, pretrained="a")
    with pytest.raises(ValueError, match="`pretrained` must be a path or null"):
        recipe.replace(pretrained=3)
