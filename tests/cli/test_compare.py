"""`keras-gan compare`: runs side by side, on a page, in tables and in curves."""

import csv
import html

import pytest
from harness.commands import assert_mistake, invoke, succeed
from harness.html import faults
from harness.run_folders import evaluate_run, write_run

from keras_gan import experiment, presets


@pytest.fixture
def folders(tmp_path, monkeypatch):
    """Two seeds of a recipe and a run of another, in the current folder."""
    monkeypatch.chdir(tmp_path)
    found = [write_run("a", seed=0), write_run("b", seed=1), write_run("c", pack=2)]
    for i, folder in enumerate(found):
        values = {"frechet": 10.0 + i, "precision": 0.5}
        evaluate_run(folder, values, real={"frechet": 1.5})
    return found


def test_a_trained_run_is_compared_with_another(place, run, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    recipe = presets.Recipe.from_file(run / "config.json")
    adam = recipe.generator_optimizer | {"learning_rate": 0.5}
    faster = recipe.replace(generator_optimizer=adam, epochs=1)
    other = experiment.train(faster, tmp_path / "a <b>", progress=False).folder
    for each in (run, other):
        succeed("evaluate", each, "--n", 40, "--metrics", "frechet")
    out = tmp_path / "page.html"
    printed = succeed("compare", run, other, "--out", out)
    page = out.read_text()
    assert page.count('class="best"') == 0  # one seed each
    # A grid of each, the real images of both, and curves.
    assert page.count("data:image/png;base64,") == 4
    assert faults(page) == []
    assert "a &lt;b&gt;" in page
    assert "<b>" not in page
    # Of the recipes only what differs.
    assert "adam(learning_rate=0.5, beta_1=0.5)" in page
    assert "discriminator_optimizer" not in page
    assert "generator_optimizer" in printed
    assert printed.rstrip().endswith(str(out))


def test_seeds_are_one_row_in_every_form(folders):
    files = ("--curves", "c.svg", "--csv", "t.csv", "--latex", "t.tex")
    printed = succeed("compare", "a", "b", "c", "--out", "p.html", *files)
    assert "a, b" in printed
    assert "10.50 ± 0.71 " in printed
    assert "*" not in printed  # too few seeds for a mark
    assert "real against real" in printed
    assert "7 times out of 10" in printed
    assert printed.splitlines()[-4:] == ["c.svg", "t.csv", "t.tex", "p.html"]
    with open("t.csv", newline="") as file:
        assert [line["n"] for line in csv.DictReader(file)] == ["2", "1", ""]
    with open("t.tex") as file:
        assert r"a, b & 2 & $10.50 \pm 0.71$" in file.read()


def test_figures_can_be_chosen(folders):
    printed = succeed("compare", "a", "c", "--metrics", "precision", "--csv", "t.csv")
    assert "precision ↑" in printed
    assert "frechet" not in printed
    with open("compare.html") as page, open("t.csv") as table:
        assert "frechet ↓" not in page.read()
        assert "frechet" not in table.read()


def test_figures_that_were_made_differently_are_not_ranked(folders):
    evaluate_run(folders[2], {"frechet": 1.0}, real_count=400)
    printed = succeed("compare", "a", "b", "c")
    assert "*" not in printed
    with open("compare.html") as file:
        page = file.read()
    assert 'class="best"' not in page
    said = "cannot be compared: their `real_count` is 500 and 400"
    assert said in html.unescape(page)
    assert said in printed


def test_runs_without_an_evaluation_are_told_how_to_get_one(folders):
    for folder in folders:
        folder.evaluation.unlink()
    assert "keras-gan evaluate RUN" in succeed("compare", "a", "c")
    with open("compare.html") as page:
        assert "keras-gan evaluate RUN" in page.read()


def test_a_narrow_terminal_and_markup_take_nothing_from_a_name(folders, monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    name = "[red]a very long name of a run[/red] of many words"
    write_run("d", name=name, latent_dim=7)
    printed = succeed("compare", "a", "d")
    assert f"│ {name} │" in printed


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("a", "at least two runs"),
        ("a none", "'none': there is no such run"),
        ("a a", "'a': it is given twice"),
        ("a b --out x.png", "`--out` must be an .html file; got 'x.png'"),
        ("a b --curves x.jpg", "`--curves` must be a .png or .pdf or .svg file"),
        ("a b --csv x.tex", "`--csv` must be a .csv file"),
        ("a b --latex x.csv", "`--latex` must be a .tex file"),
        ("a b --width 3.3", "`--width` is that of `--curves FILE`"),
        ("a b --curves x.pdf --width 99", "`--width` must be 2 to 40 inches"),
        ("a b --metrics fid", "`--metrics` must be one of 'frechet', 'precision'"),
    ],
)
def test_a_mistake_is_answered_with_one_line_and_nothing_is_written(
    folders, tmp_path, line, message
):
    assert_mistake(f"compare {line}", message, tmp_path)


def test_a_latex_table_without_figures_is_refused(folders, tmp_path):
    for folder in folders:
        folder.evaluation.unlink()
    result = invoke("compare", "a", "c", "--latex", "t.tex", "--csv", "t.csv")
    assert result.exit_code == 2
    assert "There are no figures for a LaTeX table" in result.stderr
    # The rest is written.
    assert (tmp_path / "t.csv").is_file()
    assert (tmp_path / "compare.html").is_file()
    assert not (tmp_path / "t.tex").exists()
    assert invoke("compare", "a", "c", "--metrics", "frechet").exit_code == 2
