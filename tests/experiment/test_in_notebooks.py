"""Runs and their comparisons as notebooks show them."""

import shutil

from keras_gan import runs


def test_a_run_is_a_line_of_text_and_a_table_with_its_last_samples(trained):
    assert repr(trained) == f"Run({trained.folder}, step 6)"
    assert repr(trained.folder) == f"RunFolder({str(trained.folder.path)!r})"
    shown = trained._repr_html_()
    assert "a &lt;b&gt; run" in shown
    assert '>step</th><td style="text-align:left">6</td>' in shown
    assert "src='data:image/png;base64," in shown


def test_compared_runs_are_tables_of_their_figures_and_differences(trained, tmp_path):
    other = tmp_path / "other"
    shutil.copytree(trained.folder.path, other)
    config = (other / "config.json").read_text()
    config = config.replace('"non_saturating"', '"hinge"')
    (other / "config.json").write_text(config.replace("a <b> run", "other"))
    compared = runs.compare([trained.folder.path, other])
    assert repr(compared) == "Comparison(a <b> run, other)"
    shown = compared._repr_html_()
    assert ">a &lt;b&gt; run</th>" in shown
    left = ' style="text-align:left"'
    assert f"<th{left}>loss</th><td{left}>" in shown
    assert "not evaluated" in shown
