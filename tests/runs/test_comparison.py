"""Runs side by side: which share a row, which are ranked, what differs."""

import json
import os
from pathlib import Path

import numpy as np
import pytest
from harness.run_folders import evaluate_run, write_run

from keras_gan import runs

REAL = {"frechet": 1.5}


def _seeds(place, count, **options):
    """Runs of one recipe, of the seeds 0, 1, ..., evaluated as 20, 21, ..."""
    folders = [write_run(place / f"s{i}", seed=i, **options) for i in range(count)]
    for i, folder in enumerate(folders):
        evaluate_run(folder, {"frechet": 20.0 + i}, real=REAL)
    return [folder.path for folder in folders]


def test_runs_that_differ_in_the_seed_alone_share_a_row(tmp_path):
    paths = _seeds(tmp_path, 3)
    other = write_run(tmp_path / "other", seed=1, latent_dim=7)
    evaluate_run(other, {"frechet": 15.0}, real=REAL)
    comparison = runs.compare([paths[0], other.path, *paths[1:]])
    seeds, alone = comparison.rows
    assert (seeds.seeds, alone.seeds) == ([0, 1, 2], [1])
    assert seeds.figures["frechet"] == (21.0, 1.0, 3)
    assert alone.figures["frechet"] == (15.0, None, 1)
    assert seeds.minutes == (2.0, 0.0, 3)
    assert comparison.real["frechet"] == (1.5, None, 1)
    assert comparison.best("frechet") == []  # a row of one seed
    assert comparison.differences == {
        "latent_dim": ["100", "7"],
        "seed": ["0, 1, 2", "1"],
    }


@pytest.mark.parametrize(
    "options",
    [{"batch_size": 32}, {"epochs": 1}, {"loss": "hinge"}, {"cap": 5, "epochs": 1}],
)
def test_any_other_difference_takes_a_row_of_its_own(tmp_path, options):
    paths = _seeds(tmp_path, 2)
    paths.append(write_run(tmp_path / "other", seed=2, **options).path)
    comparison = runs.compare(paths)
    assert [row.seeds for row in comparison.rows] == [[0, 1], [2]]
    assert set(comparison.differences) >= {"seed"}


def test_other_data_or_versions_differ_and_only_the_data_take_a_row(tmp_path):
    paths = _seeds(tmp_path, 3)
    for path, part, name in (
        (paths[1], "data", "num_examples"),
        (paths[2], "versions", "tensorflow"),
    ):
        config = json.loads((path / "config.json").read_text())
        config[part][name] = 7
        (path / "config.json").write_text(json.dumps(config))
    comparison = runs.compare(paths)
    assert [row.seeds for row in comparison.rows] == [[0, 2], [1]]
    assert comparison.differences["data: num_examples"] == ["640", "7"]
    assert comparison.differences["versions: tensorflow"] == ["2.21.0, 7", "2.21.0"]


def test_settings_without_effect_take_no_row(tmp_path):
    paths = _seeds(tmp_path, 1)
    paths.append(write_run(tmp_path / "b", seed=9, steps_per_execution=4).path)
    (row,) = runs.compare(paths).rows
    assert row.seeds == [0, 9]
    assert (len(row.runs), row.evaluated) == (2, 1)


def test_two_runs_of_one_seed_are_not_two_seeds(tmp_path):
    paths = _seeds(tmp_path, 2)
    paths.append(write_run(tmp_path / "again", seed=0).path)
    comparison = runs.compare(paths)
    assert [row.seeds for row in comparison.rows] == [[0, 1], [0]]


def test_a_length_says_how_far_a_run_went(tmp_path):
    whole = write_run(tmp_path / "whole")
    killed = write_run(tmp_path / "killed", epochs=1)
    capped = write_run(tmp_path / "capped", epochs=1, cap=10)
    short = write_run(tmp_path / "short", epochs=1, cap=15)
    comparison = runs.compare([f.path for f in (whole, killed, capped, short)])
    found = {row.label: row.runs[0] for row in comparison.rows}
    assert {label: run.end for label, run in found.items()} == {
        "whole": "finished",
        "killed": "early: 1 of 2 epochs",
        "capped": "finished",
        "short": "early: 1 of 2 epochs or 15 steps",
    }
    assert [run.ended_early for run in found.values()] == [False, True, False, True]
    assert [(run.epochs, run.steps) for run in found.values()] == [
        (2, 20),
        *[(1, 10)] * 3,
    ]
    assert comparison.differences["steps trained"] == ["20", "10", "10", "10"]


def test_a_run_that_was_killed_within_an_epoch_counts_what_it_logged(tmp_path):
    folder = write_run(tmp_path / "a")
    place = {"event": "step", "epoch": 3, "step": 25}
    with folder.log.open("a") as log, folder.times.open("a") as times:
        log.write(json.dumps({**place, "d_loss": 1.0}) + "\n")
        more = {"seconds": 30.0, "images_per_second": 1.0}
        times.write(json.dumps({**place, **more}) + "\n")
    row, _ = runs.compare([folder.path, write_run(tmp_path / "b").path]).rows
    assert (row.runs[0].epochs, row.runs[0].steps) == (2, 25)
    assert row.runs[0].minutes == 2.5  # two epochs of a minute, and half a minute
    assert "d_real" in row.logs  # those of the last whole epoch


def test_names_are_labels_where_they_tell_rows_apart_and_folders_else(tmp_path):
    paths = _seeds(tmp_path / "x", 2, name="base")
    other = write_run(tmp_path / "y" / "s0", latent_dim=7, name="small").path
    labels = [row.label for row in runs.compare([*paths, other]).rows]
    assert labels == ["base", "small"]
    same = write_run(tmp_path / "y" / "s1", latent_dim=8, name="base").path
    assert [row.label for row in runs.compare([paths[0], same]).rows] == ["s0", "s1"]
    alike = write_run(tmp_path / "z" / "s0", latent_dim=9, name="base").path
    found = [row.label for row in runs.compare([paths[0], alike]).rows]
    assert found == [str(paths[0]), str(alike)]


def test_a_name_of_a_stranger_is_one_short_printable_line(tmp_path):
    bad = write_run(tmp_path / "a", name="\x1b[31m" + "x" * 200, latent_dim=7).path
    comparison = runs.compare([bad, write_run(tmp_path / "b\n", name="b").path])
    assert comparison.rows[0].label == "?[31m" + "x" * 75
    unnamed = write_run(tmp_path / "c", name=None, latent_dim=8).path
    labels = [row.label for row in runs.compare([bad, unnamed]).rows]
    assert labels[1] == "dcgan"


def test_figures_of_other_conditions_are_neither_ranked_nor_averaged(tmp_path):
    paths = _seeds(tmp_path, 2)
    other = write_run(tmp_path / "other", latent_dim=7)
    evaluate_run(other, {"frechet": 1.0}, real=REAL, fake_count=100)
    comparison = runs.compare([*paths, other.path])
    assert "`fake_count` is 500 and 100" in comparison.objection
    assert comparison.best("frechet") == []
    assert comparison.real == {}
    assert len(comparison.conditions) == 2
    # Those of one row that were made in one way still have a mean.
    assert comparison.rows[0].figures["frechet"] == (20.5, pytest.approx(0.5**0.5), 2)
    third = write_run(tmp_path / "s2", seed=2)
    for change in ({"fake_count": 100}, {"truncation": 0.5}):
        evaluate_run(third, {"frechet": 1.0}, **change)
        comparison = runs.compare([*paths, third.path])
        rows = comparison.rows
        assert [(row.evaluated, row.figures) for row in rows] == [(0, {})]
    assert "(seed 0, truncation 0.5)" in comparison.conditions[1]


def _rows(place, figures, seeds=3):
    """Rows of seeds that differ by -1, 0, 1 hundredths from the figures of the row."""
    paths = []
    for row, values in enumerate(figures):
        for seed in range(seeds):
            path = place / f"{row}_{seed}"
            folder = write_run(path, name=f"{row}", seed=seed, latent_dim=7 + row)
            shift = 0.01 * (seed - 1)
            evaluate_run(folder, {name: x + shift for name, x in values.items()})
            paths.append(folder.path)
    return paths


def test_the_best_is_the_least_or_the_most_by_more_than_a_deviation(tmp_path):
    figures = [
        {"frechet": 3.0, "recall": 0.5, "kernel": 0.4},
        {"frechet": 2.0, "recall": 0.9, "kernel": 0.3},
        {"frechet": 1.991, "recall": 0.2, "kernel": 0.289},
        {"frechet": np.nan, "recall": np.nan, "kernel": np.nan},
    ]
    comparison = runs.compare(_rows(tmp_path, figures))
    names = ("frechet", "recall", "kernel")
    best = {name: [row.label for row in comparison.best(name)] for name in names}
    # Row 2 is better by 0.009 of a deviation of 0.01, then by 0.011.
    assert best == {"frechet": [], "recall": ["1"], "kernel": ["2"]}
    two = runs.compare(_rows(tmp_path / "two", figures[:2], seeds=2))
    assert two.best("recall") == []


def test_figures_are_chosen_by_their_names_or_by_those_of_metrics(tmp_path):
    figures = [{"frechet": 3.0, "precision": 0.5, "recall": 0.5}] * 2
    comparison = runs.compare(_rows(tmp_path, figures, seeds=1))
    assert comparison.metrics() == ["frechet", "precision", "recall"]
    assert comparison.metrics(["precision_recall"]) == ["precision", "recall"]
    assert comparison.metrics(["recall"]) == ["recall"]
    with pytest.raises(
        ValueError, match="`metrics` must be one of 'frechet', 'precision', 'recall'"
    ):
        comparison.metrics(["recal"])


def test_figures_of_data_that_differ_have_a_deviation(tmp_path):
    folders = [write_run(tmp_path / f"{i}", seed=i) for i in range(2)]
    for folder, real in zip(folders, (0.75, 0.25), strict=True):
        evaluate_run(folder, {"frechet": 1.0}, real={"frechet": real})
    comparison = runs.compare([folder.path for folder in folders])
    assert comparison.real["frechet"] == (0.5, pytest.approx(0.125**0.5), 2)


def test_each_sentence_names_the_runs_that_it_holds_for(tmp_path):
    paths = _seeds(tmp_path, 3)
    for path, verdict in zip(paths, ("None\x1b.", "None\x1b.", "Some."), strict=True):
        record = {"step": 20, "verdict": verdict}
        (path / "memorization.json").write_text(json.dumps(record))
    (row,) = runs.compare(paths).rows
    (all_of, said), *copies = row.sentences
    assert all_of == row.label == "tiny"
    assert "would be right 7 times out of 10" in said
    assert copies == [
        ("tiny, seeds 0, 1", "None?."),
        ("tiny, seed 2", "Some."),
    ]


def test_what_cannot_be_compared_is_named(tmp_path):
    path = write_run(tmp_path / "a").path
    with pytest.raises(ValueError, match="at least two runs"):
        runs.compare([path])
    with pytest.raises(ValueError, match="it is given twice"):
        runs.compare([path, os.path.relpath(path)])
    with pytest.raises(ValueError, match="there is no such run"):
        runs.compare([path, tmp_path / "none"])


def test_a_run_of_the_first_version_is_compared(tmp_path):
    trained = Path(__file__).parents[1] / "compatibility/0.1.0/trained"
    row, _ = runs.compare([trained, write_run(tmp_path / "b").path]).rows
    (run,) = row.runs
    assert (run.name, run.epochs, run.steps, run.ended_early) == ("tiny", 2, 8, False)
    assert row.figures["frechet"].mean == pytest.approx(24.960297778862337)


def test_differences_are_words_and_equal_ones_are_left_out(tmp_path):
    penalty = {"name": "R1", "gamma": 1.0}
    runs_of = [
        write_run(tmp_path / f"{name}{seed}", name=name, seed=seed, **options).path
        for name, options in (
            ("plain", {"mirror": True}),
            ("R1", {"penalties": [penalty], "ema_decay": 0.5}),
        )
        for seed in (0, 1)
    ]
    assert runs.compare(runs_of).differences == {
        "mirror": ["yes", "no"],
        "penalties": ["none", "R1(gamma=1.0)"],
        "ema_decay": ["none", "0.5"],
    }


def test_machines_are_compared_where_all_runs_tell_theirs(tmp_path):
    folders = [write_run(tmp_path / f"{i}", latent_dim=7 + i) for i in range(3)]
    for folder, cpu in zip(folders[:2], ("one", "other"), strict=True):
        config = folder.read_config()
        machine = {"cpu": cpu, "cores": 2, "date": cpu, "versions": {"keras": cpu}}
        folder.write_config(config | {"environments": [{"cpu": "first"}, machine]})
    found = runs.compare([each.path for each in folders[:2]]).differences
    assert found == {"latent_dim": ["7", "8"], "machine: cpu": ["one", "other"]}
    found = runs.compare([each.path for each in folders]).differences
    assert list(found) == ["latent_dim"]


def test_a_folder_without_times_has_an_unknown_length(tmp_path):
    folders = [write_run(tmp_path / f"{i}", latent_dim=7 + i) for i in range(2)]
    folders[0].times.unlink()
    first, second = runs.compare([each.path for each in folders]).rows
    assert (first.duration, first.runs[0].end) == ("unknown", "unknown")
    assert first.runs[0].ended_early is None
    assert (second.duration, second.runs[0].end) == ("2", "finished")


def test_figures_of_the_training_stand_in_where_no_run_is_evaluated(tmp_path):
    folders = [write_run(tmp_path / f"{i}", latent_dim=7 + i) for i in range(2)]
    for i, folder in enumerate(folders):
        evaluate_run(folder, {"frechet": 5.0 + i}, fake_count=2000)
        record = json.loads(folder.evaluation.read_text()) | {"epoch": 1}
        folder.best_figures.write_text(json.dumps(record))
        folder.evaluation.unlink()
    comparison = runs.compare([each.path for each in folders])
    assert comparison.while_training
    assert [row.figures["frechet"].mean for row in comparison.rows] == [5.0, 6.0]
    (way,) = comparison.conditions
    assert way.startswith("during training, at the best epoch of each run: 2000 samp")
    evaluate_run(folders[0], {"frechet": 1.0})
    comparison = runs.compare([each.path for each in folders])
    assert not comparison.while_training
    assert [len(row.figures) for row in comparison.rows] == [1, 0]
