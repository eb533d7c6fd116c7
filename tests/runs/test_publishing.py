"""What a comparison leaves for papers and programs: a page, tables, curves."""

import csv
import importlib
import json
import re

import numpy as np
import pytest
from harness.processes import run_python
from harness.run_folders import evaluate_run, write_run
from PIL import Image

from keras_gan import runs
from keras_gan.runs.latex import escape_latex

NAME = '[a] 50% & <b>$x_1$</b> {c} ~^\\ #1 -- "d" | *'
REAL = {"frechet": 1.5, "precision": 0.98}


@pytest.fixture
def comparison(tmp_path):
    """Three seeds, a run of a name with all signs, and one that was killed."""
    logs = {"frechet": [30.0, 20.0], "frechet_real": [1.5, 1.5]}
    folders = [
        write_run(tmp_path / f"s{i}", seed=i, name="base", logs=logs) for i in range(3)
    ]
    for i, folder in enumerate(folders):
        evaluate_run(folder, {"frechet": 20.0 + i, "precision": 0.7}, real=REAL)
    other = write_run(tmp_path / "other", name=NAME, latent_dim=7)
    evaluate_run(other, {"frechet": 15.5, "precision": 0.6}, real=REAL)
    killed = write_run(tmp_path / "killed", name="=killed", epochs=1)
    return runs.compare([each.path for each in (*folders, other, killed)])


def test_the_csv_has_a_line_for_each_row_in_full_precision(comparison, tmp_path):
    runs.write_csv(comparison, tmp_path / "t.csv")
    with (tmp_path / "t.csv").open(newline="", encoding="utf-8") as file:
        base, other, killed, real = csv.DictReader(file)
    assert [line["run"] for line in (base, other, killed, real)] == [
        "base",
        NAME,
        "=killed",
        "real against real",
    ]
    row = comparison.rows[0]
    assert (base["n"], base["seeds"], base["steps"]) == ("3", "0 1 2", "20")
    assert base["folders"].split(";") == [str(run.folder) for run in row.runs]
    for name in ("frechet", "precision"):
        assert float(base[name]) == row.figures[name].mean
        assert float(base[f"{name}_std"]) == row.figures[name].deviation
    assert float(base["last_d_loss"]) == row.logs["d_loss"].mean
    assert (other["frechet"], other["frechet_std"]) == ("15.5", "")
    assert (killed["frechet"], killed["evaluated"]) == ("", "0")
    assert (killed["ended_early"], base["ended_early"]) == ("true", "false")
    assert (real["frechet"], real["n"]) == ("1.5", "")
    runs.write_csv(comparison, tmp_path / "t.csv", metrics=["precision"])
    assert "precision_std" in (tmp_path / "t.csv").read_text()
    assert ",frechet," not in (tmp_path / "t.csv").read_text()


def test_the_latex_table_has_means_the_best_in_bold_and_data_apart(
    comparison, tmp_path
):
    runs.write_latex(comparison, tmp_path / "t.tex")
    comments, table, notes = re.fullmatch(
        r"((?:% .*\n)+)(\\begingroup.*\\endgroup\n)(.*)",
        (tmp_path / "t.tex").read_text(encoding="utf-8"),
        re.DOTALL,
    ).groups()
    assert table.splitlines()[1:] == [
        r"\begin{tabular}{@{}lrrr@{}}",
        r"\toprule",
        r" & $n$ & \shortstack[r]{Fr\'echet\\distance\\(pixels) $\downarrow$} & "
        r"\shortstack[r]{Precision $\uparrow$} \\",
        r"\midrule",
        r"base & 3 & $21.0 \pm 1.0$ & $0.7000 \pm 0.0000$ \\",
        rf"{escape_latex(NAME)} & 1 & $15.5$ & $0.6000$ \\",
        r"=killed & 0 & -- & -- \\",
        r"\midrule",
        r"real against real &  & $1.5$ & $0.9800$ \\",
        r"\bottomrule",
        r"\end{tabular}\endgroup",
    ]
    assert r"500 samples (seed 0) against 500 of mnist\_10k/train" in notes
    assert notes.endswith("\\end{minipage}\n")
    assert "--metrics" in comments
    assert "latent_dim: base: 100; " in comments
    runs.write_latex(comparison, tmp_path / "t.tex", metrics=["precision"])
    assert "echet" not in (tmp_path / "t.tex").read_text().split("tabular")[1]


def test_every_sign_of_latex_is_escaped():
    """pdflatex printed this text as it is; here is what it was given."""
    assert escape_latex(NAME) == (
        r"{[}a] 50\% \& \textless{}b\textgreater{}\$x\_1\$\textless{}/b\textgreater{} "
        r"\{c\} \textasciitilde{}\textasciicircum{}\textbackslash{} \#1 {-}{-} "
        r"{''}d{''} \textbar{} {*}"
    )
    assert escape_latex("얼굴 é") == "얼굴 é"


def test_without_figures_there_is_no_latex_table(tmp_path):
    paths = [write_run(tmp_path / f"{i}", seed=i).path for i in range(2)]
    with pytest.raises(ValueError, match="no run is evaluated"):
        runs.write_latex(runs.compare(paths), tmp_path / "t.tex")
    assert not (tmp_path / "t.tex").exists()


def test_the_page_needs_nothing_else_and_obeys_no_name(comparison, tmp_path):
    runs.write_page(comparison, tmp_path / "page.html")
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    sources = re.findall(r'(?:src|href)="([^"]*)"', page)
    assert {source[:22] for source in sources} == {"data:image/png;base64,"}
    assert len(sources) == 5 + 1  # a grid of each run, and the curves
    assert "&lt;b&gt;$x_1$" in page
    assert "<b>" not in page
    assert page.count('class="best"') == 0  # a row has one seed
    assert "The metrics among them have other conditions" not in page
    for text in ("21.0 ± 1.0", "real against real", "early: 1 of 2 epochs", "7 times"):
        assert text in page
    assert "http" not in re.sub(r"base64,[^\"]*", "", page)


def test_curves_of_all_runs_share_axes(comparison, tmp_path, monkeypatch):
    kept = []
    module = importlib.import_module("keras_gan.plotting.compared_curves")
    monkeypatch.setattr(
        module, "save_figure", lambda path, figure, dpi: kept.append(figure)
    )
    runs.write_curves(comparison, tmp_path / "c.png")
    (figure,) = kept
    panels = {axes.get_title(loc="left"): axes for axes in figure.axes}
    assert list(panels) == [
        "discriminator's loss",
        "generator's loss",
        "D(x) on data",
        "D(G(z)) on samples",
        "frechet",
    ]
    # Three seeds and their mean, another run, and a killed one.
    lines = panels["discriminator's loss"].get_lines()
    assert [len(line.get_xdata()) for line in lines] == [4, 4, 4, 4, 4, 2]
    seeds = np.array([line.get_ydata() for line in lines[:3]], float)
    np.testing.assert_allclose(lines[3].get_ydata(), seeds.mean(axis=0))
    np.testing.assert_array_equal(lines[3].get_xdata(), [5, 10, 15, 20])
    colours = [line.get_color() for line in lines]
    assert len(set(colours[:4])) == 1
    assert len(set(colours)) == 3
    # Data against data is a line, not a panel.
    assert list(panels["frechet"].get_lines()[-1].get_ydata()) == [1.5, 1.5]
    shown = [text.get_text() for text in figure.legends[0].get_texts()]
    assert shown == ["base", NAME, "=killed"]
    runs.write_curves(comparison, tmp_path / "c.png", metrics=["precision"], width=3.3)
    narrow = kept[-1]
    assert "frechet" not in [axes.get_title(loc="left") for axes in narrow.axes]
    assert narrow.get_figwidth() == 3.3
    assert narrow.axes[0].get_subplotspec().get_gridspec().ncols == 2


@pytest.mark.parametrize(
    ("count", "width", "shape"),
    [
        (1, 7.2, (1, 1)),
        (4, 7.2, (2, 2)),
        (5, 7.2, (2, 3)),
        (6, 7.2, (2, 3)),
        (8, 7.2, (2, 4)),
        (10, 7.2, (5, 2)),
        (5, 3.3, (5, 1)),
        (6, 3.3, (3, 2)),
    ],
)
def test_panels_leave_no_hole_where_another_arrangement_has_none(count, width, shape):
    module = importlib.import_module("keras_gan.plotting.compared_curves")
    _, panels = module._panels(count, width)
    grid = panels[0].get_subplotspec().get_gridspec()
    assert (grid.nrows, grid.ncols) == shape


def test_pictures_of_real_images_and_conditions_are_named_apart(tmp_path):
    folders = [
        write_run(tmp_path / f"{name}{seed}", name=name, seed=seed, pack=pack)
        for name, pack in (("plain", 1), ("packed", 2))
        for seed in (0, 1)
    ]
    for i, folder in enumerate(folders):
        picture = Image.new("L", (4, 4), 50 * (i % 2))
        picture.save(folder.real)
        evaluate_run(folder, {"frechet": 2.0}, data="mnist_10k/train", fake_count=2000)
        record = json.loads(folder.evaluation.read_text()) | {"epoch": 1}
        folder.best_figures.write_text(json.dumps(record))
        evaluate_run(folder, {"frechet": 1.0}, data="mnist_10k/test")
    comparison = runs.compare([each.path for each in folders])
    runs.write_page(comparison, tmp_path / "page.html")
    page = (tmp_path / "page.html").read_text()
    for seed in (0, 1):
        assert f"Real: the data of plain, seed {seed}, packed, seed {seed}<" in page
    assert re.search(r"conditions than the evaluation above:\s+2000 samples", page)
    runs.write_csv(comparison, tmp_path / "t.csv")
    with (tmp_path / "t.csv").open(newline="", encoding="utf-8") as file:
        line = next(csv.DictReader(file))
    conditions = ("data", "examples", "samples", "samples_seed", "extractor")
    for prefix, expected in (
        ("", ["mnist_10k/test", "500", "500", "0", "pixels"]),
        ("last_", ["mnist_10k/train", "500", "2000", "0", "pixels"]),
    ):
        assert [line[f"{prefix}{name}"] for name in conditions] == expected


def test_curves_are_files_of_vectors_and_any_name_is_drawn(tmp_path):
    paths = [
        write_run(tmp_path / f"{i}", name=name, latent_dim=i + 2).path
        for i, name in enumerate(["_$x$", "$\\bad", "c"])
    ]
    comparison = runs.compare(paths)
    for suffix in ("pdf", "svg", "png"):
        runs.write_curves(comparison, tmp_path / f"c.{suffix}")
    assert (tmp_path / "c.pdf").read_bytes().startswith(b"%PDF-")
    assert b"<svg" in (tmp_path / "c.svg").read_bytes()
    with Image.open(tmp_path / "c.png") as picture:
        assert picture.size[0] == 1080
    with pytest.raises(ValueError, match=r"a figure is a \.png, \.pdf or \.svg file"):
        runs.write_curves(comparison, tmp_path / "c.jpg")


def test_runs_that_logged_nothing_have_a_page_without_curves(tmp_path):
    paths = [write_run(tmp_path / f"{i}", seed=i, epochs=0).path for i in range(2)]
    comparison = runs.compare(paths)
    runs.write_page(comparison, tmp_path / "page.html")
    assert "base64" not in (tmp_path / "page.html").read_text()
    with pytest.raises(ValueError, match="no record with a `step`"):
        runs.write_curves(comparison, tmp_path / "c.png")


def test_comparing_needs_no_tensorflow(tmp_path):
    paths = [str(write_run(tmp_path / f"{i}", seed=i).path) for i in range(2)]
    program = (
        "import json, sys; from keras_gan import runs; "
        "c = runs.compare(json.loads(sys.argv[1])); "
        "runs.write_page(c, sys.argv[2]); "
        "assert not {'tensorflow', 'keras'} & set(sys.modules)"
    )
    run_python(program, json.dumps(paths), tmp_path / "page.html")
