"""Runs and their comparisons as notebooks show them."""

import shutil

import pytest

from keras_gan import experiment


def test_a_run_is_a_line_of_text_and_a_table_with_its_last_samples(trained):
    assert repr(trained) == f"Run({trained.folder}, step 6)"
    assert repr(trained.folder) == f"RunFolder({str(trained.folder.path)!r})"
    shown = trained._repr_html_()
    assert "a &lt;b&gt; run" in shown
    assert '>step</th><td style="text-align:left">6</td>' in shown
    assert "src='data:image/png;base64," in shown


def test_compared_runs_are_tables_of_what_they_logged_and_differ_in(trained, tmp_path):
    other = tmp_path / "other"
    shutil.copytree(trained.folder.path, other)
    config = (other / "config.json").read_text()
    (other / "config.json").write_text(config.replace('"seed": 3', '"seed": 4'))
    compared = experiment.compare_runs([trained.folder.path, other])
    assert repr(compared) == "RunComparison(a <b> run, other)"
    shown = compared._repr_html_()
    assert ">a &lt;b&gt; run</th>" in shown
    assert "Differences between the recipes" in shown
    left = ' style="text-align:left"'
    assert f"<th{left}>seed</th><td{left}>3</td><td{left}>4</td>" in shown
    compared.write(tmp_path / "page.html")
    assert "2 runs" in (tmp_path / "page.html").read_text()
    with pytest.raises(ValueError, match="at least two runs"):
        experiment.compare_runs([other])
