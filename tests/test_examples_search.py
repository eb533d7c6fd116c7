"""The search over recipes: runs, pruning, going on, and one page that compares them."""

import json
import runpy
import sys
from pathlib import Path

import numpy as np
import pytest
from harness.recipes import TINY

from keras_gan import experiment, presets, runs

SEARCH = Path(__file__).parent.parent / "examples" / "search" / "search.py"


@pytest.fixture
def recipe(tmp_path):
    """A recipe of small networks and 32 images, of two epochs."""
    images = np.random.default_rng(0).integers(0, 256, (32, 8, 8), dtype=np.uint8)
    np.savez(tmp_path / "tiny.npz", images=images)
    data = f"npz:{tmp_path / 'tiny.npz'}"
    return presets.Recipe(**TINY, data=data, jit_compile=False, epochs=2)


@pytest.mark.slow
def test_a_search_prunes_goes_on_and_compares_its_runs(
    recipe, tmp_path, monkeypatch, capsys
):
    optuna = pytest.importorskip("optuna")

    class SecondTrial(optuna.pruners.BasePruner):
        def prune(self, study, trial):
            return trial.number == 1

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    example, out = runpy.run_path(str(SEARCH)), tmp_path / "found"

    def search(trials):
        pruner = SecondTrial()
        return example["search"](
            recipe, out, trials=trials, figure="pyramid", pruner=pruner
        )

    search(1)
    study = search(2)
    first, second = study.trials
    assert [first.state.name, second.state.name] == ["COMPLETE", "PRUNED"]
    assert first.params.keys() == second.params.keys()
    assert first.params != second.params
    for trial, epochs in ((first, 2), (second, 1)):
        log = (out / f"trial_{trial.number}" / "log.jsonl").read_text().splitlines()
        values = [json.loads(line).get("pyramid") for line in log]
        assert [value for value in values if value is not None] == list(
            trial.intermediate_values.values()
        )
        assert len(trial.intermediate_values) == epochs
    assert first.value == min(first.intermediate_values.values())
    config = json.loads((out / "trial_1" / "config.json").read_text())["recipe"]
    assert config["generator_optimizer"]["learning_rate"] == second.params["generator"]

    (tmp_path / "tiny.json").write_text(json.dumps(recipe.to_dict()))
    line = [str(tmp_path / "tiny.json"), "--trials", "2", "--out", str(out)]
    example["main"]([*line, "--metric", "pyramid"])  # nothing is left to train
    printed = capsys.readouterr().out.splitlines()
    assert printed[-3].startswith(f"best: trial 0, {first.value:.4g}")
    assert printed[-1] == str(out / "compare.html")
    page = (out / "compare.html").read_text()
    assert 0 < page.index("trial 0") < page.index("trial 1")
    rows = runs.compare([out / "trial_0", out / "trial_1"]).rows
    ends = [row.runs[0].end for row in rows]
    assert ends == ["finished", "early: 1 of 2 epochs"]
    assert all(row.figures["pyramid"] for row in rows)
    chosen = presets.Recipe.from_file(out / "trial_1" / "config.json")
    resumed = experiment.train(chosen, out / "trial_1", resume=True, progress=False)
    assert len(resumed.folder.read_log("epoch")) == 2
    with pytest.raises(SystemExit):
        example["main"]([*line, "--metric", "frechet"])
    assert "search of another recipe or metric" in capsys.readouterr().err


def test_a_search_without_optuna_says_what_to_install(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "optuna", None)
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(SEARCH))
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "pip install optuna" in said
